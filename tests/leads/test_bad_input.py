"""Input that nobody means well, at every door of the desk: refused with a sentence, and nothing is half written."""

import json
from itertools import product

import pytest

from leads.actions import notes
from leads.models import ConversationSession, Lead, LeadNote, StatusChange, TranscriptEvent
from tests.leads.leads import make_lead
from tests.leads.talks import make_event, make_session

STARTS = ("/api/leads", "/api/transcripts", "/api/sessions", "/api/analytics", "/api/reports")
MODELS = (Lead, LeadNote, StatusChange, ConversationSession, TranscriptEvent)
EVENTS = "/api/transcripts/events"
SAID = {"role": "user", "content": "Hello."}
BAD_CHARACTERS = {"nul": "a\0b", "half a pair": "a\ud800", "the other half": "\udc00b"}
BROKEN = {
    "nothing": b"",
    "no json": b"{",
    "no utf-8": b'{"name": "\xff\xfe"}',
    "an array": b"[]",
    "a text": b'"text"',
    "a number": b"1",
    "null": b"null",
    "a deep array": b"[" * 100_000,
    "1,000 levels": b'{"metadata": ' + b'{"a": ' * 1_000 + b"1" + b"}" * 1_001,
    "5,000 digits": b'{"role": ' + b"1" * 5_000 + b"}",
}
BAD_IDS = {
    "30 digits": "9" * 30,
    "no hexadecimal": "g" * 24,
    "negative": "-1",
    "nul": "%00",
    "nul within": "a%00b",
    "no utf-8": "%FF",
    "half a pair": "%ED%A0%80",
    "arabic digits": "\u0661" * 24,
    "5,000 digits": "1" * 5_000,
    "a line end": "call_1%0A",
    "dots": "..%2F..%2Fetc",
}
ODD = {
    "number": 0,
    "negative": -1,
    "65 bits": 2**64,
    "fraction": 1.5,
    "huge": 1e300,
    "true": True,
    "array": ["a"],
    "empty array": [],
    "object": {"a": {"b": [1]}},
    "empty object": {},
    "empty": "",
    "spaces": "   ",
    "30 digits": "9" * 30,
    "year 1": "0001-01-01T00:00:00+14:00",
    "year 9999": "9999-12-31T23:59:59-12:00",
    "reserved": "search",
    "right to left": "\u202eabc",
    "formula": "=1+1",
    "markup": "<script>alert(1)</script>|{{7*7}}",
    "1 MB": "x" * 1_000_000,
}
UNKEPT = {
    "NaN": '{"a": [NaN]}',
    "Infinity": '{"a": -Infinity}',
    "too large a number": '{"a": 1e999}',
    "64 bits": '{"a": 9223372036854775808}',
    "nul": '{"a": {"b": "\\u0000"}}',
    "nul in a name": '{"a": {"\\u0000": 1}}',
    "half a pair": '{"a": "\\ud800"}',
    "500 levels": '{"a": ' * 500 + "1" + "}" * 500,
    "3 MB": json.dumps({"a": "x" * 3_000_000}),
}
ODD_QUERIES = ("", " ", "0", "-1", "1e400", "9" * 30, "NaN", "[]", "%", "'", '"', '"a', "a\0b", "\ud800", "x" * 5_000)
ODD_QUERIES += ("0001-01-01", "9999-12-31T23:59:59-12:00", "2026-W99", "2026-13-45", "*", "(", "\u0661", "AND", "a OR")


@pytest.fixture
def desk(alice):
    """Alice's lead with a note, her conversation and its event; what paths name by them."""
    lead = make_lead(alice)
    note = notes.add_note(by=alice, lead=lead, text="Called.")
    make_session(alice, "call_1", items=["Hello."])
    make_event(alice, session_id="call_1")
    return {"lead_id": lead.pk, "note_id": note.pk, "session_id": "call_1", "email": lead.email}


@pytest.fixture
def doors(openapi):
    """(method, path, operation) of the API's doors to the desk, and all schemas."""
    operations = [
        (method.upper(), path, operation)
        for path, operations in openapi["paths"].items()
        if path.startswith(STARTS)
        for method, operation in operations.items()
    ]
    assert len(operations) > 20
    return operations, openapi["components"]["schemas"]


def rows():
    return [list(model.objects.order_by("pk").values()) for model in MODELS]


def send(client, method, path, body):
    data = body if isinstance(body, bytes | str) else json.dumps(body)
    return client.generic(method, path, data, content_type="application/json")


def read(client, path):
    """The status, once all of the answer is read: an export holds a place until then."""
    answer = client.get(path)
    answer.getvalue()
    return answer.status_code


def check_shape(answer, at):
    """A refusal as clients read it."""
    assert 400 <= answer.status_code < 500, at
    told = answer.json()
    assert told["detail"], at
    assert told["code"], at
    if answer.status_code == 422:
        assert all(each.keys() >= {"loc", "msg", "type"} for each in told["errors"]), at
        assert told["errors"], at


def with_bodies(doors, desk):
    """(method, path, a good body, its schema) of each door that takes one."""
    operations, schemas = doors
    for method, path, operation in operations:
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        if name := content.get("schema", {}).get("$ref", "").rpartition("/")[2]:
            body = SAID if path == EVENTS else schemas[name]["example"]
            yield method, path.format(**desk), body, schemas[name]["properties"]


def kinds(schema):
    return {each.get("type") for each in (schema, *schema.get("anyOf", []))}


def each_field(doors, desk, *types):
    """(method, path, body, the field's name) of each field that takes one of these types."""
    for method, path, body, fields in with_bodies(doors, desk):
        for name, schema in fields.items():
            if name != "events" and (not types or kinds(schema) & set(types)):
                yield method, path, body, name


def test_there_is_something_to_look_at(doors, desk):
    found = {(method, path) for method, path, *_ in with_bodies(doors, desk)}
    assert found >= {("POST", "/api/leads"), ("POST", EVENTS), ("POST", "/api/sessions")}
    assert len(list(each_field(doors, desk, "string"))) > 25
    assert {name for *_, name in each_field(doors, desk, "object", "array")} >= {"metadata", "items", "meta", "tags"}


@pytest.mark.parametrize("name", BROKEN)
def test_a_broken_body(api, alice, doors, desk, name):
    before, client = rows(), api(alice)
    for method, path, _, fields in with_bodies(doors, desk):
        if name != "1,000 levels" or "metadata" in fields:
            check_shape(send(client, method, path, BROKEN[name]), (method, path))
    assert rows() == before


@pytest.mark.parametrize("name", BAD_CHARACTERS)
def test_characters_that_no_database_takes(api, alice, doors, desk, name):
    before, client = rows(), api(alice)
    for method, path, body, field in each_field(doors, desk, "string"):
        answer = send(client, method, path, body | {field: BAD_CHARACTERS[name]})
        assert answer.status_code == 422, (method, path, field)
        check_shape(answer, (method, path, field))
    assert rows() == before


@pytest.mark.parametrize("name", UNKEPT)
def test_objects_and_lists_that_no_database_keeps(api, alice, doors, desk, name):
    before, client = rows(), api(alice)
    for method, path, body, field in each_field(doors, desk, "object", "array"):
        value = f"[{UNKEPT[name]}]" if field in ("items", "tags") else UNKEPT[name]
        text = json.dumps(body | {field: "HERE"}).replace('"HERE"', value)
        check_shape(send(client, method, path, text), (method, path, field))
    assert rows() == before


@pytest.mark.parametrize("name", ODD)
def test_odd_values_are_taken_or_refused_whole_and_leave_every_list_readable(api, alice, doors, desk, name):
    client, before = api(alice), rows()
    for method, path, body, field in each_field(doors, desk):
        answer = send(client, method, path, body | {field: ODD[name]})
        if answer.status_code < 300:
            before = rows()
        else:
            check_shape(answer, (method, path, field))
            assert rows() == before, (method, path, field)
    for method, path, _ in doors[0]:
        if method == "GET" and "search" not in path and "by-email" not in path:
            assert read(client, path.format(**desk)) == 200, path


@pytest.mark.parametrize("name", BAD_IDS)
def test_ids_that_are_none(api, alice, doors, desk, name):
    before, client = rows(), api(alice)
    bodies = {(method, path): body for method, path, body, _ in with_bodies(doors, dict.fromkeys(desk, BAD_IDS[name]))}
    for method, path, _ in doors[0]:
        if "{" in path:
            path = path.format(**dict.fromkeys(desk, BAD_IDS[name]))
            answer = send(client, method, path, bodies.get((method, path), b""))
            assert answer.status_code == 404, (method, path)
            check_shape(answer, (method, path))
    assert rows() == before


@pytest.mark.parametrize(
    ("session_id", "statuses"), [("search", [404, 404]), ("events", [404, 404]), ("export", [405])]
)
def test_addresses_are_no_session_ids(api, alice, desk, session_id, statuses):
    before, client = rows(), api(alice)
    asked = [
        send(client, "POST", "/api/sessions", {"session_id": session_id}),
        send(client, "POST", EVENTS, SAID | {"session_id": session_id}),
        send(client, "POST", EVENTS, {"events": [SAID, SAID | {"session_id": session_id}]}),
        *(send(client, method, f"/api/sessions/{session_id}", {}) for method in ("PATCH", "GET")[: len(statuses)]),
    ]
    assert [answer.status_code for answer in asked] == [422, 422, 422, *statuses]
    for answer in asked:
        check_shape(answer, session_id)
    assert rows() == before


def test_what_another_team_has_is_not_there(api, charlie, doors, desk):
    before, client = rows(), api(charlie)
    bodies = {(method, path): body for method, path, body, _ in with_bodies(doors, desk)}
    for method, path, _ in doors[0]:
        if "{" in path:
            path = path.format(**desk)
            answer = send(client, method, path, bodies.get((method, path), b""))
            assert answer.status_code == 404, (method, path)
            check_shape(answer, (method, path))
    assert rows() == before


def test_odd_queries_are_answered_or_refused(api, alice, doors, desk):
    client = api(alice)
    for method, path, operation in doors[0]:
        names = [each["name"] for each in operation.get("parameters", ()) if each["in"] == "query"]
        for name, value in product(names if method == "GET" else (), ODD_QUERIES):
            asked = {"q": "hello"} | {name: value.encode("utf-8", "surrogatepass")}
            answer = client.get(path.format(**desk), asked)
            answer.getvalue()
            if answer.status_code != 200:
                check_shape(answer, (path, name, value))


def test_too_much_at_once(api, alice, desk):
    before, client = rows(), api(alice)
    items = ["x" * 1_000] * 10_000
    asked = [
        send(client, "POST", "/api/sessions", {"items": items}),
        send(client, "PATCH", "/api/sessions/call_1", {"items": items}),
        send(client, "PATCH", "/api/sessions/call_1", {"items": items[:2_500]}),
        send(client, "POST", "/api/leads", {"name": "x" * 10_000_000}),
        send(client, "POST", EVENTS, {"events": [SAID] * 501}),
    ]
    assert [answer.status_code for answer in asked] == [413, 413, 413, 413, 422]
    for number, answer in enumerate(asked):
        check_shape(answer, number)
    assert rows() == before
