"""The daily report: the figures of one day, and the rows behind them."""

import datetime as dt
from typing import Any

from accounts.models import User
from config import times
from config.errors import Unprocessable
from leads.analytics.days import gather
from leads.analytics.period import Period
from leads.models import ConversationSession, Lead

DETAILS_MAX = 1_000
NOT_A_DAY = "Send a date, as 2026-11-21."
LEAD_FIELDS = (
    "pk",
    "name",
    "email",
    "company",
    "interest",
    "phone",
    "job_title",
    "budget",
    "timeline",
    "status",
    "source",
    "session_id",
    "timestamp",
)
SESSION_FIELDS = (
    "session_id",
    "start_time",
    "end_time",
    "duration_seconds",
    "total_items",
    "event_count",
    "lead_generated",
    "lead_id",
    "channel",
    "country",
    "audio_file_id",
)


def day_of(text: str) -> dt.date:
    """Today without one. Unprocessable when it is none."""
    if not text.strip():
        return times.now().date()
    try:
        return dt.datetime.strptime(text.strip(), "%Y-%m-%d").replace(tzinfo=dt.UTC).date()
    except ValueError as error:
        raise Unprocessable(NOT_A_DAY, field="date", source="query") from error


def period_of(day: dt.date) -> Period:
    """Unprocessable for the last day there is, which has no end."""
    try:
        return Period.of_days(day, 1)
    except OverflowError as error:
        raise Unprocessable(NOT_A_DAY, field="date", source="query") from error


def daily_report(user: User, text: str = "") -> dict[str, Any]:
    """Of a day in UTC, `2026-11-21`, or of today. Up to 1,000 rows of each kind, the newest first."""
    day = day_of(text)
    period = period_of(day)
    leads, sessions, events = (gather(user.team_id, kind, period).numbers for kind in ("leads", "sessions", "events"))
    lead_rows = Lead.objects.owned_by(user).filter(**period.within("timestamp")).order_by("-timestamp", "-pk")
    session_rows = ConversationSession.objects.owned_by(user).filter(**period.within("start_time"))
    return {
        "date": day.isoformat(),
        "leads_generated": leads["leads"],
        "conversation_sessions": sessions["sessions"],
        "transcript_events": events["events"],
        "sessions_with_leads": sessions["with_leads"],
        "lead_details": list(lead_rows.values(*LEAD_FIELDS)[:DETAILS_MAX]),
        "session_details": list(session_rows.order_by("-start_time", "-pk").values(*SESSION_FIELDS)[:DETAILS_MAX]),
    }
