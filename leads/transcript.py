"""A conversation in the order in which it was spoken, page by page."""

import base64
import binascii
import datetime as dt

from django.db.models import Q

from config.errors import Unprocessable
from config.ids import OBJECT_ID
from config.paging import EPOCH, PAGE_ROWS, Page
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
    millis = (event.timestamp - EPOCH) // dt.timedelta(milliseconds=1)
    return base64.urlsafe_b64encode(f"{millis}:{event.arrival}:{event.pk}".encode()).decode().rstrip("=")


def decode(cursor: str) -> Place:
    try:
        millis, arrival, pk = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(":")
        if not OBJECT_ID.fullmatch(pk) or abs(int(arrival)) >= 2**63:
            raise ValueError(cursor)
        return EPOCH + dt.timedelta(milliseconds=int(millis)), int(arrival), pk
    except (ValueError, OverflowError, binascii.Error) as error:
        raise Unprocessable("The cursor is not one this list gave.", field="cursor", source="query") from error
