"""Stores a year of leads, sessions and events in an installation's own database, in a process with its settings.

    python -m tests.benchmarks.fill_desk SESSIONS

Ten events a session, a lead out of every fifth. The days are marked as the writers would have marked them, and counted
as the sweeper counts them; it prints how many seconds the rows took, the counting, and how many days there are.
"""

import datetime as dt
import os
import sys
import time
from collections.abc import Iterator
from itertools import islice
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")
django.setup()

from django.db.models import Model  # noqa: E402

from accounts.models import User  # noqa: E402
from config import times  # noqa: E402
from leads.actions import counting  # noqa: E402
from leads.models import (  # noqa: E402
    ConversationSession,
    DailyRollup,
    DirtyDay,
    EventRole,
    Lead,
    LeadStatus,
    SessionChannel,
    TranscriptEvent,
)

YEAR = dt.timedelta(days=365)
EVENTS = 10
LEAD_EVERY = 5
COMPANIES, INTERESTS, COUNTRIES = 500, 40, ("DE", "FR", "NO", "US", "CH", "")
CHUNK = 10_000
LONG_AGO = dt.datetime(2000, 1, 1, tzinfo=dt.UTC)


def sessions(user: User, number: int) -> Iterator[ConversationSession]:
    """Evenly over the year up to now, the newest first."""
    now = times.now()
    for index in range(number):
        start = times.to_millis(now - YEAR * (index / number) - dt.timedelta(minutes=10))
        last = start + dt.timedelta(seconds=20 * (EVENTS - 1))
        session = ConversationSession(
            team_id=user.team_id,
            session_id=f"call_{index}",
            start_time=start,
            end_time=last,
            duration_seconds=20.0 * (EVENTS - 1),
            event_count=EVENTS,
            user_count=EVENTS // 2,
            first_event_at=start,
            last_event_at=last,
            active_at=last,
            channel=SessionChannel.values[index % len(SessionChannel.values)],
            country=COUNTRIES[index % len(COUNTRIES)],
        )
        if index % LEAD_EVERY == 0:
            session.lead, session.lead_generated = lead(user, index // LEAD_EVERY, start), True
        yield session


def lead(user: User, index: int, when: dt.datetime) -> Lead:
    return Lead(
        team_id=user.team_id,
        name=f"Person {index}",
        email=f"person{index}@example.com",
        company=f"Company {index % COMPANIES}",
        interest=f"Interest {index % INTERESTS}",
        source=("web", "phone", "import")[index % 3],
        status=LeadStatus.values[index % len(LeadStatus.values)],
        timestamp=when,
    )


def events(session: ConversationSession, first: int) -> Iterator[TranscriptEvent]:
    for index in range(EVENTS):
        yield TranscriptEvent(
            team_id=session.team_id,
            session_id=session.session_id,
            event_id=f"{index}",
            timestamp=session.start_time + dt.timedelta(seconds=20 * index),
            arrival=first + index,
            role=(EventRole.USER, EventRole.ASSISTANT)[index % 2],
            content="The harbour wakes.",
        )


def fill(number: int) -> None:
    user = User.objects.get()
    begun, rows, days = time.monotonic(), sessions(user, number), set()
    while batch := list(islice(rows, CHUNK // EVENTS)):
        store(Lead, [session.lead for session in batch if session.lead])
        store(ConversationSession, batch)
        store(TranscriptEvent, [event for n, session in enumerate(batch) for event in events(session, n * EVENTS)])
        days.update(day for session in batch for day in (session.start_time.date(), session.end_time.date()))
    count(user, days, begun)


def count(user: User, days: set[dt.date], begun: float) -> None:
    """Mark the days and count them; says how long the rows took that were begun then, and the counting."""
    filled = time.monotonic()
    DirtyDay.objects.bulk_create(DirtyDay(team_id=user.team_id, day=day, marked_at=LONG_AGO) for day in days)
    while any(counting.refresh().values()):
        pass
    counted = time.monotonic()
    print(f"{filled - begun:.1f} {counted - filled:.1f} {DailyRollup.objects.count()}")


def store(model: type[Model], rows: list[Any]) -> None:
    model._default_manager.bulk_create(rows, batch_size=1_000)


if __name__ == "__main__":
    fill(int(sys.argv[1]))
