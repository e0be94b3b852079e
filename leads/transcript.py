"""A conversation in the order in which it was spoken, page by page."""

import datetime as dt

from django.db.models import Q

from config.paging import (
    PAGE_ROWS,
    Page,
    database_integer,
    millis,
    moment,
    object_id,
    packed,
    refused_as_cursor,
    unpacked,
)
from leads.models import EventQuerySet, TranscriptEvent

ORDER = ("timestamp", "arrival", "pk")
Place = tuple[dt.datetime, int, str]


def transcript_page(rows: EventQuerySet, *, cursor: str | None = None, limit: int = PAGE_ROWS) -> Page[TranscriptEvent]:
    """Up to `limit` events after `cursor`, by time and arrival upwards, and the cursor of those after them."""
    items = list((after(rows, decode(cursor)) if cursor else rows).order_by(*ORDER)[: limit + 1])
    more = len(items) > limit
    return Page(items[:limit], encode(items[limit - 1]) if more else None)


def after(rows: EventQuerySet, place: Place) -> EventQuerySet:
    time, arrival, pk = place
    later = Q(timestamp__gt=time) | Q(timestamp=time, arrival__gt=arrival)
    # The first condition says nothing new, but an index finds its place by it instead of walking there.
    return rows.filter(timestamp__gte=time).filter(later | Q(timestamp=time, arrival=arrival, pk__gt=pk))


def encode(event: TranscriptEvent) -> str:
    return packed(millis(event.timestamp), event.arrival, event.pk)


def decode(cursor: str) -> Place:
    with refused_as_cursor():
        time, arrival, pk = unpacked(cursor)
        return moment(time), database_integer(arrival), object_id(pk)
