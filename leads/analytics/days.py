"""Adds up what a period comes to: months and days that are counted already, and the rest counted now.

Counted now are today and what is dated later, days with a mark, and the parts of days at the ends of the period. A
past day with neither a mark nor a rollup has no rows: every write marks its days first.
"""

import datetime as dt
from bisect import bisect
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import Q

from config import times
from leads.analytics.counting import COUNTERS
from leads.analytics.period import DAY, Period, midnight
from leads.analytics.tallies import Tally
from leads.models import DailyRollup, DirtyDay, MonthlyRollup


def gather(team_id: str, kind: str, period: Period) -> Tally:
    """What the team's `leads`, `sessions` or `events` of the period come to."""
    tally = Tally()
    whole = whole_days(period)
    if whole is None:
        tally.add(counted_now(team_id, kind, period))
        return tally
    stored = read(team_id, kind, whole)
    for data in stored.figures:
        tally.add(data)
    for part in (*edges(period, whole), *stored.missing()):
        tally.add(counted_now(team_id, kind, part))
    return tally


@dataclass(frozen=True)
class Days:
    """Whole days, from `first` on and before `last`."""

    first: dt.date
    last: dt.date


@dataclass(frozen=True)
class Stored:
    """The figures found of whole days, which days they begin with, and the days that were written to since."""

    figures: list[dict[str, Any]]
    begins: list[dt.date]
    dirty: list[dt.date]

    def missing(self) -> Iterator[Period]:
        """The marked days; those with nothing stored between them as one period."""
        start = None
        for index, day in enumerate(self.dirty):
            start = start or day
            after = self.dirty[index + 1] if index + 1 < len(self.dirty) else None
            if after is None or bisect(self.begins, after) != bisect(self.begins, day):
                yield Period(midnight(start), midnight(day + DAY))
                start = None


def whole_days(period: Period) -> Days | None:
    """The whole past days of it, in UTC; None without any."""
    today = times.now().date()
    first, last = dt.date.min, today
    if period.start:
        first = period.start.date()
        if period.start > midnight(first):
            first = min(first, today) + DAY
    if period.end:
        last = min(period.end.date(), today)
    return Days(first, last) if first < last else None


def edges(period: Period, whole: Days) -> Iterator[Period]:
    """What of the period lies before and after its whole days."""
    start, end = midnight(whole.first), midnight(whole.last)
    if period.start and period.start < start:
        yield Period(period.start, start)
    if period.end is None or period.end > end:
        yield Period(end, period.end)


def counted_now(team_id: str, kind: str, period: Period) -> dict[str, Any]:
    return COUNTERS[kind](team_id, period).as_json()


def read(team_id: str, kind: str, whole: Days) -> Stored:
    """Marks first: what is stored after them can only be newer than what they say."""
    marks = DirtyDay.objects.filter(team=team_id, day__gte=whole.first, day__lt=whole.last)
    dirty = sorted(marks.values_list("day", flat=True))
    months = read_months(team_id, kind, whole, {first_of_month(day) for day in dirty})
    days = read_days(team_id, kind, between(whole, sorted(months)), set(dirty))
    return Stored([*months.values(), *days.values()], sorted([*months, *days]), dirty)


def read_months(team_id: str, kind: str, whole: Days, dirty: set[dt.date]) -> dict[dt.date, dict[str, Any]]:
    rows = MonthlyRollup.objects.filter(team=team_id, is_ready=True, month__gte=whole.first, month__lt=whole.last)
    found = rows.values_list("month", kind)
    return {month: data for month, data in found if month not in dirty and next_month(month) <= whole.last}


def read_days(team_id: str, kind: str, spans: list[Days], dirty: set[dt.date]) -> dict[dt.date, dict[str, Any]]:
    if not spans:
        return {}
    wanted = Q()
    for span in spans:
        wanted |= Q(day__gte=span.first, day__lt=span.last)
    rows = DailyRollup.objects.filter(wanted, team=team_id).values_list("day", kind)
    return {day: data for day, data in rows if day not in dirty}


def between(whole: Days, months: Iterable[dt.date]) -> list[Days]:
    """The days around these months."""
    spans, first = [], whole.first
    for month in months:
        spans.append(Days(first, month))
        first = next_month(month)
    spans.append(Days(first, whole.last))
    return [span for span in spans if span.first < span.last]


def first_of_month(day: dt.date) -> dt.date:
    return day.replace(day=1)


def next_month(month: dt.date) -> dt.date:
    return first_of_month(month + 31 * DAY)
