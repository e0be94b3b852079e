"""What a page shows of a conversation: a part of its transcript, and where it goes on."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass, replace

from django.db.models import Q

from config.paging import EPOCH
from leads.models import EventQuerySet, TranscriptEvent
from leads.transcript import ORDER, after, decode, encode

PART_EVENTS = 100
BEFORE_EVENTS = 20  # of a part that is opened at one event
LATE_MINUTES = 10  # how much earlier than others that are shown an event may be that comes in after them
NEWEST_FIRST = tuple(f"-{name}" for name in ORDER)


@dataclass(frozen=True)
class Part:
    """Events in order of time; the cursors of what is before and after them, where there is more."""

    events: Sequence[TranscriptEvent]
    earlier: str | None = None
    later: str | None = None

    @property
    def arrived(self) -> str | None:
        """The cursor of what comes in after all of these."""
        newest = max(self.events, key=lambda event: event.arrival, default=None)
        return encode(newest) if newest else None


def first_part(rows: EventQuerySet) -> Part:
    return following(rows, limit=PART_EVENTS)


def last_part(rows: EventQuerySet) -> Part:
    return preceding(rows, limit=PART_EVENTS)


def part_after(rows: EventQuerySet, cursor: str) -> Part:
    found = following(after(rows, decode(cursor)), limit=PART_EVENTS)
    return replace(found, earlier=encode(found.events[0]) if found.events else None)


def part_before(rows: EventQuerySet, cursor: str) -> Part:
    found = preceding(before(rows, cursor), limit=PART_EVENTS)
    return replace(found, later=encode(found.events[-1]) if found.events else None)


def part_around(rows: EventQuerySet, event: TranscriptEvent) -> Part:
    """With some events before this one, and more after it."""
    cursor = encode(event)
    start = preceding(before(rows, cursor), limit=BEFORE_EVENTS)
    end = following(after(rows, decode(cursor)), limit=PART_EVENTS - BEFORE_EVENTS - 1)
    return Part([*start.events, event, *end.events], start.earlier, end.later)


def part_arrived(rows: EventQuerySet, cursor: str) -> Part:
    """What has come in since, though it may be of a moment before."""
    time, arrival, _ = decode(cursor)
    since = max(time, EPOCH) - dt.timedelta(minutes=LATE_MINUTES)
    found = rows.filter(timestamp__gte=since, arrival__gt=arrival).order_by("arrival")[:PART_EVENTS]
    return Part(sorted(found, key=lambda event: (event.timestamp, event.arrival, event.pk)))


def following(rows: EventQuerySet, *, limit: int) -> Part:
    found = list(rows.order_by(*ORDER)[: limit + 1])
    return Part(found[:limit], later=encode(found[limit - 1]) if len(found) > limit else None)


def preceding(rows: EventQuerySet, *, limit: int) -> Part:
    found = list(rows.order_by(*NEWEST_FIRST)[: limit + 1])
    return Part(found[:limit][::-1], earlier=encode(found[limit - 1]) if len(found) > limit else None)


def before(rows: EventQuerySet, cursor: str) -> EventQuerySet:
    time, arrival, pk = decode(cursor)
    sooner = Q(timestamp__lt=time) | Q(timestamp=time, arrival__lt=arrival)
    # The first condition says nothing new, but an index finds its place by it instead of walking there.
    return rows.filter(timestamp__lte=time).filter(sooner | Q(timestamp=time, arrival=arrival, pk__lt=pk))
