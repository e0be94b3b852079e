"""What clients of OpenAI's API send and get."""

from typing import Annotated, Any, Literal

from ninja import Field, Schema
from pydantic import BeforeValidator

from config.schemas import Name
from jobs.audio import FORMATS
from jobs.schemas.jobs import EXAMPLE_TEXT
from voices.engines import MAX_SPEED, MIN_SPEED

INPUT_MAX_CHARACTERS = 4_096


def voice_name(value: Any) -> Any:
    """A voice is named by a text, or as `{"id": "..."}`."""
    return value.get("id") if isinstance(value, dict) else value


class SpeechIn(Schema):
    model: Name = Field(min_length=1, description="Any: the voice decides what speaks.")
    input: str = Field(max_length=INPUT_MAX_CHARACTERS, description=f"1 to {INPUT_MAX_CHARACTERS:,} characters.")
    voice: Annotated[Name, BeforeValidator(voice_name)] = Field(
        description="An id of a voice or a voice model, another name from `VOICE_ALIASES`, an echo's id or name, "
        'or `{"id": "..."}`.'
    )
    response_format: str = Field(
        "mp3", max_length=20, description=f"One of: {', '.join(FORMATS)}. `pcm` has 24,000 Hz."
    )
    speed: float | None = Field(None, ge=MIN_SPEED, le=MAX_SPEED, description="An echo's own, else 1, when absent.")
    stream_format: Literal["audio", "sse"] = Field("audio", description="`sse`: events with the sound in base64.")
    instructions: str | None = Field(None, description="Taken from these clients, and without effect.")

    model_config = {"json_schema_extra": {"example": {"model": "tts-1", "input": EXAMPLE_TEXT, "voice": "demo"}}}


class ModelOut(Schema):
    id: str
    object: str
    created: int = Field(description="Unix time")
    owned_by: str


class ModelsOut(Schema):
    object: str
    data: list[ModelOut]


class SpeechVoiceOut(Schema):
    id: str
    name: str
    language: str | None = Field(None, description="Nobody knows that of a voice model or an echo.")


class SpeechVoicesOut(Schema):
    voices: list[SpeechVoiceOut]


class Refusal(Schema):
    message: str
    type: str
    param: str | None
    code: str


class RefusalOut(Schema):
    error: Refusal


def refusals(*statuses: int) -> dict[int, Any]:
    """The `response=` entries of refusals in OpenAI's shape; a store may always be away."""
    return dict.fromkeys((*statuses, 503), RefusalOut)
