"""Conversations in JSON."""

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import BeforeValidator

from config.schemas import PageIn, Text, Time
from leads.incoming import OBJECT_MAX_BYTES
from leads.models import ITEMS_MAX_BYTES, SessionChannel
from leads.schemas.periods import PeriodIn

SESSION_ID = "session_20261121_091200_1a2b3c4d"
ITEM = {"type": "message", "role": "user", "content": ["Do you ship to Norway?"]}
LEAD_ITEM = {"type": "function_call", "name": "create_lead"}
METADATA = f"At most {OBJECT_MAX_BYTES // 1024} KB of JSON. What is known already stays beside it, name by name."
ITEMS = f"The history as your assistant keeps it; at most {ITEMS_MAX_BYTES // 1024**2} MB of JSON. Replaces the former."
OUT = {
    "session_id": SESSION_ID,
    "start_time": "2026-11-21T09:12:00.000Z",
    "end_time": "2026-11-21T09:14:30.000Z",
    "total_items": 2,
    "duration_seconds": 150.0,
    "lead_generated": True,
    "lead_id": None,
    "channel": "voice",
    "audio_file_id": None,
    "metadata": {"country": "NO"},
    "created_at": "2026-11-21T09:12:00.000Z",
    "updated_at": "2026-11-21T09:14:30.000Z",
}


class SessionFieldsIn(Schema):
    channel: SessionChannel | None = Field(None, description=f"One of: {', '.join(SessionChannel.values)}.")
    metadata: dict[str, Any] | None = Field(None, description=METADATA)
    items: list[Any] | None = Field(None, description=ITEMS)
    audio_file_id: Text | None = Field(None, description="An audio file of yours: the sound of the conversation.")


class SessionIn(SessionFieldsIn):
    """What is left out, or `null`, is as said here, or stays as it is known."""

    session_id: str | None = Field(None, description="1 to 128 letters, digits and `._:-`; made here when absent.")
    start_time: dt.datetime | None = Field(None, description="Now, or its first event, when absent.")

    model_config = {"json_schema_extra": {"example": {"channel": "voice", "metadata": {"phone": "+47 22 00 00 00"}}}}


class SessionChangesIn(SessionFieldsIn):
    """What is left out, or `null`, stays."""

    end_time: dt.datetime | None = Field(None, description="Ends the conversation.")

    model_config = {"json_schema_extra": {"example": {"end_time": "2026-11-21T09:14:30Z", "items": [ITEM, LEAD_ITEM]}}}


class SessionRow(Schema):
    """A conversation in a list: without its items."""

    session_id: str
    start_time: Time
    end_time: Time | None = Field(description="Null while it goes on.")
    total_items: int
    duration_seconds: float = Field(description="Until its last event while it goes on.")
    lead_generated: bool = Field(description="An item calls `create_lead`, or a lead names the conversation.")
    lead_id: str | None
    channel: SessionChannel
    audio_file_id: str | None
    metadata: dict[str, Any]
    created_at: Time
    updated_at: Time

    model_config = {"json_schema_extra": {"example": OUT}}


class SessionOut(SessionRow):
    items: list[Any]

    model_config = {"json_schema_extra": {"example": OUT | {"items": [ITEM, LEAD_ITEM]}}}


class SessionJournaledOut(Schema):
    """Kept, and written once the database is back."""

    status: Literal["journaled"] = "journaled"
    session_id: str

    model_config = {"json_schema_extra": {"example": {"status": "journaled", "session_id": SESSION_ID}}}


def none_if_empty(given: object) -> object:
    return None if given == "" else given


class SessionsFilterIn(PeriodIn):
    lead_generated: Annotated[bool | None, BeforeValidator(none_if_empty)] = None
    channel: Annotated[SessionChannel | None, BeforeValidator(none_if_empty)] = None
    min_minutes: Annotated[float | None, BeforeValidator(none_if_empty)] = Field(
        None, ge=0, allow_inf_nan=False, description="How long it took at least."
    )


class SessionsIn(SessionsFilterIn, PageIn):
    pass
