"""What is said and done in conversations, logged as it happens."""

import datetime as dt
from collections import defaultdict
from dataclasses import dataclass
from typing import Any

from django.db import IntegrityError

from accounts.models import User
from config import times
from config.db import atomic
from config.errors import DomainError, Unprocessable
from config.ids import new_id
from leads import records
from leads.actions import intake, rollups, session_counts
from leads.actions.intake import Taken
from leads.actions.session_counts import Batches, Sessions
from leads.incoming import check_object, check_session_id, check_text, check_time, number_refused, read_time
from leads.intent import intent_of
from leads.models import (
    CONTENT_MAX_CHARACTERS,
    DEFAULT_SESSION_ID,
    EVENT_ID_MAX_CHARACTERS,
    EVENTS_MAX,
    SOURCE_MAX_CHARACTERS,
    ConversationSession,
    EventRole,
    TranscriptEvent,
)
from leads.records import Clock, Kind, Record

STORE_TRIES = 5  # against others who store the same at the same time


@dataclass(frozen=True)
class Logged:
    accepted: int
    duplicates: int


def log_events(*, by: User, events: list[dict[str, Any]], is_batch: bool = True) -> Taken[Logged]:
    """Log 1 to 500 events, all or none; each is stored once, however often it comes.

    An entry has `role` and `content`; `session_id` ("default"), `timestamp` (a datetime; now), `source`, `event_id` and
    `meta` may be left out. What refuses an entry of a batch says which one: the first has the number 0.
    """
    if not 1 <= len(events) <= EVENTS_MAX:
        raise Unprocessable(number_refused(len(events)), field="events")
    first = Clock.tick(len(events))
    entries = [checked_entry(number, entry, is_batch) for number, entry in enumerate(events)]
    data = [{**entry, "arrival": first + number} for number, entry in enumerate(entries)]
    return intake.take(records.make(Kind.EVENTS, by=by, data={"events": data}), write_events)


def checked_entry(number: int, entry: dict[str, Any], is_batch: bool) -> dict[str, Any]:
    try:
        return checked(**{name: value for name, value in entry.items() if value is not None})
    except DomainError as error:
        if is_batch:
            error.put_within("events", number)
        raise


def checked(
    *,
    role: str = "",
    content: str | None = None,
    session_id: str = DEFAULT_SESSION_ID,
    timestamp: dt.datetime | None = None,
    source: str = "",
    event_id: str = "",
    meta: dict[str, Any] | None = None,
) -> dict[str, Any]:
    """A complete entry as plain JSON, so that whoever stores it later stores the same."""
    if role not in EventRole.values:
        raise Unprocessable(f"The role is one of {', '.join(EventRole.values)}.", field="role")
    if content is None:
        raise Unprocessable("Send the content: what was said or done.", field="content")
    return {
        "session_id": check_session_id(session_id),
        "event_id": check_text(event_id, "event_id", most=EVENT_ID_MAX_CHARACTERS) or new_id(),
        "timestamp": check_time(timestamp or times.now(), "timestamp"),
        "role": str(role),
        "content": check_text(content, "content", most=CONTENT_MAX_CHARACTERS),
        "source": check_text(source, "source", most=SOURCE_MAX_CHARACTERS),
        "meta": with_intent(check_object(meta or {}, "meta"), role, content),
    }


def with_intent(meta: dict[str, Any], role: str, content: str) -> dict[str, Any]:
    return {"intent": intent_of(content)} | meta if role == EventRole.USER else meta


def write_events(record: Record) -> Logged:
    """Store the events that are not there yet, and what their sessions say of them."""
    accepted = write_batches(record, batches_of(record))
    return Logged(accepted, len(record.data["events"]) - accepted)


def write_batches(record: Record, batches: Batches) -> int:
    """The same of events at hand, each id once a session; the record says whose they are and when they came in.

    How many were new.
    """
    rows = ConversationSession.objects.filter(team=record.team_id, session_id__in=list(batches))
    known = {row.session_id: row for row in rows.only("session_id", "start_time", "recounts")}
    rollups.mark(record.team_id, moments_of(known, batches))
    new = store(record.team_id, batches)
    session_counts.note(record, batches, new, known)
    return sum(map(len, new.values()))


def batches_of(record: Record) -> Batches:
    batches: Batches = defaultdict(list)
    for entry in record.data["events"]:
        fields = entry | {"timestamp": read_time(entry["timestamp"])}
        batches[entry["session_id"]].append(TranscriptEvent(team_id=record.team_id, created_at=record.at, **fields))
    return {session_id: first_of_each_id(events) for session_id, events in batches.items()}


def first_of_each_id(events: list[TranscriptEvent]) -> list[TranscriptEvent]:
    first = {event.event_id: event for event in reversed(events)}
    return [event for event in events if first[event.event_id] is event]


def moments_of(known: Sessions, batches: Batches) -> list[dt.datetime]:
    """Whose days say something else afterwards: a session's duration counts on the day it started."""
    starts = [session.start_time for session in known.values()]
    return [*starts, *(event.timestamp for events in batches.values() for event in events)]


def store(team_id: str, batches: Batches) -> Batches:
    """Those that were not stored yet. Hardly any are: they are looked up only when the database finds one."""
    new = batches
    for _ in range(STORE_TRIES):
        try:
            insert(new)
        except IntegrityError:
            new = {session_id: without_stored(team_id, session_id, events) for session_id, events in batches.items()}
        else:
            return new
    insert(new)
    return new


@atomic
def insert(batches: Batches) -> None:
    """All or none."""
    TranscriptEvent.objects.bulk_create([event for events in batches.values() for event in events])


def without_stored(team_id: str, session_id: str, events: list[TranscriptEvent]) -> list[TranscriptEvent]:
    rows = TranscriptEvent.objects.of_session(team_id, session_id).filter(event_id__in=[row.event_id for row in events])
    stored = set(rows.values_list("event_id", flat=True))
    return [event for event in events if event.event_id not in stored]
