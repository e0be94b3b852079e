"""Conversations that end because nothing more is said."""

import datetime as dt

import pytest

from config import hooks, times
from leads.actions import events, idle, session_rows, sessions
from leads.models import ConversationSession

AGO = dt.timedelta(minutes=31)


@pytest.fixture
def silent(alice):
    """Half an hour ago somebody said something for the last time."""
    began = times.now() - 2 * AGO
    sessions.start_session(by=alice, session_id="call", start_time=began)
    say(alice, times.now() - AGO)
    ConversationSession.objects.update(active_at=times.now() - AGO)
    return ConversationSession.objects.get()


def say(by, moment):
    events.log_events(by=by, events=[{"session_id": "call", "role": "user", "content": "Hello.", "timestamp": moment}])


def test_ends_at_its_last_event(silent):
    assert idle.end_silent() == 1
    silent.refresh_from_db()
    assert (silent.end_time, silent.was_silent) == (silent.last_event_at, True)
    assert silent.duration_seconds == pytest.approx(AGO.total_seconds(), abs=1)
    assert idle.end_silent() == 0


def test_one_without_events_ends_where_it_began(alice):
    sessions.start_session(by=alice, session_id="call", start_time=times.now() - dt.timedelta(days=300))
    ConversationSession.objects.update(active_at=times.now() - AGO)
    assert idle.end_silent() == 1
    assert ConversationSession.objects.get().duration_seconds == 0


def test_not_yet(alice, settings):
    sessions.start_session(by=alice, start_time=times.now() - 2 * AGO)
    assert idle.end_silent() == 0
    ConversationSession.objects.update(active_at=times.now() - AGO)
    settings.SESSION_IDLE_MINUTES = 60
    assert idle.end_silent() == 0


def test_one_that_has_ended(alice, silent):
    end = silent.start_time + dt.timedelta(seconds=5)
    sessions.change_session(by=alice, session_id="call", end_time=end)
    ConversationSession.objects.update(active_at=times.now() - AGO)
    assert idle.end_silent() == 0
    assert ConversationSession.objects.get().end_time == end


def test_a_late_event_opens_it_again(alice, silent):
    idle.end_silent()
    say(alice, times.now())
    silent.refresh_from_db()
    assert (silent.end_time, silent.was_silent) == (None, False)
    assert silent.duration_seconds == pytest.approx(2 * AGO.total_seconds(), abs=1)
    assert idle.end_silent() == 0


def test_an_event_that_comes_at_the_same_time_wins(alice, silent, monkeypatch):
    save = session_rows.save

    def save_late(session):
        monkeypatch.setattr(session_rows, "save", save)
        say(alice, times.now())
        save(session)

    monkeypatch.setattr(session_rows, "save", save_late)
    assert idle.end_silent() == 0
    assert ConversationSession.objects.get().is_open


def test_many(alice):
    for number in range(120):
        sessions.start_session(by=alice, session_id=f"call_{number}")
    ConversationSession.objects.update(active_at=times.now() - AGO)
    assert idle.end_silent() == 120


def test_the_sweeper_does_it():
    assert idle.end_silent in [sweep.run for sweep in hooks.sweeps]
