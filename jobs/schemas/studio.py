"""What clients of the old studio send and get."""

from ninja import Field, Schema

from config.schemas import Text
from jobs.audio import FORMATS
from jobs.models import TEXT_MAX_CHARACTERS
from jobs.schemas.jobs import EXAMPLE_TEXT


class SynthesisIn(Schema):
    text: str = Field(description=f"1 to {TEXT_MAX_CHARACTERS:,} characters.")
    reference_id: Text | None = Field(None, description="A voice model, by its id or its engine's.")
    voice_id: Text | None = Field(None, description="A voice; the default voice when neither is named.")
    format: str = Field("wav", max_length=10, description=f"One of: {', '.join(FORMATS)}.")

    model_config = {"json_schema_extra": {"example": {"text": EXAMPLE_TEXT, "voice_id": "demo"}}}


class SynthesisOut(Schema):
    success: bool
    audio_path: str = Field(description="A path on this site; it works without a credential until the sound expires.")
    message: str
