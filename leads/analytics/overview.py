"""All that the analytics page tells of a period, and which period it is compared with."""

import datetime as dt
from dataclasses import dataclass

from accounts.models import User
from config import times
from leads.analytics.days import gather
from leads.analytics.period import DAY, Period, midnight
from leads.analytics.tallies import Tally


@dataclass(frozen=True)
class Overview:
    """What the rows of a period come to."""

    leads: Tally
    sessions: Tally
    events: Tally

    def __bool__(self) -> bool:
        """Whether there is anything."""
        return bool(self.leads or self.sessions or self.events)


def overview(user: User, period: Period) -> Overview:
    """Of leads and events by their time, of sessions by their start; all with the status that leads have now."""
    return Overview(*(gather(user.team_id, kind, period) for kind in ("leads", "sessions", "events")))


def period_before(period: Period) -> Period | None:
    """As long as this one, whole days earlier; of one that goes on, up to the same time of its last day.

    None when it has no beginning, has not begun, or nothing can lie before it.
    """
    now = times.now()
    if period.start is None or period.start >= now:
        return None
    until = min(period.end or now, now)
    days = (min(period.end or dt.datetime.max.replace(tzinfo=dt.UTC), midnight(now.date()) + DAY) - period.start) / DAY
    back = DAY * max(round(days), 1)
    try:
        return Period(period.start - back, until - back)
    except OverflowError:
        return None
