"""Leads in JSON. A router that answers with them has `by_alias=True`, for the `_id`."""

import datetime as dt
from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import BeforeValidator

from config.schemas import Id, Name, PageIn, Text, Time
from leads.incoming import OBJECT_MAX_BYTES
from leads.models import MESSAGE_MAX_CHARACTERS, NOTE_MAX_CHARACTERS, TAGS_MAX, LeadStatus
from leads.schemas.periods import PeriodIn

Line = Annotated[str, Field(coerce_numbers_to_str=True)]  # assistants send a budget as a number
NULL_IF_EMPTY = BeforeValidator(lambda given: given or None)
Chosen = Annotated[LeadStatus | None, NULL_IF_EMPTY]
LISTED_TAGS_MAX = 1_000  # each counts once
PERSON = {"name": "Ann Lee", "email": "ann@acme.example", "company": "Acme", "interest": "voice bots"}
MORE = {
    "phone": "+1 555 0100",
    "budget": "5,000",
    "source": "website",
    "session_id": "session_20261121_091200_1a2b3c4d",
}
EXAMPLE_ID = "6740a1b2c3d4e5f60123abcd"
TIME = "2026-11-21T09:12:00.000Z"
MEMBER = "6740a1b2c3d4e5f60123abce"
NOTE = "Called; wants an offer by Friday."
OUT = {
    "_id": EXAMPLE_ID,
    **PERSON,
    **MORE,
    "job_title": "",
    "timeline": "",
    "message": "Please call back.",
    "status": "new",
    "timestamp": TIME,
    "created_at": TIME,
    "updated_at": TIME,
    "metadata": {"country": "US"},
    "owner": None,
    "tags": ["phone"],
}


def not_too_many(given: object) -> object:
    """Looked at before each of them is: a million bad ones would keep a process busy for minutes."""
    if isinstance(given, list) and len(given) > LISTED_TAGS_MAX:
        raise ValueError(f"A lead has at most {TAGS_MAX} tags.")
    return given


class LeadFieldsIn(Schema):
    phone: Line | None = None
    job_title: Line | None = None
    budget: Line | None = None
    timeline: Line | None = None
    message: Line | None = Field(None, description=f"At most {MESSAGE_MAX_CHARACTERS:,} characters.")
    status: LeadStatus | None = Field(None, description=f"One of: {', '.join(LeadStatus.values)}.")
    source: Line | None = None
    session_id: str | None = Field(None, description="The conversation it came out of.")
    timestamp: dt.datetime | None = Field(None, description="When it came up; now, when absent.")
    tags: Annotated[list[Line] | None, BeforeValidator(not_too_many)] = Field(
        None, description=f"At most {TAGS_MAX}; kept in lower case."
    )
    metadata: dict[str, Any] | None = Field(None, description=f"At most {OBJECT_MAX_BYTES // 1024} KB.")


class LeadIn(LeadFieldsIn):
    """A lead; one whose e-mail the team knows is merged: what is given replaces, nothing is blanked."""

    name: Line
    email: str = Field(description="Tells one lead of a team from another; kept in lower case.")
    company: Line
    interest: Line

    model_config = {"json_schema_extra": {"example": PERSON | MORE}}


class LeadChangesIn(LeadFieldsIn):
    """What is left out, or `null`, stays; but `"owner": null` takes the owner away. `""` blanks what isn't needed."""

    name: Line | None = None
    email: str | None = None
    company: Line | None = None
    interest: Line | None = None
    owner: Text | None = Field(None, description="A `user_id` of your team.")
    metadata: dict[str, Any] | None = Field(None, description="Replaces the whole.")

    model_config = {"json_schema_extra": {"example": {"status": "contacted", "owner": EXAMPLE_ID, "tags": ["phone"]}}}

    def changes(self) -> dict[str, Any]:
        """What the action takes."""
        given = self.dict(exclude_unset=True)
        return {field: value for field, value in given.items() if value is not None or field == "owner"}


class StatusIn(Schema):
    status: LeadStatus

    model_config = {"json_schema_extra": {"example": {"status": "qualified"}}}


class LeadsFilterIn(PeriodIn):
    status: Chosen = None
    company: Name = Field("", description="A part of it.")
    interest: Name = Field("", description="A part of it.")
    q: Name = Field("", description="In the name, e-mail, company, interest, phone, job title or message.")
    tag: Name = ""
    owner: Annotated[Id | None, NULL_IF_EMPTY] = Field(None, description="A `user_id`.")


class LeadsIn(LeadsFilterIn, PageIn):
    pass


class LeadShort(Schema):
    """A lead without its long texts."""

    id: str = Field(validation_alias="pk", serialization_alias="_id")
    name: str
    email: str
    company: str
    interest: str
    phone: str
    job_title: str
    budget: str
    timeline: str
    status: LeadStatus
    source: str
    session_id: Annotated[str | None, NULL_IF_EMPTY]
    timestamp: Time


class LeadOut(LeadShort):
    message: str
    created_at: Time
    updated_at: Time
    metadata: dict[str, Any]
    owner: str | None = Field(validation_alias="owner_id", description="A `user_id`.")
    tags: list[str]

    model_config = {"json_schema_extra": {"example": OUT}}


class LeadRow(LeadOut):
    """A lead in a list: its message is cut."""

    message: str = Field(validation_alias="excerpt")


class JournaledOut(Schema):
    """Kept, and written once the database is back."""

    status: Literal["journaled"] = "journaled"
    id: str = Field(serialization_alias="_id")

    model_config = {"json_schema_extra": {"example": {"status": "journaled", "_id": EXAMPLE_ID}}}


class NoteIn(Schema):
    text: str = Field(description=f"1 to {NOTE_MAX_CHARACTERS:,} characters.")

    model_config = {"json_schema_extra": {"example": {"text": NOTE}}}


class NoteOut(Schema):
    id: str = Field(validation_alias="pk", serialization_alias="_id")
    text: str
    by: str | None = Field(validation_alias="by_id", description="A `user_id`; `null` for what was noted by itself.")
    created_at: Time

    model_config = {
        "json_schema_extra": {"example": {"_id": EXAMPLE_ID, "text": NOTE, "by": MEMBER, "created_at": TIME}}
    }


class StatusChangeOut(Schema):
    """A step of the history. A new lead comes from no status."""

    start: Chosen = Field(validation_alias="from_status", serialization_alias="from")
    end: LeadStatus = Field(validation_alias="to_status", serialization_alias="to")
    by: str | None = Field(validation_alias="by_id", description="A `user_id`.")
    created_at: Time

    model_config = {
        "json_schema_extra": {"example": {"from": "new", "to": "qualified", "by": MEMBER, "created_at": TIME}}
    }
