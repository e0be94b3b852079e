"""What the analytics page shows: headline figures, charts with their tables, and tables with bars."""

import datetime as dt
from typing import Any

from config import times
from leads.analytics import Overview, Period
from leads.analytics.conversations import shaped as conversation_figures
from leads.analytics.leads import shaped as lead_figures
from leads.analytics.shapes import by_number
from leads.pages import bars, changes, charts
from leads.pages.addresses import address
from leads.pages.heat import heat
from leads.pages.time_steps import day_words

MILLISECOND = dt.timedelta(milliseconds=1)
Asked = dict[str, str]


def headlines(now: Overview, before: Overview | None, past: Period | None, asked: Asked) -> dict[str, Any]:
    """The large figures; what they are compared with, in words, and where that is shown."""
    shown = {"headlines": changes.headlines(now, before, asked)}
    return shown | ({"compared": period_words(past), "compared_address": period_address(past)} if past else {})


def those_days(period: Period) -> str:
    """In words; '' when it is open."""
    return period_words(period) if period.start and period.end else ""


def period_words(past: Period) -> str:
    """24 Sep 2026 to 23 Oct 2026, until 14:12 UTC."""
    first, last = past.start.date(), (past.end - MILLISECOND).date()
    words = day_words(first) if first == last else f"{day_words(first)} to {day_words(last)}"
    return words if is_midnight(past.end) else f"{words}, until {past.end:%H:%M} UTC"


def period_address(past: Period) -> str:
    last = past.end - MILLISECOND
    days = {"from": f"{past.start.date()}", "to": f"{last.date()}"}
    whole = is_midnight(past.start) and is_midnight(past.end)
    return address("analytics", days if whole else {"from": times.iso(past.start), "to": times.iso(last)})


def is_midnight(moment: dt.datetime) -> bool:
    return moment.time() == dt.time()


def parts(now: Overview, period: Period, asked: Asked) -> dict[str, Any]:
    sessions, leads = now.sessions, now.leads
    roles = {"events_by_role": dict(by_number(now.events.groups["role"]))}
    over_time = charts.over_time(now, period)
    first = [charts.funnel(sessions, asked)] if sessions else []
    return {
        "over_time": over_time[:1],
        "conversation_charts": [*first, *over_time[1:], *charts.conversation_charts(sessions, asked)],
        "heat": heat(sessions.groups["hour"], asked) if sessions else None,
        "lead_charts": [charts.statuses(leads, asked)] if leads else [],
        "lead_tables": bars.who_and_what(lead_figures(leads), asked),
        "other_tables": bars.filled(
            bars.by_country(conversation_figures(sessions), asked), *bars.transcript_tables(roles)
        ),
    }
