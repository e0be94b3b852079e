"""The weekly report: one week of the calendar, or the last seven days."""

import datetime as dt
import re
from collections.abc import Iterator
from typing import Any

from accounts.models import User
from config import times
from config.errors import Unprocessable
from leads.analytics.conversations import conversation_figures
from leads.analytics.leads import lead_figures
from leads.analytics.period import Period
from leads.analytics.transcripts import transcript_figures

WEEK = re.compile(r"([0-9]{4})-W([0-9]{2})")
DAYS = 7
NOT_A_WEEK = "Send a week of the calendar, as 2026-W47."


def week(text: str) -> Period:
    """A week as ISO 8601 writes it, `2026-W47`: Monday to Sunday, in UTC. Unprocessable when there is none."""
    found = WEEK.fullmatch(text.strip())
    try:
        if found:
            return Period.of_days(dt.date.fromisocalendar(int(found[1]), int(found[2]), 1), DAYS)
    except (ValueError, OverflowError):
        pass
    raise Unprocessable(NOT_A_WEEK, field="week", source="query")


def name_of_week(day: dt.date) -> str:
    year, number, _ = day.isocalendar()
    return f"{year:04}-W{number:02}"


def last_days() -> Period:
    """The last seven days, up to now."""
    now = times.now()
    return Period(now - DAYS * dt.timedelta(days=1), now)


def weekly_report(user: User, name: str = "") -> dict[str, Any]:
    """Of that week, or of the last seven days."""
    period = week(name) if name.strip() else last_days()
    leads, conversations = lead_figures(user, period), conversation_figures(user, period)
    return {
        "period": {
            "week": name.strip() or None,
            "from": times.iso(period.start),
            "to": times.iso(period.end),
        },
        "summary": {
            "total_leads": leads["total_leads"],
            "total_sessions": conversations["total_sessions"],
            "lead_conversion_rate": conversations["lead_conversion_rate"],
            "average_session_duration_minutes": round(conversations["average_duration_seconds"] / 60, 2),
        },
        "detailed_stats": {
            "leads": leads,
            "conversations": conversations,
            "transcripts": transcript_figures(user, period),
        },
    }


def plain_rows(report: Any, path: tuple[str, ...] = ()) -> Iterator[tuple[str, Any]]:
    """Each figure of a report with its name, as `leads.top_companies.Acme`."""
    if isinstance(report, dict):
        for name, value in report.items():
            yield from plain_rows(value, (*path, name))
    elif isinstance(report, list):
        for entry in report:
            name, value = entry.values()
            yield ".".join((*path, str(name))), value
    else:
        yield ".".join(path), "" if report is None else report
