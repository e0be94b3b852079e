from typing import Literal

from ninja import Field, Schema
from pydantic import field_validator

from jobs.schemas.jobs import EXAMPLE_TEXT


class TimingsIn(Schema):
    format: Literal["json", "srt", "vtt"] = "json"


class SentenceOut(Schema):
    start: float = Field(description="seconds from the start of the sound")
    end: float = Field(description="seconds")
    text: str = Field(description="As it was spoken.")

    @field_validator("start", "end", mode="before")
    @classmethod
    def in_seconds(cls, milliseconds: int) -> float:
        return milliseconds / 1000


class TimingsOut(Schema):
    """What a job says, sentence by sentence, and when."""

    id: str = Field(validation_alias="pk", serialization_alias="_id")
    job_id: int
    duration: float = Field(description="seconds")
    sentences: list[SentenceOut]

    model_config = {
        "json_schema_extra": {
            "example": {
                "_id": "6929a1f0c3d4e5f60718293a",
                "job_id": 41,
                "duration": 2.148,
                "sentences": [{"start": 0.0, "end": 2.148, "text": EXAMPLE_TEXT}],
            }
        }
    }
