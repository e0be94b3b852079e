from ninja import Field, Schema
from typing_extensions import TypedDict

from leads.models import LeadStatus


# Dictionaries, not schemas: a year has hundreds of days, and each would be wrapped and unwrapped.
class NameCount(TypedDict):
    _id: str
    count: int


class NumberCount(TypedDict):
    _id: int
    count: int


class Stage(TypedDict):
    stage: str
    count: int


LEADS = {
    "total_leads": 42,
    "recent_leads_7_days": 5,
    "status_distribution": {"new": 30, "contacted": 12},
    "top_companies": [{"_id": "Harbour Ltd", "count": 4}],
    "top_interests": [{"_id": "Voice agent", "count": 9}],
    "by_day": [{"_id": "2026-11-21", "count": 42}],
    "by_source": [{"_id": "web", "count": 40}],
}
CONVERSATIONS = {
    "total_sessions": 120,
    "sessions_with_leads": 42,
    "recent_sessions_7_days": 17,
    "lead_conversion_rate": 35.0,
    "average_duration_seconds": 184.25,
    "max_duration_seconds": 912.5,
    "min_duration_seconds": 3.0,
    "hourly_distribution": [{"_id": 9, "count": 120}],
    "by_weekday": [{"_id": 6, "count": 120}],
    "by_channel": [{"_id": "voice", "count": 90}, {"_id": "web", "count": 30}],
    "by_country": [{"_id": "NO", "count": 80}],
    "by_day": [{"_id": "2026-11-21", "count": 120}],
    "funnel": [
        {"stage": "sessions", "count": 120},
        {"stage": "engaged", "count": 96},
        {"stage": "lead", "count": 42},
        {"stage": "qualified", "count": 12},
        {"stage": "converted", "count": 5},
    ],
}
TRANSCRIPTS = {
    "total_events": 2400,
    "recent_events_24h": 310,
    "unique_sessions": 118,
    "events_by_role": {"assistant": 1250, "user": 1150},
}


class LeadFigures(Schema):
    total_leads: int
    recent_leads_7_days: int = Field(description="Of the seven days before now, whatever the period.")
    status_distribution: dict[str, int] = Field(description=f"By the status now: {', '.join(LeadStatus.values)}.")
    top_companies: list[NameCount] = Field(description="At most 10.")
    top_interests: list[NameCount] = Field(description="At most 10.")
    by_day: list[NameCount] = Field(description="Days in UTC that have any, in order.")
    by_source: list[NameCount]

    model_config = {"json_schema_extra": {"example": LEADS}}


class ConversationFigures(Schema):
    total_sessions: int
    sessions_with_leads: int
    recent_sessions_7_days: int = Field(description="Of the seven days before now, whatever the period.")
    lead_conversion_rate: float = Field(description="Percent, two decimals.")
    average_duration_seconds: float
    max_duration_seconds: float
    min_duration_seconds: float
    hourly_distribution: list[NumberCount] = Field(description="Hours of the day in UTC, 0 to 23.")
    by_weekday: list[NumberCount] = Field(description="1 is Monday, 7 is Sunday.")
    by_channel: list[NameCount]
    by_country: list[NameCount] = Field(description="ISO 3166; sessions whose country is unknown are left out.")
    by_day: list[NameCount] = Field(description="Days in UTC that have any, in order.")
    funnel: list[Stage] = Field(description="sessions, engaged, lead, qualified, converted.")

    model_config = {"json_schema_extra": {"example": CONVERSATIONS}}


class TranscriptFigures(Schema):
    total_events: int
    recent_events_24h: int = Field(description="Of the 24 hours before now, whatever the period.")
    unique_sessions: int
    events_by_role: dict[str, int]

    model_config = {"json_schema_extra": {"example": TRANSCRIPTS}}
