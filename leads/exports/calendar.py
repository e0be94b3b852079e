"""When a scheduled export runs, and which time it covers. All in UTC."""

import datetime as dt

from leads.models import ExportEvery

HOUR = 1  # of the day: what was said at midnight is in by then
DAY = dt.timedelta(days=1)
Span = tuple[dt.datetime, dt.datetime]


def next_run(every: str, after: dt.datetime) -> dt.datetime:
    """The first moment after `after` at which it is due."""
    run = begun(every, after).replace(hour=HOUR)
    return run if run > after else ended(every, after).replace(hour=HOUR)


def span_before(every: str, at: dt.datetime) -> Span:
    """The whole day, week or month before that of `at`: its first moment, and the first after it."""
    end = begun(every, at)
    return begun(every, end - DAY), end


def begun(every: str, at: dt.datetime) -> dt.datetime:
    """The first moment of the day, week or month in which `at` is."""
    day = at.astimezone(dt.UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    if every == ExportEvery.WEEK:
        return day - day.weekday() * DAY
    return day.replace(day=1) if every == ExportEvery.MONTH else day


def ended(every: str, at: dt.datetime) -> dt.datetime:
    """The first moment after it."""
    days = {ExportEvery.DAY: 1, ExportEvery.WEEK: 7, ExportEvery.MONTH: 31}
    return begun(every, begun(every, at) + days[ExportEvery(every)] * DAY)
