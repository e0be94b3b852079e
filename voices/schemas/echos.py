"""Echos in JSON. A router that answers with them has `by_alias=True`, for the `_id`."""

from ninja import Field, Schema

from config.schemas import Id, Name, PageIn, Text, Time
from voices.engines import MAX_SPEED, MIN_SPEED
from voices.models import Echo

PERSONA = "You keep the lighthouse. You speak calmly, in short sentences."
EXAMPLE = {"name": "Keeper", "description": "Of the harbour", "persona_prompt": PERSONA, "voice_id": "en_US-demo-low"}


class EchoIn(Schema):
    name: Name
    description: str = ""
    persona_prompt: str = Field("", description="Who it is, and how it talks.")
    voice_id: Text | None = Field(None, description="Of the catalogue; it speaks while there is no voice model.")
    model_id: Text | None = Field(None, description="Of a voice model of yours; its former echo loses it.")
    speed: float = Field(1.0, ge=MIN_SPEED, le=MAX_SPEED)

    model_config = {"json_schema_extra": {"example": EXAMPLE}}


class EchoChangesIn(EchoIn):
    """What is left out stays; `null` for `voice_id` or `model_id` takes it away."""

    name: Name = ""

    model_config = {"json_schema_extra": {"example": {"model_id": "6740a1b2c3d4e5f601234567", "speed": 1.1}}}


class EchosIn(PageIn):
    q: Name = Field("", description="Words of the name or the description.")


class EchoOut(Schema):
    id: str = Field(validation_alias="pk", serialization_alias="_id")
    user_id: str
    name: str
    description: str
    persona_prompt: str
    voice_id: str | None
    voice_model_id: str | None = Field(description="Its voice model, which comes before the voice.")
    speed: float
    created_at: Time

    model_config = {
        "json_schema_extra": {
            "example": {
                "_id": "6740a1b2c3d4e5f60123abcd",
                "user_id": "673f00aa11bb22cc33dd44ee",
                **EXAMPLE,
                "voice_model_id": "6740a1b2c3d4e5f601234567",
                "speed": 1.0,
                "created_at": "2026-11-21T09:12:00.000Z",
            }
        }
    }

    @staticmethod
    def resolve_voice_id(echo: Echo) -> str | None:
        return echo.voice_id or None


class EchoRow(EchoOut):
    """An echo in a list: its persona is cut."""

    persona_prompt: str = Field(validation_alias="excerpt")


class OldEchoIn(Schema):
    """An echo as the old studio's clients make it."""

    user_id: Id = Field(description="Your own.")
    name: Name
    persona_prompt: str = ""
    voice_model_id: Text | None = None

    model_config = {
        "json_schema_extra": {
            "example": {
                "user_id": "673f00aa11bb22cc33dd44ee",
                "name": "Keeper",
                "persona_prompt": PERSONA,
                "voice_model_id": "6740a1b2c3d4e5f601234567",
            }
        }
    }


class OldEchoOut(Schema):
    echo: EchoOut
