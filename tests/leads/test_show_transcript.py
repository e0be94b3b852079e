"""The transcript of a conversation, in order."""

import datetime as dt

import pytest

from leads.actions import events
from leads.models import TranscriptEvent
from tests.accounts.conftest import join_team_of
from tests.leads.talks import NOON, make_event, make_session
from tests.leads.test_sessions import KEYS

URL = "/api/transcripts/call_1"
EVENT_KEYS = {"event_id", "session_id", "timestamp", "role", "content", "source", "meta", "created_at"}


def all_pages(client, limit):
    seen, cursor = [], ""
    while cursor is not None:
        answer = client.get(URL, {"limit": limit, "cursor": cursor}).json()
        seen += [item["content"] for item in answer["items"]]
        cursor = answer["next"]
        assert len(answer["items"]) == limit or cursor is None
    return seen


@pytest.fixture
def talk(alice):
    """Ten events that came in out of order; four of them have the same time."""
    make_session(alice)
    for number in (5, 1, 3, 0, 9):
        make_event(alice, str(number), minute=number)
    for number in (61, 62, 63, 64):
        make_event(alice, str(number), minute=6)
    make_event(alice, "7", minute=7)
    make_event(alice, "another's", session_id="call_2")


ORDER = ["0", "1", "3", "5", "61", "62", "63", "64", "7", "9"]


def test_in_order_of_time(api, alice, talk):
    answer = api(alice).get(URL)
    assert answer.status_code == 200
    body = answer.json()
    assert [item["content"] for item in body["items"]] == ORDER
    assert body["next"] is None
    assert body["items"][0].keys() == EVENT_KEYS
    assert body["items"][0]["timestamp"] == "2026-11-02T12:00:00.000Z"
    assert body["session"].keys() == KEYS - {"items"}
    assert body["session"]["session_id"] == "call_1"


@pytest.mark.parametrize("limit", [1, 2, 3, 10, 100])
def test_pages(api, alice, talk, limit):
    assert all_pages(api(alice), limit) == ORDER


def test_events_of_one_arrival(api, alice):
    """Two processes may take the same moment."""
    make_session(alice)
    for number in range(5):
        make_event(alice, str(number), arrival=7)
    assert sorted(all_pages(api(alice), 2)) == list("01234")


def test_what_comes_meanwhile_is_on_the_next_page(api, alice, talk):
    first = api(alice).get(URL, {"limit": 5}).json()
    make_event(alice, "6.5", minute=6.5)
    rest = api(alice).get(URL, {"cursor": first["next"]}).json()
    assert [item["content"] for item in rest["items"]] == [*ORDER[5:8], "6.5", *ORDER[8:]]


def test_long_contents_come_whole(api, alice):
    make_session(alice)
    make_event(alice, "x" * 100_000)
    assert len(api(alice).get(URL).json()["items"][0]["content"]) == 100_000


def test_a_session_without_events(api, alice):
    make_session(alice)
    assert api(alice).get(URL).json()["items"] == []


@pytest.mark.parametrize("name", ["other", "a%2Fb", "x" * 129, "%00"])
def test_unknown(api, alice, name):
    assert api(alice).get(f"/api/transcripts/{name}").status_code == 404


@pytest.mark.parametrize("cursor", ["x", "MTox", "MToyOng", "99999999999999999999", "ÿ"])
def test_a_cursor_of_nothing(api, alice, talk, cursor):
    answer = api(alice).get(URL, {"cursor": cursor})
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["query", "cursor"])


def test_of_the_team(api, alice, charlie, talk):
    assert api(charlie).get(URL).status_code == 404
    assert api(join_team_of(alice, "mate")).get(URL).status_code == 200


def test_another_team_has_a_session_of_this_name(api, alice, charlie, talk):
    make_session(charlie)
    assert api(charlie).get(URL).json()["items"] == []


def test_a_clock_that_goes_wrong_a_little(api, alice):
    """An event a few hours ahead stands at the end, and the rest in order."""
    late = [("ahead", NOON + dt.timedelta(hours=3)), ("then", NOON), ("before", NOON - dt.timedelta(seconds=1))]
    said = [{"session_id": "call_1", "role": "user", "content": text, "timestamp": time} for text, time in late]
    events.log_events(by=alice, events=said)
    assert all_pages(api(alice), 10) == ["before", "then", "ahead"]
    assert TranscriptEvent.objects.count() == 3


def test_needs_sign_in(client, db):
    assert client.get(URL).status_code == 401
