from typing import Annotated

from ninja import Field, Schema
from pydantic import AliasChoices, BeforeValidator, field_validator

from config.schemas import Name, Text, Time
from jobs.documents.bounds import CHAPTERS_MAX
from jobs.models import BOOK_FORMAT
from voices.engines import MAX_SPEED, MIN_SPEED

Speed = Annotated[float | None, BeforeValidator(lambda given: None if given == "" else given)]
Number = Annotated[int, Field(ge=1, le=CHAPTERS_MAX)]


class VoiceIn(Schema):
    """What speaks; the default voice when none is named."""

    voice_id: Text | None = Field(None, description="A voice; the default voice when none is named.")
    model_id: Text | None = Field(None, description="A voice model instead of a voice, by its id or its engine's.")
    echo_id: Text | None = Field(None, description="An echo instead of a voice: it speaks with what it has.")
    speed: Speed = Field(None, ge=MIN_SPEED, le=MAX_SPEED, description="Times the voice's own.")
    speaker: Annotated[str, Field(coerce_numbers_to_str=True, max_length=100)] | None = Field(
        None, description="A speaker of the voice, by name or number."
    )


class AudiobookIn(VoiceIn):
    """The fields beside the document."""

    title: Name = Field("", description="The document's own, else its file's name, when absent.")
    author: Name = ""
    keep: bool = Field(
        True, description="The sound stays until you delete it, and counts in your storage; else 24 hours."
    )
    start: bool = Field(False, description="Speak all chapters as soon as they are read.")


class StartIn(VoiceIn):
    """What is left out, or `null`, is as it was said with the document."""

    chapters: list[Number] | None = Field(None, max_length=CHAPTERS_MAX, description="Their numbers; all when absent.")
    title: Name | None = None
    author: Name | None = None
    keep: bool | None = None

    model_config = {"json_schema_extra": {"example": {"chapters": [1, 2, 3], "voice_id": "demo"}}}


class RetryIn(Schema):
    without_failed: bool = Field(False, description="Leave out the chapters that have failed.")

    model_config = {"json_schema_extra": {"example": {"without_failed": True}}}


class BookVoiceIn(VoiceIn):
    """What is left out, or `null`, stays as it is; another voice has its own speakers."""

    model_config = {"json_schema_extra": {"example": {"voice_id": "demo", "speed": 1.1}}}


class BookDownloadIn(Schema):
    format: str = Field(
        "m4b", pattern="^(zip|m4b)$", description="`m4b`: one file with chapter marks; `zip`: an MP3 each."
    )


class AudiobookOut(Schema):
    id: str = Field(validation_alias="pk", serialization_alias="_id")
    user_id: str
    title: str
    author: str
    language: str
    source_name: str
    status: str = Field(
        description="`queued`, `processing` (by `step`), `review`, `speaking`, `completed`, `failed` or `cancelled`"
    )
    step: str = Field(description="What a worker does with it: `read` the document, `bind` the chapters")
    progress: int = Field(validation_alias="percent", description="0 to 100, by the characters that are spoken")
    characters: int = Field(description="Of the chapters to be spoken")
    chapters: dict[str, int] = Field(validation_alias="counts", description="How many, by their `state`")
    voice_id: str | None
    model_id: str | None
    echo_id: str | None
    speaker: str
    speed: float | None
    format: str = BOOK_FORMAT
    keep: bool = Field(validation_alias=AliasChoices("is_kept", "keep"))
    duration: float | None = Field(description="seconds")
    size_bytes: int | None = Field(description="Of the M4B")
    error: str | None
    created_at: Time
    completed_at: Time | None
    expires_at: Time | None

    @field_validator("voice_id", "model_id", "echo_id", "error", mode="before")
    @classmethod
    def null_if_empty(cls, value: str) -> str | None:
        return value or None


class ChapterOut(Schema):
    number: int
    title: str
    text: str = Field(validation_alias="excerpt", description="Its first 200 characters")
    characters: int
    state: str = Field(
        description="`waiting`, `anew` (it waits, and has a sound in another voice until then), `starting`, `making`, "
        "`ready`, `failed`, or `out`: left out"
    )
    job_id: int | None = Field(description="The number of its job")
    duration: float | None = Field(description="seconds")
    error: str | None

    @field_validator("error", mode="before")
    @classmethod
    def null_if_empty(cls, value: str) -> str | None:
        return value or None

    @staticmethod
    def resolve_job_id(chapter: object) -> int | None:
        return getattr(chapter.made_by, "job_id", None)

    @staticmethod
    def resolve_duration(chapter: object) -> float | None:
        return getattr(chapter.made_by, "duration", None)


class ChaptersOut(Schema):
    chapters: list[ChapterOut]
