"""Conversations as they are in the database."""

import datetime as dt
from typing import Any

from accounts.models import User
from config.ids import new_id
from leads.models import ConversationSession, TranscriptEvent
from leads.records import Clock

NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


def make_session(user: User, session_id: str = "call_1", **fields: Any) -> ConversationSession:
    """A conversation that began at noon and goes on."""
    made = {"start_time": NOON, "has_own_start": True, "active_at": NOON}
    return ConversationSession.objects.create(team_id=user.team_id, session_id=session_id, **made | fields)


def event_of(user: User, content: str = "Hello.", *, minute: float = 0, **fields: Any) -> TranscriptEvent:
    """An event, not saved yet, some minutes after noon."""
    made = {"session_id": "call_1", "role": "user", "timestamp": NOON + dt.timedelta(minutes=minute)}
    named = {"team_id": user.team_id, "event_id": new_id(), "arrival": Clock.tick()}
    return TranscriptEvent(content=content, **named | made | fields)


def make_event(user: User, content: str = "Hello.", **fields: Any) -> TranscriptEvent:
    event = event_of(user, content, **fields)
    event.save(force_insert=True)
    return event


def make_events(user: User, *contents: str, **fields: Any) -> list[TranscriptEvent]:
    """One a minute from noon on."""
    events = [event_of(user, content, minute=minute, **fields) for minute, content in enumerate(contents)]
    return TranscriptEvent.objects.bulk_create(events)
