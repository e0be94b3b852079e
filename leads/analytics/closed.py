"""Days whose texts are deleted: their figures stand as they were counted before.

A team's days are closed in order. Before the end of the last closed one nothing is counted from rows but leads and
contacts, which stay: there is nothing else left, or it is about to go.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from leads.analytics.period import DAY, Period, midnight
from leads.analytics.tallies import Tally
from leads.models import ClosedDay

Count = Callable[[str, Period], Tally]


def horizon(team_id: str) -> dt.datetime | None:
    """From when on rows are counted; None when no day is closed."""
    days = ClosedDay.objects.filter(team=team_id).order_by("-day")
    last = days.values_list("day", flat=True).first()
    return midnight(last + DAY) if last else None


def with_closed(kind: str, count: Count, always: Count | None = None) -> Count:
    """The count of rows, and of the closed days in the period what was kept of them.

    A closed day counts whole, in the period that has its midnight: parts that follow each other add up. `always`
    counts what is counted from rows however old they are.
    """

    def counted(team_id: str, period: Period) -> Tally:
        since = horizon(team_id)
        tally = Tally() if is_before(period, since) else count(team_id, after(period, since))
        for figures in kept(team_id, kind, period, since) if since else ():
            tally.add(figures)
        if always:
            tally.add(always(team_id, period).as_json())
        return tally

    return counted


def is_before(period: Period, since: dt.datetime | None) -> bool:
    return bool(since and period.end and period.end <= since)


def after(period: Period, since: dt.datetime | None) -> Period:
    """What of the period lies after the closed days."""
    return Period(max(filter(None, (period.start, since)), default=None), period.end)


def kept(team_id: str, kind: str, period: Period, since: dt.datetime) -> list[dict[str, Any]]:
    """The figures of the closed days that begin in the period.

    Before `since` alone: a day that is closed while somebody counts has been counted from its rows.
    """
    rows = ClosedDay.objects.filter(team=team_id, day__lt=since.date())
    if period.start:
        first = period.start.date()
        rows = rows.filter(**{"day__gte" if period.start == midnight(first) else "day__gt": first})
    if period.end:
        last = period.end.date()
        rows = rows.filter(**{"day__lt" if period.end == midnight(last) else "day__lte": last})
    return list(rows.values_list(kind, flat=True))
