"""The figures of the desk. `days` adds up what is counted already and counts the rest; the others say what it means."""

from leads.analytics.chats import chat_figures
from leads.analytics.conversations import conversation_figures
from leads.analytics.daily import daily_report
from leads.analytics.leads import lead_figures
from leads.analytics.overview import Overview, overview, period_before
from leads.analytics.period import Period
from leads.analytics.transcripts import transcript_figures
from leads.analytics.weekly import week, weekly_report

__all__ = [
    "Overview",
    "Period",
    "chat_figures",
    "conversation_figures",
    "daily_report",
    "lead_figures",
    "overview",
    "period_before",
    "transcript_figures",
    "week",
    "weekly_report",
]
