"""All rows of a query, page by page along an index.

Each page is a question of its own: no cursor stays open, no list of ids is made, and what is written meanwhile waits
for nobody. Rows that come in while somebody walks may be met or not.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from django.db.models import Model, Q, QuerySet

from config import times
from config.db import batches
from leads.models import EventQuerySet, TranscriptEvent
from leads.transcript import transcript_page

PAGE_ROWS = 250  # each may have 100,000 characters
STRETCH, SHORTEST = dt.timedelta(hours=1), dt.timedelta(milliseconds=1)
OTHER = {"lt": "gt", "gt": "lt"}
TIES_MAX = 1_000  # rows of one moment that are put in order
Row = tuple[Any, ...]
Key = tuple[dt.datetime, str]


def newest_first(rows: QuerySet[Model], by: str, columns: Sequence[str]) -> Iterator[list[Row]]:
    """The columns of all rows by (time, id) downwards."""
    return pages(rows, by, columns, sign="-", beyond="lt")


def oldest_first(rows: QuerySet[Model], by: str, columns: Sequence[str]) -> Iterator[list[Row]]:
    """The columns of all rows by (time, id) upwards."""
    return pages(rows, by, columns, sign="", beyond="gt")


def pages(rows: QuerySet[Model], by: str, columns: Sequence[str], *, sign: str, beyond: str) -> Iterator[list[Row]]:
    """Each page is looked for in a stretch of time: some servers sort all that a question could find before they take
    a page of it. A stretch grows while it has few rows, and shrinks when it has more than a page.
    """
    rows, names = rows.order_by(f"{sign}{by}", f"{sign}pk"), (by, "pk", *columns)
    first, end = (rows.values_list(by, flat=True).first(), rows.values_list(by, flat=True).last())
    if first is None:
        return
    last, stretch, here = (first, ""), STRETCH, rows.filter(**{f"{by}__{beyond}e": first})
    while True:
        until = reached(last[0], stretch, end)
        found = list(here.filter(**{f"{by}__{OTHER[beyond]}e": until}).values_list(*names)[:PAGE_ROWS])
        if found:
            yield [row[2:] for row in found]
        if len(found) == PAGE_ROWS:
            last, stretch = found[-1][:2], max(stretch / 2, SHORTEST)
            here = after(rows, by, last, beyond)
        elif until == end:
            return
        else:
            last, stretch = (until, ""), stretch * 2
            here = rows.filter(**{f"{by}__{beyond}": until})


def reached(start: dt.datetime, stretch: dt.timedelta, end: dt.datetime) -> dt.datetime:
    """Where a stretch ends that goes from `start` towards `end`, and no further."""
    if abs(end - start) <= stretch:
        return end
    return times.to_millis(start + stretch if end > start else start - stretch)


def after(rows: QuerySet[Model], by: str, key: Key, beyond: str) -> QuerySet[Model]:
    time, pk = key
    # The first condition says nothing new, but an index finds its place by it instead of walking there.
    narrowed = rows.filter(**{f"{by}__{beyond}e": time})
    return narrowed.filter(Q(**{f"{by}__{beyond}": time}) | Q(**{by: time, f"pk__{beyond}": pk}))


def in_order(rows: Iterator[Row], *, time: int, then: slice) -> Iterator[Row]:
    """Rows that come by the column `time`; those of one moment by the columns `then`, TIES_MAX of them at once."""
    for _, same in groupby(rows, key=lambda row: row[time]):
        for ties in batches(same, TIES_MAX):
            yield from sorted(ties, key=lambda row: row[then])


def spoken(rows: EventQuerySet) -> Iterator[TranscriptEvent]:
    """The events of one conversation in the order in which they were spoken."""
    cursor = None
    while True:
        found = transcript_page(rows, cursor=cursor, limit=PAGE_ROWS)
        yield from found.items
        if not (cursor := found.next):
            return
