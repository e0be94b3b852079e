"""Whatever the order in which the parts of a conversation come in, its row says the same in the end."""

import datetime as dt
import itertools

import pytest
from django.db import IntegrityError

from config import breaker
from leads.actions import events, leads, rollups, session_counts, sessions
from leads.actions.sessions import recount_session
from leads.models import ConversationSession, TranscriptEvent
from tests.leads.leads import PERSON, make_lead
from tests.leads.talks import make_event

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)
LEAD_ITEM = {"type": "function_call", "name": "create_lead"}
TIMES = ("start_time", "end_time", "first_event_at", "last_event_at")


def after(minutes: float) -> dt.datetime:
    return NOON + dt.timedelta(minutes=minutes)


def said(minute: float, role: str = "user", session_id: str = "call") -> dict:
    return {"session_id": session_id, "role": role, "content": "Hello.", "timestamp": after(minute)}


def log(by, *entries):
    return events.log_events(by=by, events=list(entries))


def start(by, session_id):
    return sessions.start_session(by=by, session_id=session_id, start_time=after(0), channel="web")


def start_now(by, session_id):
    return sessions.start_session(by=by, session_id=session_id, channel="web")


def early(by, session_id):
    return log(by, said(1, session_id=session_id), said(2, "assistant", session_id))


def late(by, session_id):
    return log(by, said(9, session_id=session_id), said(-1, "tool", session_id))


def end(by, session_id):
    told = {"metadata": {"phone": "+47 22 00 00 00"}, "items": [LEAD_ITEM, 1]}
    return sessions.change_session(by=by, session_id=session_id, end_time=after(10), **told)


def lead(by, session_id):
    return leads.create_lead(by=by, **PERSON | {"email": f"{session_id}@example.com"}, session_id=session_id)


WRITERS = {
    "events": events.write_events,
    "session": sessions.write_session,
    "session_change": sessions.write_change,
    "lead": leads.write_lead,
}


@pytest.fixture
def write(alice, monkeypatch):
    """Do the parts of a conversation as a replay does them, in this order."""

    def in_order(parts, session_id="call"):
        with monkeypatch.context() as away:
            away.setattr(breaker, "is_open", lambda: True)
            records = {part: part(alice, session_id).record for part in parts}
        for record in (records[part] for part in parts):
            WRITERS[record.kind](record)

    return in_order


def row_of(names: tuple[str, ...], session_id: str = "call") -> dict:
    session = ConversationSession.objects.get(session_id=session_id)
    return {name: getattr(session, name) for name in names}


def test_any_order(write):
    counts = {"event_count": 2, "user_count": 1, "total_items": 2, "duration_seconds": 600.0}
    told = {"lead_generated": True, "channel": "web", "country": "NO"}
    moments = dict(zip(TIMES, (after(0), after(10), after(-1), after(9)), strict=True))
    for order in itertools.permutations((start, late, end, lead)):
        session_id = "-".join(part.__name__ for part in order)
        write(order, session_id)
        assert row_of((*counts, *told, *moments), session_id) == counts | told | moments, session_id
        assert row_of(("lead",), session_id)["lead"].session_id == session_id


def test_any_order_without_a_told_start(write):
    """The earliest time that is known of it is its start."""
    counts = {"event_count": 4, "duration_seconds": 660.0}
    moments = dict(zip(TIMES, (after(-1), after(10), after(-1), after(9)), strict=True))
    for order in itertools.permutations((start_now, early, late, end)):
        session_id = "-".join(part.__name__ for part in order)
        write(order, session_id)
        assert row_of((*counts, *moments), session_id) == counts | moments, session_id


def test_all_twice(write):
    write((start, early, late, end, lead) * 2)
    assert row_of(("event_count", "user_count", "total_items")) == {"event_count": 4, "user_count": 2, "total_items": 2}


def test_duration_while_it_goes_on(alice):
    sessions.start_session(by=alice, session_id="call", start_time=after(0))
    assert row_of(("duration_seconds",)) == {"duration_seconds": 0.0}
    log(alice, said(3), said(1))
    assert row_of(("duration_seconds",)) == {"duration_seconds": 180.0}


def test_an_event_after_a_told_end(alice):
    sessions.start_session(by=alice, session_id="call", start_time=after(0))
    sessions.change_session(by=alice, session_id="call", end_time=after(5))
    log(alice, said(7))
    assert row_of(("end_time", "duration_seconds")) == {"end_time": after(5), "duration_seconds": 300.0}


def test_events_before_a_told_start(alice):
    sessions.start_session(by=alice, session_id="call", start_time=after(5))
    log(alice, said(1))
    assert row_of(("start_time", "duration_seconds")) == {"start_time": after(5), "duration_seconds": 0.0}


def test_a_deleted_lead_was_none(alice):
    made = make_lead(alice, session_id="call")
    log(alice, said(1))
    leads.delete_lead(by=alice, lead=made)
    assert row_of(("lead_id", "lead_generated")) == {"lead_id": None, "lead_generated": False}


def test_a_deleted_lead_of_a_session_whose_item_made_it(alice):
    made = make_lead(alice, session_id="call")
    sessions.start_session(by=alice, session_id="call", items=[LEAD_ITEM])
    leads.delete_lead(by=alice, lead=made)
    assert row_of(("lead_id", "lead_generated")) == {"lead_id": None, "lead_generated": True}


def test_of_two_leads_the_newest_is_the_sessions(alice):
    log(alice, said(1))
    newest = make_lead(alice, email="b@example.com", session_id="call", timestamp=after(2))
    older = make_lead(alice, email="c@example.com", session_id="call", timestamp=after(1))
    assert row_of(("lead_id",)) == {"lead_id": newest.pk}
    leads.delete_lead(by=alice, lead=newest)
    assert row_of(("lead_id", "lead_generated")) == {"lead_id": older.pk, "lead_generated": True}


def test_of_two_leads_one_becomes_the_newest(alice):
    log(alice, said(1))
    newest = make_lead(alice, email="b@example.com", session_id="call", timestamp=after(2))
    older = make_lead(alice, email="c@example.com", session_id="call", timestamp=after(1))
    leads.change_lead(by=alice, lead=older, timestamp=after(3))
    assert row_of(("lead_id",)) == {"lead_id": older.pk}
    leads.change_lead(by=alice, lead=older, timestamp=after(1))
    assert row_of(("lead_id",)) == {"lead_id": newest.pk}


def test_a_lead_of_another_team(alice, charlie):
    log(alice, said(1))
    make_lead(charlie, session_id="call")
    assert row_of(("lead_id", "lead_generated")) == {"lead_id": None, "lead_generated": False}


def test_recount(alice):
    log(alice, said(1), said(2, "assistant"))
    session = ConversationSession.objects.get()
    make_event(alice, session_id="call", timestamp=after(8))
    TranscriptEvent.objects.filter(timestamp=after(1)).delete()
    ConversationSession.objects.update(event_count=77, user_count=5)
    recount_session(session)
    assert row_of(("event_count", "user_count")) == {"event_count": 2, "user_count": 1}
    assert row_of(("first_event_at", "last_event_at")) == {"first_event_at": after(2), "last_event_at": after(8)}
    assert row_of(("duration_seconds",)) == {"duration_seconds": 420.0}


@pytest.fixture
def marked(monkeypatch):
    days = set()
    monkeypatch.setattr(rollups, "mark", lambda team_id, moments: days.update(moment.date() for moment in moments))
    return days


def test_days_that_are_counted_again(alice, marked):
    """An event makes yesterday's conversation longer; an earlier one moves it to another day."""
    sessions.start_session(by=alice, session_id="call")
    marked.clear()
    log(alice, said(-24 * 60))
    assert {after(-24 * 60).date()} < marked
    marked.clear()
    log(alice, said(0))
    assert marked == {after(-24 * 60).date(), NOON.date()}
    marked.clear()
    sessions.change_session(by=alice, session_id="call", end_time=after(60))
    assert after(-24 * 60).date() in marked
    marked.clear()
    make_lead(alice, session_id="call")
    assert after(-24 * 60).date() in marked


class Killed(Exception):
    """The process ends here."""


def kill(*args, **kwargs):
    raise Killed


@pytest.mark.parametrize("is_known", [True, False])
def test_killed_between_events_and_counts(alice, monkeypatch, is_known):
    """Done again, the write finds its events stored, and the session counts and hears of them."""
    if is_known:
        log(alice, said(0))
        ConversationSession.objects.update(end_time=after(0), was_silent=True)
    with monkeypatch.context() as context:
        context.setattr(breaker, "is_open", lambda: True)
        record = log(alice, said(1), said(2)).record
    with monkeypatch.context() as context, pytest.raises(Killed):
        context.setattr(session_counts, "note", kill)
        events.write_events(record)
    assert TranscriptEvent.objects.count() == 2 + is_known
    assert events.write_events(record) == events.Logged(0, 2)
    assert row_of(("event_count", "end_time")) == {"event_count": 2 + is_known, "end_time": None}


def test_counted_anew_between_events_and_counts(alice, monkeypatch):
    """They are in that count already."""
    log(alice, said(0))
    count_up = session_counts.count_up

    def late(*args):
        recount_session(ConversationSession.objects.get())
        count_up(*args)

    monkeypatch.setattr(session_counts, "count_up", late)
    log(alice, said(1), said(2, "tool"))
    assert row_of(("event_count", "user_count")) == {"event_count": 3, "user_count": 2}


def test_made_by_somebody_else_between_events_and_counts(alice, monkeypatch):
    make_all = session_counts.make_all

    def late(*args):
        sessions.start_session(by=alice, session_id="call", channel="web")
        return make_all(*args)

    monkeypatch.setattr(session_counts, "make_all", late)
    log(alice, said(1), said(2, "tool"))
    assert row_of(("event_count", "channel")) == {"event_count": 2, "channel": "web"}


def test_an_insert_that_failed_half_way(alice, monkeypatch):
    """A server without transactions keeps the first half."""
    create = ConversationSession.objects.bulk_create

    def half(rows):
        create(rows[:1])
        raise IntegrityError("somebody else has made the second")

    monkeypatch.setattr(session_counts, "atomic", lambda function: function)
    monkeypatch.setattr(ConversationSession.objects, "bulk_create", half)
    log(alice, said(1), said(2, "tool"), said(1, session_id="other"))
    assert dict(ConversationSession.objects.values_list("session_id", "event_count")) == {"call": 2, "other": 1}
