"""Events that are refused: nothing of their request is kept."""

import datetime as dt
import json

import pytest

from config import times
from leads.models import CONTENT_MAX_CHARACTERS, ConversationSession, TranscriptEvent
from tests.leads.test_log_events import URL, post, said

NESTED: list[object] = []
for _ in range(60):
    NESTED = [NESTED]

BAD = {
    "no role": ({"content": "x"}, "role"),
    "no content": ({"role": "user"}, "content"),
    "unknown role": (said(role="robot"), "role"),
    "content too long": (said("x" * (CONTENT_MAX_CHARACTERS + 1)), "content"),
    "1 MB": (said("x" * 1_000_000), "content"),
    "content is no text": (said(7), "content"),
    "NUL": (said("a\0b"), "content"),
    "half a pair": (said("\ud800"), "content"),
    "session id with a slash": (said(session_id="a/b"), "session_id"),
    "empty session id": (said(session_id=""), "session_id"),
    "long session id": (said(session_id="x" * 129), "session_id"),
    "session id with a line end": (said(session_id="call\n"), "session_id"),
    "search": (said(session_id="search"), "session_id"),
    "events": (said(session_id="events"), "session_id"),
    "export": (said(session_id="export"), "session_id"),
    "no time": (said(timestamp="yesterday"), "timestamp"),
    "before 1970": (said(timestamp="1969-12-31T23:59:59Z"), "timestamp"),
    "the year 1": (said(timestamp="0001-01-01T00:00:00+14:00"), "timestamp"),
    "the year 9999": (said(timestamp="9999-12-31T23:59:59-12:00"), "timestamp"),
    "a huge number": (said(timestamp=1e300), "timestamp"),
    "long source": (said(source="x" * 101), "source"),
    "long event id": (said(event_id="x" * 129), "event_id"),
    "event id with NUL": (said(event_id="a\0"), "event_id"),
    "meta is no object": (said(meta=[1]), "meta"),
    "meta with NUL": (said(meta={"a": ["\0"]}), "meta"),
    "name with NUL": (said(meta={"a": [{"\0": 1}]}), "meta"),
    "meta with half a pair": (said(meta={"a": "\udfff"}), "meta"),
    "long number": (said(meta={"a": 2**63}), "meta"),
    "long negative number": (said(meta={"a": -(2**64)}), "meta"),
    "nested too deep": (said(meta={"a": NESTED}), "meta"),
    "a reference of MongoDB's": (said(meta={"a": [{"$ref": "b", "$id": 1}]}), "meta"),
    "65 KB of meta": (said(meta={"a": "x" * 66_000}), "meta"),
}


def nothing_kept():
    return not TranscriptEvent.objects.exists() and not ConversationSession.objects.exists()


@pytest.mark.parametrize("name", BAD)
def test_bad_event(api, alice, name):
    body, field = BAD[name]
    answer = post(api(alice), body)
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", field])
    assert nothing_kept()


@pytest.mark.parametrize("name", BAD)
def test_a_bad_entry_refuses_the_batch_with_its_number(api, alice, name):
    body, field = BAD[name]
    answer = post(api(alice), {"events": [said(), said(), body, said()]})
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "events", 2, field])
    assert nothing_kept()


def test_clocks_that_go_wrong(api, alice):
    """A day ahead is a clock's fault that can be borne; more is none."""
    ahead = [times.now() + dt.timedelta(hours=hours) for hours in (23, 25)]
    statuses = [post(api(alice), said(timestamp=moment.isoformat())).status_code for moment in ahead]
    assert statuses == [201, 422]


@pytest.mark.parametrize("number", [0, 501])
def test_too_few_or_too_many(api, alice, number):
    answer = post(api(alice), {"events": [said()] * number})
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "events"])
    assert str(number) in answer.json()["detail"]
    assert nothing_kept()


def test_a_million_bad_ones_are_not_looked_at(api, alice):
    answer = post(api(alice), '{"events": [' + "1," * 1_000_000 + "1]}")
    assert answer.status_code == 422
    assert [each["loc"] for each in answer.json()["errors"]] == [["body", "events"]]


def test_one_and_many(api, alice):
    answer = post(api(alice), said() | {"events": [said()]})
    assert answer.status_code == 422
    assert "not both" in answer.json()["detail"]


def test_null_is_as_if_it_were_not_there(api, alice):
    nothing = dict.fromkeys(("role", "content", "timestamp", "event_id", "meta", "session_id", "source"))
    assert post(api(alice), nothing | {"events": [nothing | said()]}).status_code == 201


@pytest.mark.parametrize("meta", ["NaN", "Infinity", "-Infinity", "1e999"])
def test_numbers_that_are_no_json(api, alice, meta):
    answer = post(api(alice), f'{{"role": "user", "content": "x", "meta": {{"a": [{meta}]}}}}')
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "meta"])


@pytest.mark.parametrize(
    "body",
    [b'{"role": "user", "content": "\xff"}', b"{", b"[" * 100_000, b'{"role": 1' + b"0" * 5_000 + b"}", b"[]", b"1"],
)
def test_bodies_that_are_broken(api, alice, body):
    answer = post(api(alice), body)
    assert answer.status_code in (400, 422)
    assert answer.json()["detail"]
    assert nothing_kept()


def test_too_many_bytes(api, alice):
    batch = {"events": [said("x" * 90_000)] * 50}
    assert post(api(alice), json.dumps(batch)).status_code == 413
    assert nothing_kept()


def test_no_json(api, alice):
    assert api(alice).post(URL, said()).status_code == 415
