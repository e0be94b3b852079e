from typing import Literal

from ninja import Field, Schema

from config.schemas import Time
from leads.schemas.analytics import (
    CONVERSATIONS,
    LEADS,
    TRANSCRIPTS,
    ConversationFigures,
    LeadFigures,
    TranscriptFigures,
)
from leads.schemas.leads import LeadShort

WEEK = {
    "period": {"week": "2026-W47", "from": "2026-11-16T00:00:00.000Z", "to": "2026-11-23T00:00:00.000Z"},
    "summary": {
        "total_leads": 42,
        "total_sessions": 120,
        "lead_conversion_rate": 35.0,
        "average_session_duration_minutes": 3.07,
    },
    "detailed_stats": {"leads": LEADS, "conversations": CONVERSATIONS, "transcripts": TRANSCRIPTS},
}
DAY = {
    "date": "2026-11-21",
    "leads_generated": 0,
    "conversation_sessions": 1,
    "transcript_events": 12,
    "sessions_with_leads": 0,
    "lead_details": [],
    "session_details": [
        {
            "session_id": "session_20261121_091200_1a2b3c4d",
            "start_time": "2026-11-21T09:12:00.000Z",
            "end_time": "2026-11-21T09:14:30.000Z",
            "duration_seconds": 150.0,
            "total_items": 0,
            "event_count": 12,
            "lead_generated": False,
            "lead_id": None,
            "channel": "voice",
            "country": "NO",
            "audio_file_id": None,
        }
    ],
}


class WeeklyIn(Schema):
    week: str = Field(
        "", max_length=20, description="As 2026-W47, Monday to Sunday in UTC; the last 7 days without one."
    )
    format: Literal["json", "html", "csv"] = "json"


class DailyIn(Schema):
    date: str = Field("", max_length=20, description="As 2026-11-21, in UTC; today without one.")


class ReportPeriod(Schema):
    week: str | None
    from_: str = Field(alias="from")
    to: str = Field(description="Not in it any more.")


class Summary(Schema):
    total_leads: int
    total_sessions: int
    lead_conversion_rate: float = Field(description="Percent, two decimals.")
    average_session_duration_minutes: float


class Details(Schema):
    leads: LeadFigures
    conversations: ConversationFigures
    transcripts: TranscriptFigures


class WeeklyReport(Schema):
    period: ReportPeriod
    summary: Summary
    detailed_stats: Details

    model_config = {"json_schema_extra": {"example": WEEK}}


class DaySession(Schema):
    """A conversation without its items."""

    session_id: str
    start_time: Time
    end_time: Time | None
    duration_seconds: float
    total_items: int
    event_count: int
    lead_generated: bool
    lead_id: str | None
    channel: str
    country: str
    audio_file_id: str | None


class DailyReport(Schema):
    date: str
    leads_generated: int
    conversation_sessions: int
    transcript_events: int
    sessions_with_leads: int
    lead_details: list[LeadShort] = Field(description="Up to 1,000, the newest first.")
    session_details: list[DaySession] = Field(description="Up to 1,000, the newest first.")

    model_config = {"json_schema_extra": {"example": DAY}}
