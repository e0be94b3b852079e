from ninja import Field, Schema

from config.schemas import Name


class VoiceOut(Schema):
    voice_id: str
    name: str
    language: str
    quality: str
    engine: str
    speakers: list[str]
    sample_rate: int = Field(description="Hz")
    available: bool
    size_bytes: int
    license: str
    sample_url: str | None

    model_config = {
        "json_schema_extra": {
            "example": {
                "voice_id": "en_US-demo-low",
                "name": "Demo (low)",
                "language": "en_US",
                "quality": "low",
                "engine": "piper",
                "speakers": ["low", "mid", "high"],
                "sample_rate": 22050,
                "available": True,
                "size_bytes": 1072316,
                "license": "GPL-3.0-or-later",
                "sample_url": "/api/voices/en_US-demo-low/sample",
            }
        }
    }


class VoicesIn(Schema):
    q: Name = ""
    language: Name = ""
    quality: Name = ""
    engine: Name = ""
    available: bool | None = None
    limit: int = Field(1000, ge=1, le=1000)
    cursor: str = Field("", max_length=200)


class VoicesOut(Schema):
    voices: list[VoiceOut]
    count: int
    next: str | None


class OldVoiceOut(Schema):
    """A voice as the TTS backend showed it."""

    id: str = Field(validation_alias="voice_id")
    display_name: str = Field(validation_alias="name")
    language: str
    gender: str | None = None
    engine: str
    available: bool
