"""Adds up what a period comes to: months and days that are counted already, and the rest counted now.

Counted now are today and what is dated later, days with a mark, days of which something else was counted then, and the
parts of days at the ends of the period. A past day with neither a mark nor a rollup has no rows: every write marks its
days first.
"""

import datetime as dt
from bisect import bisect
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from config import times
from leads.analytics.counting import COUNTERS, COUNTING
from leads.analytics.period import DAY, Period, midnight
from leads.analytics.tallies import Tally
from leads.models import DailyRollup, DirtyDay, MonthlyRollup


def gather(team_id: str, kind: str, period: Period) -> Tally:
    """What the team's `leads`, `sessions`, `events` or `chats` of the period come to."""
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
    """The figures found of whole days, which days they begin with, and the days that have to be counted now."""

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
    months, spans = read_months(team_id, kind, whole, {first_of_month(day) for day in dirty})
    days, outdated = read_days(team_id, kind, spans, set(dirty))
    return Stored([*months.values(), *days.values()], sorted([*months, *days]), sorted([*dirty, *outdated]))


def read_months(
    team_id: str, kind: str, whole: Days, dirty: set[dt.date]
) -> tuple[dict[dt.date, dict[str, Any]], list[Days]]:
    """The months that are ready, and the days of the others. A month without a row has no counted days."""
    first = first_of_month(whole.first)
    rows = MonthlyRollup.objects.filter(team=team_id, month__gte=first, month__lt=whole.last).order_by("month")
    found, spans = {}, list[Days]()
    for month, is_ready, counting, last_day, data in rows.values_list(
        "month", "is_ready", "counting", "last_day", kind
    ):
        is_inside = whole.first <= month and (last_day is None or last_day < whole.last)
        if is_ready and counting == COUNTING and is_inside and month not in dirty:
            found[month] = data
        else:
            spans.append(Days(max(month, whole.first), min(next_month(month), whole.last)))
    return found, joined(spans)


def joined(spans: list[Days]) -> list[Days]:
    """Those that follow each other as one."""
    result = list[Days]()
    for span in spans:
        if result and result[-1].last == span.first:
            result[-1] = Days(result[-1].first, span.last)
        else:
            result.append(span)
    return result


def read_days(
    team_id: str, kind: str, spans: list[Days], dirty: set[dt.date]
) -> tuple[dict[dt.date, dict[str, Any]], list[dt.date]]:
    """The figures of days, and the days of which something else was counted.

    One question for each span: of several at once MongoDB reads all days there are.
    """
    found, outdated = dict[dt.date, dict[str, Any]](), list[dt.date]()
    for span in spans:
        rows = DailyRollup.objects.filter(team=team_id, day__gte=span.first, day__lt=span.last)
        for day, counting, data in rows.values_list("day", "counting", kind):
            if day not in dirty and counting == COUNTING:
                found[day] = data
            elif day not in dirty:
                outdated.append(day)
    return found, outdated


def first_of_month(day: dt.date) -> dt.date:
    return day.replace(day=1)


def next_month(month: dt.date) -> dt.date:
    return first_of_month(month + 31 * DAY)
