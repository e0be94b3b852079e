"""How marked days become rollups, and months of days."""

import datetime as dt
import logging
import time
from collections.abc import Iterator

from django.db.models import F, QuerySet

from config import times
from config.db import STORE_ERRORS, atomic
from leads.analytics.counting import COUNTERS, COUNTING
from leads.analytics.days import first_of_month, next_month
from leads.analytics.period import Period
from leads.analytics.tallies import Tally
from leads.models import DailyRollup, DirtyDay, MonthlyRollup

logger = logging.getLogger(__name__)
GRACE = dt.timedelta(seconds=60)  # in which the transaction of a mark's writer ends
MIDNIGHT_GRACE = dt.timedelta(minutes=2)  # writers of the day that was today have not marked it again
REFRESH_SECONDS = 1.0  # of one run: other sweeps wait for it
BATCH_DAYS = 500
OUTDATED_DAYS = 100  # of one run
LONG_AGO = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)

Tallies = dict[str, Tally]


def refresh() -> dict[str, int]:
    """Count the days whose writers have ended, then the months they are of, for a moment. How many of each."""
    until = time.monotonic() + REFRESH_SECONDS
    mark_outdated()
    days = count_days(settled(), until)
    return {"days": days, "months": count_months(MonthlyRollup.objects.outdated(), until)}


def settled() -> QuerySet[DirtyDay]:
    now = times.now()
    return DirtyDay.objects.settled(before=(now - MIDNIGHT_GRACE).date(), marked_before=now - GRACE)


def mark_outdated() -> None:
    """Days of which something else was counted are to be counted again."""
    for team_id, day in DailyRollup.objects.outdated(COUNTING).values_list("team_id", "day")[:OUTDATED_DAYS]:
        mark_anew(team_id, day)


def mark_anew(team_id: str, day: dt.date) -> None:
    """Who marks it after this raises its version; who did so before is given the time to end."""
    DirtyDay.objects.get_or_create(team_id=team_id, day=day, defaults={"marked_at": LONG_AGO})


def count_days(marks: QuerySet[DirtyDay], until: float = float("inf")) -> int:
    """Count them until that time of the monotonic clock. A day that can't be stored keeps its mark."""
    done = 0
    for mark in walk(marks.order_by("marked_at", "pk"), until):
        try:
            done += count_day(mark)
        except STORE_ERRORS:
            logger.exception("The figures of %s, team %s, can't be stored", mark.day, mark.team_id)
    return done


def count_months(months: QuerySet[MonthlyRollup], until: float = float("inf")) -> int:
    return sum(count_month(month) for month in walk(months.order_by("month", "pk"), until))


def walk(rows: QuerySet, until: float) -> Iterator:
    for row in rows[:BATCH_DAYS]:
        if time.monotonic() >= until:
            return
        yield row


def count_day(mark: DirtyDay) -> bool:
    """Count a marked day and take its mark away, unless somebody has written to it meanwhile."""
    period = Period.of_days(mark.day, 1)
    return store(mark, {kind: count(mark.team_id, period) for kind, count in COUNTERS.items()})


@atomic
def store(mark: DirtyDay, tallies: Tallies) -> bool:
    """Keep the figures of a day. The mark goes last: without transactions too, no reader misses what is counted.

    With another mark than that which was counted under, the figures may be old: nothing is kept.
    """
    marks = DirtyDay.objects.filter(pk=mark.pk, version=mark.version)
    if not marks.exists():
        return False
    keep(mark, tallies)
    outdate(mark.team_id, first_of_month(mark.day))
    return bool(marks.delete()[0])


def keep(mark: DirtyDay, tallies: Tallies) -> None:
    """A day without rows has no rollup."""
    rows = DailyRollup.objects.filter(team=mark.team_id, day=mark.day)
    if not any(tallies.values()):
        rows.delete()
        return
    figures = {kind: tally.as_json() for kind, tally in tallies.items()} | {"counted_at": times.now()}
    figures["counting"] = COUNTING
    if not rows.update(**figures):
        DailyRollup.objects.create(team_id=mark.team_id, day=mark.day, **figures)


def outdate(team_id: str, month: dt.date) -> None:
    """Whoever adds the month up at this moment starts again."""
    rows = MonthlyRollup.objects.filter(team=team_id, month=month)
    if not rows.update(is_ready=False, version=F("version") + 1):
        MonthlyRollup.objects.create(team_id=team_id, month=month)


def count_month(month: MonthlyRollup) -> bool:
    """Add its days up; not if one of them was counted meanwhile."""
    sums = {kind: Tally() for kind in COUNTERS}
    days = DailyRollup.objects.filter(team=month.team_id, day__gte=month.month, day__lt=next_month(month.month))
    last_day, counting = None, COUNTING
    for figures in days.order_by("day").values("day", "counting", *COUNTERS):
        last_day, counting = figures["day"], min(counting, figures["counting"])
        for kind, sum_of_days in sums.items():
            sum_of_days.add(figures[kind])
    rows = MonthlyRollup.objects.filter(pk=month.pk, version=month.version)
    made = {kind: each.as_json() for kind, each in sums.items()}
    return bool(rows.update(is_ready=True, last_day=last_day, counting=counting, **made))
