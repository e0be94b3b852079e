"""Rows of past days, marked as the desk's writers mark them, and the sweeper's work on them done at once."""

import datetime as dt
from typing import Any

from accounts.models import User
from config import times
from config.ids import new_id
from leads.actions import counting, rollups
from leads.models import ConversationSession, DirtyDay, Lead, TranscriptEvent
from leads.records import Clock

LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def ago(days: int, hour: int = 12, minute: int = 0) -> dt.datetime:
    """That hour of the day so many days ago, in UTC."""
    midnight = times.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return midnight - dt.timedelta(days=days) + dt.timedelta(hours=hour, minutes=minute)


def name_of(days: int) -> str:
    """The date so many days ago."""
    return ago(days).date().isoformat()


def add_lead(user: User, when: dt.datetime, **fields: Any) -> Lead:
    rollups.mark(user.team_id, [when])
    made = {"name": "Ann", "email": f"{new_id()}@acme.example", "company": "Acme", "interest": "bots", "source": "web"}
    return Lead.objects.create(team_id=user.team_id, timestamp=when, **made | fields)


def add_session(user: User, when: dt.datetime, **fields: Any) -> ConversationSession:
    rollups.mark(user.team_id, [when])
    made = {"session_id": new_id(), "start_time": when, "active_at": when}
    return ConversationSession.objects.create(team_id=user.team_id, **made | fields)


def add_events(user: User, session: ConversationSession, *whens: dt.datetime, role: str = "user") -> None:
    rollups.mark(user.team_id, [session.start_time, *whens])
    for when in whens:
        TranscriptEvent.objects.create(
            team_id=user.team_id,
            session_id=session.session_id,
            event_id=new_id(),
            timestamp=when,
            arrival=Clock.tick(),
            role=role,
        )
    known = [time for time in (session.first_event_at, session.last_event_at) if time]
    session.first_event_at, session.last_event_at = min([*known, *whens]), max([*known, *whens])
    session.event_count += len(whens)
    session.user_count += len(whens) if role == "user" else 0
    session.save()


def settle() -> None:
    """As if a minute had passed since the last write, and the sweeper had been there."""
    DirtyDay.objects.update(marked_at=LONG_AGO)
    while any(counting.refresh().values()):
        pass
