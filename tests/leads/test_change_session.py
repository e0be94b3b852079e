"""Ending conversations and changing what is said of them."""

import datetime as dt

import pytest

from config import breaker
from leads import journal
from leads.actions import events, sessions
from leads.models import ConversationSession
from tests.accounts.conftest import join_team_of

URL = "/api/sessions/call"
LEAD_ITEM = {"type": "function_call", "name": "create_lead"}
START, END = "2026-11-02T09:00:00.000Z", "2026-11-02T09:10:00.500Z"


@pytest.fixture
def session(alice):
    return sessions.start_session(by=alice, session_id="call", metadata={"a": 1}, items=[1]).result[0]


@pytest.fixture
def begun(api, alice):
    """One whose start was told."""
    api(alice).post("/api/sessions", {"session_id": "call", "start_time": START}, content_type="application/json")


def patch(client, body, url=URL):
    return client.patch(url, body, content_type="application/json")


def test_end(api, alice, begun):
    answer = patch(api(alice), {"end_time": END})
    assert answer.status_code == 200
    assert (answer.json()["end_time"], answer.json()["duration_seconds"]) == (END, 600.5)


def test_end_again(api, alice, begun):
    patch(api(alice), {"end_time": END})
    assert patch(api(alice), {"end_time": START}).json()["duration_seconds"] == 0


def test_items_are_replaced_and_metadata_merged(api, alice, session):
    answer = patch(api(alice), {"items": ["x", LEAD_ITEM], "metadata": {"b": 2}, "channel": "whatsapp"}).json()
    assert (answer["items"], answer["total_items"]) == (["x", LEAD_ITEM], 2)
    assert (answer["metadata"], answer["channel"]) == ({"a": 1, "b": 2}, "whatsapp")
    assert answer["lead_generated"]
    assert not patch(api(alice), {"items": []}).json()["lead_generated"]


def test_null_and_nothing_change_nothing(api, alice, session):
    before = api(alice).get(URL).json()
    for body in ({}, dict.fromkeys(("end_time", "metadata", "items", "channel", "audio_file_id"))):
        assert patch(api(alice), body).json() == before | {"updated_at": api(alice).get(URL).json()["updated_at"]}


def test_the_start_is_not_changed_here(api, alice, begun):
    assert patch(api(alice), {"start_time": END}).json()["start_time"] == START


def test_end_before_the_start(api, alice, begun):
    answer = patch(api(alice), {"end_time": "2026-11-02T08:59:59Z"})
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "end_time"])
    assert ConversationSession.objects.get().end_time is None


def test_end_before_a_start_that_nobody_told(api, alice, session):
    """A client's clock that is a little slow ends no conversation before it began."""
    answer = patch(api(alice), {"end_time": START}).json()
    assert (answer["start_time"], answer["end_time"], answer["duration_seconds"]) == (START, START, 0)


BAD = {
    "far ahead": ({"end_time": "2999-01-01T00:00:00Z"}, "end_time"),
    "no time": ({"end_time": "soon"}, "end_time"),
    "channel": ({"channel": "fax"}, "channel"),
    "NUL": ({"metadata": {"a": "\0"}}, "metadata"),
    "items are text": ({"items": "x"}, "items"),
    "no such file": ({"audio_file_id": "6740a1b2c3d4e5f60123abcd"}, "audio_file_id"),
}


@pytest.mark.parametrize("name", BAD)
def test_bad(api, alice, session, name):
    body, field = BAD[name]
    answer = patch(api(alice), body | ({"metadata": {"b": 1}} if field != "metadata" else {}))
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", field])
    assert ConversationSession.objects.get().metadata == {"a": 1}


def test_items_over_2_mb(api, alice, session):
    assert patch(api(alice), {"items": ["x" * 2**21]}).status_code == 413
    assert patch(api(alice), {"items": ["x" * 10 * 2**20]}).status_code == 413
    assert ConversationSession.objects.get().items == [1]


@pytest.mark.parametrize("name", ["other", "search", "events", "x" * 129, "a%2Fb", "a%00", "%F0%9F%99%82"])
def test_unknown(api, alice, session, name):
    assert patch(api(alice), {"end_time": END}, f"/api/sessions/{name}").status_code == 404


def test_of_another_team(api, alice, charlie, session):
    assert patch(api(charlie), {"end_time": END}).status_code == 404
    assert patch(api(join_team_of(alice, "mate")), {"channel": "web"}).status_code == 200


def test_journaled_while_the_database_is_away(api, alice, session, monkeypatch):
    client = api(alice)
    patch(client, {})
    monkeypatch.setattr(breaker, "is_open", lambda: True)
    answer = patch(client, {"end_time": END})
    assert (answer.status_code, answer.json()) == (202, {"status": "journaled", "session_id": "call"})


def test_a_change_that_waits_makes_its_session(alice, monkeypatch):
    monkeypatch.setattr(journal, "is_behind", lambda: True)
    taken = sessions.change_session(by=alice, session_id="call", channel="web")
    assert taken.is_journaled
    session = sessions.write_change(taken.record)
    assert (session.session_id, session.channel, session.start_time) == ("call", "web", taken.record.at)


def test_a_told_end_after_silence(api, alice, session):
    ConversationSession.objects.update(end_time=session.start_time, was_silent=True)
    patch(api(alice), {"end_time": session.start_time.isoformat()})
    events.log_events(by=alice, events=[{"session_id": "call", "role": "user", "content": "x"}])
    assert ConversationSession.objects.get().end_time == session.start_time


def test_an_old_change_that_is_done_late_undoes_nothing(alice):
    """As after a crash: it was done, but nobody had noted so."""
    first = {"end_time": dt.datetime(2026, 11, 2, 10, tzinfo=dt.UTC), "items": [LEAD_ITEM], "channel": "whatsapp"}
    start = {"start_time": dt.datetime(2026, 11, 2, 9, tzinfo=dt.UTC)}
    started = sessions.start_session(by=alice, session_id="call", metadata={"a": 0, "c": 0}, **start)
    old = sessions.change_session(by=alice, session_id="call", metadata={"a": 1, "b": 1}, **first)
    later = {"end_time": dt.datetime(2026, 11, 2, 11, tzinfo=dt.UTC), "items": [2], "channel": "web"}
    sessions.change_session(by=alice, session_id="call", metadata={"a": 2}, **later)
    before = ConversationSession.objects.values().get()
    sessions.write_change(old.record)
    sessions.write_session(started.record)
    now = ConversationSession.objects.values().get()
    assert {name for name in now if now[name] != before[name]} == {"revision", "updated_at"}
    assert now["metadata"] == {"a": 2, "b": 1, "c": 0}
    assert (now["items"], now["channel"], now["duration_seconds"]) == ([2], "web", 7200.0)


def test_what_was_told_under_a_clock_that_was_ahead_is_not_the_last_word(alice, session):
    """By a process that has gone since: the clock is right again, and what comes in now is later."""
    told = {name: arrival + 3600 * 10**9 for name, arrival in session.told.items()}
    ConversationSession.objects.update(told=told)
    sessions.change_session(by=alice, session_id="call", metadata={"a": 2}, items=[2])
    session.refresh_from_db()
    assert (session.metadata, session.items) == ({"a": 2}, [2])
