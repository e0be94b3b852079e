"""The weekly report as a page shows it and a printer prints it."""

import datetime as dt
from typing import Any

from accounts.models import User
from config import times
from leads.models import ConversationSession, Lead
from leads.pages import bars

ROWS_MAX = 100


def shown(user: User, report: dict[str, Any]) -> dict[str, Any]:
    """What the report says, for a page: its figures, the leads, and the conversations that brought one."""
    start, end = (dt.datetime.fromisoformat(report["period"][name]) for name in ("from", "to"))
    leads = Lead.objects.owned_by(user).filter(timestamp__gte=start, timestamp__lt=end)
    talks = ConversationSession.objects.owned_by(user).matching(start=start, end=end, lead_generated=True)
    last = end - dt.timedelta(milliseconds=1)
    is_week = bool(report["period"]["week"])
    asked = {name: f"{each.date()}" if is_week else times.iso(each) for name, each in (("from", start), ("to", last))}
    stats = report["detailed_stats"]
    return {
        "report": report,
        "first": start.date(),
        "last": last.date(),
        "stats": stats,
        "lead_tables": bars.lead_tables(stats["leads"], asked),
        "conversation_tables": bars.conversation_tables(stats["conversations"], asked),
        "transcript_tables": bars.transcript_tables(stats["transcripts"]),
        "lead_rows": leads.order_by("-timestamp", "-pk").defer("message", "metadata")[:ROWS_MAX],
        "talk_rows": talks.slim().prefetch_related("lead").order_by("-start_time", "-pk")[:ROWS_MAX],
    }
