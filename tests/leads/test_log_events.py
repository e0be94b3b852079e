"""Logging what is said, by the action and by the API."""

import datetime as dt

import pytest

from accounts.models import Team
from config import breaker, times
from leads.actions import events
from leads.models import ConversationSession, TranscriptEvent
from tests.accounts.conftest import join_team_of

AT = dt.datetime(2026, 11, 2, 9, 0, tzinfo=dt.UTC)
URL = "/api/transcripts/events"


def said(content="Hello.", **fields):
    return {"role": "user", "content": content} | fields


def post(client, body):
    return client.post(URL, body, content_type="application/json")


def test_one_event(api, alice):
    body = said(session_id="call", timestamp="2026-11-02T10:00:00.1239+01:00", source="phone", event_id="e1")
    answer = post(api(alice), body | {"meta": {"turn": 1}})
    assert (answer.status_code, answer.json()) == (201, {"accepted": 1, "duplicates": 0})
    event = TranscriptEvent.objects.get()
    assert (event.team_id, event.session_id, event.event_id) == (alice.team_id, "call", "e1")
    assert (event.role, event.content, event.source) == ("user", "Hello.", "phone")
    assert event.timestamp == dt.datetime(2026, 11, 2, 9, 0, 0, 123_000, tzinfo=dt.UTC)
    assert event.meta == {"turn": 1, "intent": "NO_LEAD_INTENT"}


def test_what_is_left_out(api, alice):
    before = times.now()
    assert post(api(alice), {"role": "system", "content": "", "source": None, "meta": None}).status_code == 201
    event = TranscriptEvent.objects.get()
    assert (event.session_id, event.source, event.meta) == ("default", "", {})
    assert len(event.event_id) == 24
    assert before <= event.timestamp <= times.now()


def test_a_batch(api, alice):
    batch = [said(str(number), session_id=f"call_{number % 2}") for number in range(500)]
    answer = post(api(alice), {"events": batch})
    assert (answer.status_code, answer.json()) == (201, {"accepted": 500, "duplicates": 0})
    assert [session.event_count for session in ConversationSession.objects.all()] == [250, 250]


def test_a_batch_of_many_sessions(api, alice):
    """Some are known, some are made, and one of the events was here before."""
    client, old = api(alice), said(session_id="b", event_id="e1")
    post(client, {"events": [said(session_id="a"), old]})
    answer = post(client, {"events": [*(said(session_id=each) for each in "abc"), old, said(session_id="c")]})
    assert answer.json() == {"accepted": 4, "duplicates": 1}
    counts = ConversationSession.objects.order_by("session_id").values_list("session_id", "event_count")
    assert list(counts) == [("a", 2), ("b", 2), ("c", 2)]


def test_what_a_batch_has_in_common(api, alice):
    batch = [said("One."), said("Two.", session_id="other", source="web")]
    post(api(alice), {"session_id": "call", "source": "phone", "events": batch})
    rows = TranscriptEvent.objects.order_by("arrival").values_list("session_id", "source")
    assert list(rows) == [("call", "phone"), ("other", "web")]


def test_the_same_event_is_stored_once(api, alice):
    first = post(api(alice), {"events": [said("One.", event_id="e1"), said("Two.", event_id="e1")]})
    again = post(api(alice), said("Three.", event_id="e1"))
    assert (first.json(), again.json()) == ({"accepted": 1, "duplicates": 1}, {"accepted": 0, "duplicates": 1})
    assert again.status_code == 201
    assert TranscriptEvent.objects.get().content == "One."
    assert ConversationSession.objects.get().event_count == 1


def test_the_same_id_in_another_session_or_team(api, alice, charlie):
    post(api(alice), said(event_id="e1", session_id="call"))
    assert post(api(alice), said(event_id="e1", session_id="other")).json()["accepted"] == 1
    assert post(api(charlie), said(event_id="e1", session_id="call")).json()["accepted"] == 1
    assert TranscriptEvent.objects.count() == ConversationSession.objects.count() == 3


def test_a_team_mate_logs_into_the_same_session(api, alice):
    mate = join_team_of(alice, "mate")
    for person in (alice, mate):
        post(api(person), said(session_id="call"))
    assert ConversationSession.objects.get().event_count == 2


def test_events_of_one_time_keep_their_order(api, alice):
    moment = "2026-11-02T09:00:00Z"
    post(api(alice), {"events": [said(str(number), timestamp=moment) for number in range(20)]})
    post(api(alice), said("20", timestamp=moment))
    rows = TranscriptEvent.objects.order_by("timestamp", "arrival").values_list("content", flat=True)
    assert list(rows) == [str(number) for number in range(21)]


def test_intent_is_noted_for_the_users_words_only(api, alice):
    batch = [said("I want to buy it."), said("I want to buy it.", role="assistant")]
    post(api(alice), {"events": [*batch, said("I want to buy it.", meta={"intent": "mine"})]})
    metas = list(TranscriptEvent.objects.order_by("arrival").values_list("meta", flat=True))
    assert metas == [{"intent": "LEAD_OPPORTUNITY"}, {}, {"intent": "mine"}]


def test_meta_comes_back_as_it_was(api, alice):
    meta = {"$set": {"a.b": "$content"}, "": [None, True, 1.5, -(2**63) + 1, 2**63 - 1, "ünï🙂"], "intent": "x"}
    post(api(alice), said(session_id="call", meta=meta))
    assert api(alice).get("/api/transcripts/call").json()["items"][0]["meta"] == meta


def test_a_write_that_is_done_twice_stores_the_same(alice):
    taken = events.log_events(by=alice, events=[said(), said("Two.", timestamp=AT)])
    before = rows()
    assert events.write_events(taken.record) == events.Logged(0, 2)
    assert rows() == before


def rows():
    sessions = ConversationSession.objects.values("event_count", "user_count", "start_time", "last_event_at")
    return [*TranscriptEvent.objects.order_by("pk").values(), *sessions]


def test_journaled_while_the_database_is_away(api, alice, monkeypatch):
    client = api(alice)
    post(client, said())
    monkeypatch.setattr(breaker, "is_open", lambda: True)
    answer = post(client, {"events": [said(), said()]})
    assert answer.status_code == 202
    assert answer.json() == {"status": "journaled", "accepted": 2, "duplicates": 0}


def test_the_journal_keeps_all_that_a_replay_needs(alice, monkeypatch):
    monkeypatch.setattr(breaker, "is_open", lambda: True)
    taken = events.log_events(by=alice, events=[said("One."), said("Two.")])
    assert taken.is_journaled
    assert not TranscriptEvent.objects.exists()
    assert events.write_events(taken.record) == events.Logged(2, 0)
    stored = TranscriptEvent.objects.order_by("arrival")
    assert [event.content for event in stored] == ["One.", "Two."]
    assert {event.created_at for event in stored} == {taken.record.at}


@pytest.mark.parametrize("verb", ["get", "put", "patch", "delete"])
def test_other_methods(api, alice, verb):
    assert getattr(api(alice), verb)(URL).status_code == 405


def test_needs_sign_in(client, db):
    assert post(client, said()).status_code == 401
    assert not Team.objects.exists()
