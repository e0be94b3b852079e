"""What no lead can be made of."""

import datetime as dt
import json

import pytest

from config import times
from config.errors import Unprocessable
from leads.actions import leads
from leads.models import (
    FIELD_MAX_CHARACTERS,
    INTEREST_MAX_CHARACTERS,
    MESSAGE_MAX_CHARACTERS,
    Lead,
)
from tests.leads.leads import PERSON

ADDRESS = "/api/leads"
EMAILS = [
    "",
    " ",
    "nobody",
    "a@b",
    "a b@acme.example",
    "a@acme.example, b@acme.example",
    "a@acme..example",
    f"a@{'x' * 64}.example",
    f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.{'f' * 60}.example",
    "a\0@acme.example",
    "half\ud83d@acme.example",
    None,
    5,
    ["a@acme.example"],
]
BAD = [
    *(("email", email) for email in EMAILS),
    *((field, text) for field in ("name", "company", "interest") for text in ("", " \u200b ", None, "a\0b", ["a"])),
    ("name", "x" * 201),
    ("company", "x" * (FIELD_MAX_CHARACTERS + 1)),
    ("interest", "x" * (INTEREST_MAX_CHARACTERS + 1)),
    ("phone", "x" * (FIELD_MAX_CHARACTERS + 1)),
    ("message", "x" * (MESSAGE_MAX_CHARACTERS + 1)),
    ("message", "a\0b"),
    ("message", "half \ud83d"),
    ("source", "half \ud83d"),
    ("status", "won"),
    ("status", "New"),
    ("session_id", "two words"),
    ("session_id", "x" * 129),
    ("session_id", "search"),
    ("session_id", "a\n"),
    ("timestamp", "yesterday"),
    ("timestamp", "1969-12-31T23:59:59Z"),
    ("timestamp", "0001-01-01T00:00:00+14:00"),
    ("timestamp", "9999-12-31T23:59:59-14:00"),
    ("timestamp", True),
    ("tags", "phone"),
    ("tags", [""]),
    ("tags", ["a|b"]),
    ("tags", ["a,b"]),
    ("tags", ["x" * 41]),
    ("tags", [f"tag {number}" for number in range(21)]),
    ("metadata", []),
    ("metadata", {"a": "b\0"}),
    ("metadata", {"a\0": "b"}),
    ("metadata", {"a": "x" * 65 * 1024}),
    ("metadata", {"a": 2**63}),
    ("metadata", {"a": float("nan")}),
]


def create(api, user, **fields):
    return api(user).post(ADDRESS, PERSON | fields, "application/json")


@pytest.mark.parametrize(("field", "value"), BAD)
def test_api_refuses(api, alice, field, value):
    answer = api(alice).post(ADDRESS, json.dumps(PERSON | {field: value}), "application/json")
    assert answer.status_code in (400, 422), answer.content
    assert not Lead.objects.exists()


@pytest.mark.parametrize("field", PERSON)
def test_api_needs(api, alice, field):
    answer = api(alice).post(
        ADDRESS, {name: value for name, value in PERSON.items() if name != field}, "application/json"
    )
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", field])


def test_api_takes_a_clock_that_is_ahead_by_a_day_at_most(api, alice):
    soon, later = (times.iso(times.now() + dt.timedelta(hours=hours)) for hours in (23, 25))
    assert create(api, alice, timestamp=later).json()["errors"][0]["loc"] == ["body", "timestamp"]
    assert create(api, alice, timestamp=soon).json()["timestamp"] == soon


@pytest.mark.parametrize("field", ["name", "email", "message", "phone", "status", "session_id", "tags", "metadata"])
def test_api_refuses_a_megabyte(api, alice, field):
    text = "x" * 1024 * 1024
    value = {"tags": [text], "metadata": {"a": text}}.get(field, text)
    assert create(api, alice, **{field: value}).status_code == 422
    assert create(api, alice, **{field: 5 * text}).status_code == 413


@pytest.mark.parametrize("body", [b'{"name": "\xff"}', b"{", b"[]", b"null", b"[" * 100_000])
def test_api_refuses_what_is_no_json(api, alice, body):
    assert api(alice).post(ADDRESS, body, "application/json").status_code in (400, 422)


def test_api_does_not_look_at_a_million_bad_tags(api, alice):
    answer = api(alice).post("/api/leads", PERSON | {"tags": [[]] * 1_000_000}, "application/json")
    assert [each["loc"] for each in answer.json()["errors"]] == [["body", "tags"]]


def test_api_refuses_deep_metadata(api, alice):
    deep = {"a": 1}
    for _ in range(60):
        deep = {"a": deep}
    assert create(api, alice, metadata=deep).status_code == 422


def test_action_says_which_field(alice):
    with pytest.raises(Unprocessable) as refusal:
        leads.create_lead(by=alice, **PERSON | {"company": ""})
    assert refusal.value.field == "company"
