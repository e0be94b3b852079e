"""What is said in conversations, in JSON."""

import datetime as dt
from typing import Annotated, Any, Literal, Self

from ninja import Field, Schema
from pydantic import BeforeValidator, model_validator

from config.schemas import PageIn, Time
from leads.incoming import OBJECT_MAX_BYTES, number_refused
from leads.models import CONTENT_MAX_CHARACTERS, DEFAULT_SESSION_ID, EVENTS_MAX, EventRole, Intent
from leads.schemas.sessions import OUT as SESSION
from leads.schemas.sessions import SESSION_ID, SessionRow

SAID = {"session_id": SESSION_ID, "role": "user", "content": "Do you ship to Norway?", "source": "phone"}
OF_ONE = ("role", "content", "timestamp", "event_id", "meta")
EVENT = {
    "event_id": "6740a1b2c3d4e5f60123abcd",
    "timestamp": "2026-11-21T09:12:04.250Z",
    **SAID,
    "meta": {"intent": "INTEREST_DETECTED"},
    "created_at": "2026-11-21T09:12:04.300Z",
}


class EventFieldsIn(Schema):
    session_id: str | None = Field(None, description=f"`{DEFAULT_SESSION_ID}` when absent. An unknown one is made.")
    timestamp: dt.datetime | None = Field(None, description="Now, when absent; at most a day ahead.")
    source: str | None = None
    event_id: str | None = Field(None, description="Of your choice: sent again with it, the event is stored once.")
    meta: dict[str, Any] | None = Field(
        None,
        description=f"At most {OBJECT_MAX_BYTES // 1024} KB of JSON. For the user's words `intent` is added, unless it "
        f"is given: one of {', '.join(Intent.values)}.",
    )


class EventIn(EventFieldsIn):
    role: EventRole = Field(description=f"One of: {', '.join(EventRole.values)}.")
    content: str = Field(description=f"At most {CONTENT_MAX_CHARACTERS:,} characters.")

    model_config = {"json_schema_extra": {"example": SAID}}


def not_too_many(given: object) -> object:
    """Looked at before the entries are: a million bad ones would keep a process busy for minutes."""
    if isinstance(given, list) and len(given) > EVENTS_MAX:
        raise ValueError(number_refused(len(given)))
    return given


class EventsIn(EventFieldsIn):
    """One event, with its `role` and `content`; or up to 500 in `events`, for which `session_id` and `source` stand
    where they have none of their own.
    """

    role: EventRole | None = Field(None, description="Needed without `events`.")
    content: str | None = Field(None, description="Needed without `events`.")
    events: Annotated[list[EventIn] | None, BeforeValidator(not_too_many)] = Field(
        None, description=f"1 to {EVENTS_MAX}; all are taken, or none is."
    )

    model_config = {
        "json_schema_extra": {"example": {"events": [SAID, SAID | {"role": "assistant", "content": "Yes."}]}}
    }

    @model_validator(mode="after")
    def check_one_or_many(self) -> Self:
        if self.events is not None and any(getattr(self, name) is not None for name in OF_ONE):
            raise ValueError("Send one event, or many in `events`, not both.")
        return self

    def entries(self) -> list[dict[str, Any]]:
        """What the action takes."""
        if self.events is None:
            return [self.dict(exclude={"events"})]
        shared = self.dict(include={"session_id", "source"})
        return [shared | event.dict(exclude_none=True) for event in self.events]


class LoggedOut(Schema):
    accepted: int
    duplicates: int = Field(description="How many were stored before.")

    model_config = {"json_schema_extra": {"example": {"accepted": 2, "duplicates": 0}}}


class EventsJournaledOut(LoggedOut):
    """Kept, and written once the database is back."""

    status: Literal["journaled"] = "journaled"

    model_config = {"json_schema_extra": {"example": {"status": "journaled", "accepted": 2, "duplicates": 0}}}


class EventOut(Schema):
    event_id: str
    session_id: str
    timestamp: Time
    role: EventRole
    content: str
    source: str
    meta: dict[str, Any]
    created_at: Time

    model_config = {"json_schema_extra": {"example": EVENT}}


class TranscriptIn(PageIn):
    pass


class TranscriptOut(Schema):
    session: SessionRow
    items: list[EventOut]
    next: str | None

    model_config = {"json_schema_extra": {"example": {"session": SESSION, "items": [EVENT], "next": None}}}
