"""A stretch of time cut into days, weeks, months or years, so that a table of it stays short."""

import datetime as dt
from bisect import bisect
from collections import Counter
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from config import times
from leads.analytics import Period

DAY, MILLISECOND = dt.timedelta(days=1), dt.timedelta(milliseconds=1)
FAR = dt.timedelta(days=190)
STEPS_MAX = 240  # with more of them those without anything are left out


@dataclass(frozen=True)
class Step:
    """From its first to its last day."""

    first: dt.date
    last: dt.date
    words: str
    short: str

    @property
    def asked(self) -> dict[str, str]:
        """As a list is filtered by these days."""
        return {"from": f"{self.first}", "to": f"{self.last}"}


@dataclass(frozen=True)
class Unit:
    name: str
    head: str
    days_max: int  # of a stretch that is cut so
    begin: Callable[[dt.date], dt.date]
    following: Callable[[dt.date], dt.date]
    words: Callable[[dt.date], str]
    short: Callable[[dt.date], str]


def monday(day: dt.date) -> dt.date:
    return dt.date.fromordinal(max(1, day.toordinal() - day.weekday()))


def day_words(day: dt.date) -> str:
    return f"{day.day} {day:%b} {day.year}"


def day_short(day: dt.date) -> str:
    return f"{day.day} {day:%b}"


UNITS = (
    Unit("day", "Day, in UTC", 31, lambda day: day, lambda day: day + DAY, day_words, day_short),
    Unit("week", "Week from Monday on", 190, monday, lambda day: monday(day) + 7 * DAY, day_words, day_short),
    Unit(
        "month",
        "Month",
        10 * 366,
        lambda day: day.replace(day=1),
        lambda day: (day.replace(day=1) + 31 * DAY).replace(day=1),
        lambda day: f"{day:%B} {day.year}",
        lambda day: f"{day:%b} {day.year}",
    ),
    Unit(
        "year",
        "Year",
        dt.date.max.toordinal(),
        lambda day: day.replace(month=1, day=1),
        lambda day: dt.date(day.year + 1, 1, 1),
        lambda day: f"{day.year}",
        lambda day: f"{day.year}",
    ),
)


def unit_of(first: dt.date, last: dt.date) -> Unit:
    return next(unit for unit in UNITS if (last - first).days < unit.days_max)


def steps(first: dt.date, last: dt.date) -> list[Step]:
    """All of it; the first and the last step end with it."""
    return list(walk(unit_of(first, last), first, last))


def walk(unit: Unit, first: dt.date, last: dt.date) -> Iterator[Step]:
    begin: dt.date | None = first
    while begin and begin <= last:
        after = following(unit, begin)
        end = min(last, after - DAY) if after else last
        named = begin if unit.name in ("day", "week") else unit.begin(begin)
        yield Step(begin, end, unit.words(named), unit.short(named))
        begin = after


def following(unit: Unit, begin: dt.date) -> dt.date | None:
    """None after the last one there is."""
    try:
        return unit.following(begin)
    except (OverflowError, ValueError):
        return None


def folded(counts: Mapping[Any, int], into: Sequence[Step]) -> list[int]:
    """Counts by day, as 2026-11-21, added up for each step. What lies outside of them all is left out."""
    counter, firsts = Counter[int](), [step.first for step in into]
    for name, count in counts.items():
        day = dt.date.fromisoformat(name)
        index = bisect(firsts, day) - 1
        if index >= 0 and day <= into[index].last:
            counter[index] += count
    return [counter[index] for index in range(len(into))]


def shown(period: Period, days: Collection[str]) -> list[Step]:
    """The steps of a period in which these days lie: up to today, and not long before or after what there is."""
    known, today = sorted(map(dt.date.fromisoformat, days)), times.now().date()
    first, last = known[0], known[-1]
    begin = period.start.date() if period.start else first
    end = min((period.end - MILLISECOND).date() if period.end else dt.date.max, max(today, last))
    if first - begin < FAR:
        first = begin
    if end - last < FAR:
        last = end
    return steps(first, last)
