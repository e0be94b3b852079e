import json
from typing import Annotated

from ninja import Field, Schema
from ninja.responses import NinjaJSONEncoder
from pydantic import BeforeValidator, field_validator

from config.leases import Status
from config.schemas import Name, PageIn, Text, Time
from jobs.audio import FORMATS
from jobs.models import TEXT_MAX_CHARACTERS, Job
from voices.engines import MAX_SPEED, MIN_SPEED

BATCH_MAX_JOBS = 100
EXAMPLE_TEXT = "The harbour wakes before the sun."


class JobIn(Schema):
    """What is left out, or `null`, is as said here."""

    text: str = Field(description=f"1 to {TEXT_MAX_CHARACTERS:,} characters.")
    voice_id: Text | None = Field(None, description="A voice; the default voice when none is named.")
    model_id: Text | None = Field(None, description="A voice model instead of a voice, by its id or its engine's.")
    echo_id: Text | None = Field(None, description="An echo instead of a voice: it speaks with what it has.")
    format: str | None = Field("wav", max_length=10, description=f"One of: {', '.join(FORMATS)}.")
    speed: float | None = Field(
        None, ge=MIN_SPEED, le=MAX_SPEED, description="Times the voice's own; the echo's, else 1, when absent."
    )
    speaker: Annotated[str, Field(coerce_numbers_to_str=True, max_length=100)] | None = Field(
        None, description="A speaker of the voice, by name or number."
    )
    title: Name | None = Field("", description="Made of the first words when absent.")
    keep: bool | None = Field(False, description="The sound does not expire after 24 hours; it counts in your storage.")
    callback_url: str | None = Field(
        None, description="An http or https address that gets the job, signed, once it is completed or has failed."
    )

    model_config = {"json_schema_extra": {"example": {"text": EXAMPLE_TEXT, "voice_id": "demo", "format": "mp3"}}}


class JobsStartIn(Schema):
    jobs: list[JobIn] = Field(min_length=1, max_length=BATCH_MAX_JOBS)


class JobChangesIn(Schema):
    """What is left out, or `null`, stays."""

    title: Name | None = Field(None, description="Made of the first words when empty.")
    keep: bool | None = Field(None, description="`false`: a kept sound expires after 24 hours from now on.")

    model_config = {"json_schema_extra": {"example": {"title": "Morning news", "keep": True}}}


class Timings(Schema):
    """Seconds."""

    queued: float | None = None
    synthesis: float | None = None
    encoding: float | None = None
    total: float | None = None
    first_audio: float | None = None


class Unspoken(Schema):
    """A letter that the voice can't read, so that it was left out."""

    character: str
    name: str = Field(description="In Unicode, such as `CJK UNIFIED IDEOGRAPH-65E5`.")
    count: int


class JobOut(Schema):
    id: str = Field(validation_alias="pk", serialization_alias="_id")
    job_id: int
    user_id: str
    title: str
    text: str
    voice_id: str | None
    model_id: str | None
    echo_id: str | None
    status: Status
    progress: int = Field(description="0 to 100")
    format: str
    speed: float
    audio_url: str | None
    audio_id: str | None
    duration: float | None = Field(description="seconds")
    size_bytes: int | None
    total_chunks: int | None
    completed_chunks: int
    characters: int
    error: str | None
    attempts: int
    created_at: Time
    started_at: Time | None
    completed_at: Time | None
    expires_at: Time | None
    timings: Timings
    unspoken: list[Unspoken] = Field(description="The 20 most frequent.")

    @field_validator("voice_id", "model_id", "echo_id", "error", mode="before")
    @classmethod
    def null_if_empty(cls, value: str) -> str | None:
        return value or None


def job_json(job: Job) -> bytes:
    """As `GET /api/jobs/{id}` answers."""
    return json.dumps(JobOut.from_orm(job).model_dump(by_alias=True), cls=NinjaJSONEncoder).encode()


class JobsStartOut(Schema):
    jobs: list[JobOut]


class JobRow(JobOut):
    """A job in a list: its text is cut."""

    text: str = Field(validation_alias="excerpt")


class JobsIn(PageIn):
    status: Annotated[Status | None, BeforeValidator(lambda given: given or None)] = None
    voice_id: str | None = Field(None, max_length=200)
    q: Name | None = None
