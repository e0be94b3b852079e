"""Voice models in JSON. A router that answers with them has `by_alias=True`, for the `_id`."""

from typing import Annotated

from ninja import Field, Schema
from pydantic import AfterValidator

from config.paging import OLD_LIST_ROWS_MAX
from config.schemas import Id, Name, Time, without_forbidden
from voices.models import TAGS_MAX, FileType, State, Visibility

Written = Annotated[str, AfterValidator(without_forbidden)]


class ModelUsage(Schema):
    jobs: int
    seconds: float = Field(description="Of sound")
    billed_bytes: int = Field(description="Of text, by the engine")


class VoiceModelOut(Schema):
    id: str = Field(validation_alias="pk", serialization_alias="_id")
    user_id: str
    model_id: str = Field(description="The engine's id")
    name: str
    audio_file_path: str = Field(description="The recording's name when it was sent")
    file_type: FileType
    echo_id: str | None
    created_at: Time
    engine: str
    state: State
    description: str
    tags: list[str]
    visibility: Visibility
    duration: float | None = Field(description="seconds")
    version: int
    usage: ModelUsage

    model_config = {
        "json_schema_extra": {
            "example": {
                "_id": "6740a1b2c3d4e5f601234567",
                "user_id": "673f00aa11bb22cc33dd44ee",
                "model_id": "8ef4a238714b45718ce04243307c57a7",
                "name": "Harbour",
                "audio_file_path": "harbour.wav",
                "file_type": "audio",
                "echo_id": None,
                "created_at": "2026-11-21T09:12:00.000Z",
                "engine": "fish",
                "state": "trained",
                "description": "Calm, for announcements",
                "tags": ["calm"],
                "visibility": "private",
                "duration": 24.6,
                "version": 1,
                "usage": {"jobs": 3, "seconds": 41.2, "billed_bytes": 812},
            }
        }
    }


class VoiceModelsIn(Schema):
    user_id: Id | None = Field(None, description="Yours; another account's is 403.")
    shared: bool = Field(False, description="What your team shares with you, instead of your own.")
    q: Name = ""
    engine: Name = ""
    tag: Name = ""
    state: State | None = None
    limit: int = Field(OLD_LIST_ROWS_MAX, ge=1, le=OLD_LIST_ROWS_MAX)
    cursor: str | None = Field(None, max_length=200, description="`next` of the page before.")


class VoiceModelsOut(Schema):
    voice_models: list[VoiceModelOut]
    count: int = Field(description="Of all that match, on this page or not")
    next: str | None


class OneVoiceModel(Schema):
    voice_model: VoiceModelOut


class VoiceModelIn(Schema):
    """What is left out, or null, stays; but null for `echo_id` unlinks."""

    name: Written | None = None
    description: Written | None = None
    tags: list[Written] | None = Field(None, description=f"At most {TAGS_MAX}.")
    visibility: Visibility | None = None
    echo_id: Id | None = None

    model_config = {
        "json_schema_extra": {"example": {"name": "Harbour, calm", "tags": ["calm"], "visibility": "shared"}}
    }


class LinkIn(Schema):
    echo_id: Id


class Done(Schema):
    success: bool
    message: str
