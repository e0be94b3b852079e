"""What clients of the older TTS backend send and get."""

from ninja import Field, Schema
from pydantic import field_validator

from config.leases import Status
from config.paging import OLD_LIST_ROWS_MAX
from config.schemas import Name, Text, Time
from jobs.models import TEXT_MAX_CHARACTERS
from jobs.schemas.jobs import EXAMPLE_TEXT

LIST_ROWS = 50
CUT_CHARACTERS = 100  # of a text, in the list
AUDIO_URL = "A path on this site; it works without a credential until the sound expires. Null while there is no sound."
EXAMPLE_URL = "/api/temp-audio/6921a5c4e1b2d3f4a5b6c7d8?signature=1vMGgk:..."
EXAMPLE_TIME = "2026-11-21T09:12:00.000Z"
EXAMPLE_JOB = {"id": 7, "status": "completed", "created_at": EXAMPLE_TIME, "audio_url": EXAMPLE_URL}
EXAMPLE_JOB |= {"text": EXAMPLE_TEXT, "voice_id": "en_US-demo-low", "engine": "piper", "progress": 100}
EXAMPLE_JOB |= {"duration": 2.41, "error": None, "completed_at": EXAMPLE_TIME}


class TtsIn(Schema):
    text: str | None = Field(None, description=f"1 to {TEXT_MAX_CHARACTERS:,} characters.")
    voice: Text | None = Field(None, description="A voice; the default voice when none is named.")

    model_config = {"json_schema_extra": {"example": {"text": EXAMPLE_TEXT, "voice": "demo"}}}


class TtsOut(Schema):
    duration: float = Field(description="seconds")
    text: str
    voice_id: str
    engine: str
    sample_rate: int = Field(description="Hz")
    status: str = "success"
    audio_url: str = Field(description=AUDIO_URL)

    model_config = {
        "json_schema_extra": {
            "example": {
                "duration": 2.41,
                "text": EXAMPLE_TEXT,
                "voice_id": "en_US-demo-low",
                "engine": "piper",
                "sample_rate": 22050,
                "status": "success",
                "audio_url": EXAMPLE_URL,
            }
        }
    }


class TtsJobIn(Schema):
    text: str = Field(description=f"1 to {TEXT_MAX_CHARACTERS:,} characters.")
    language: Name | None = Field(
        None, description="`en` or `en_US`: the first voice of it speaks, when no voice is named."
    )
    voice_id: Text | None = Field(None, description="A voice; before `language`. The default voice when neither is.")
    include_alignments: bool | None = Field(None, description="Taken, and without effect.")

    model_config = {"json_schema_extra": {"example": {"text": EXAMPLE_TEXT, "language": "en"}}}


class TtsJobStarted(Schema):
    id: int | str = Field(
        validation_alias="old_id", description="Its number; its `_id` when it was imported with a text for its id."
    )
    status: Status
    created_at: Time
    audio_url: str | None = Field(validation_alias="audio_link", description=AUDIO_URL)

    model_config = {
        "json_schema_extra": {
            "example": {"id": 7, "status": "queued", "created_at": EXAMPLE_TIME, "audio_url": None},
        }
    }


class TtsJobOut(TtsJobStarted):
    text: str
    voice_id: str | None = Field(description="Null when a voice model speaks.")
    engine: str
    progress: int = Field(description="0 to 100")
    duration: float | None = Field(description="seconds")
    error: str | None
    completed_at: Time | None

    model_config = {"json_schema_extra": {"example": EXAMPLE_JOB}}

    @field_validator("voice_id", "error", mode="before")
    @classmethod
    def null_if_empty(cls, value: str) -> str | None:
        return value or None


class TtsJobRow(TtsJobOut):
    """A job in the list: its text is cut."""

    text: str = Field(validation_alias="excerpt", description=f"Its first {CUT_CHARACTERS} characters.")

    @field_validator("text")
    @classmethod
    def cut(cls, value: str) -> str:
        return value[:CUT_CHARACTERS]


class TtsJobsIn(Schema):
    limit: int = Field(LIST_ROWS, ge=1, le=OLD_LIST_ROWS_MAX)
    cursor: str | None = Field(None, max_length=200, description="Of the `Link` of the page before.")
