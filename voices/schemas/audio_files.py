from typing import Annotated

from ninja import Field, Schema
from pydantic import AfterValidator

from config.ids import parse_id
from config.schemas import Name, Time


def known_shape(file_id: str) -> str:
    """An id as it was sent, if it can be one: the answer names it in the same way."""
    parse_id(file_id)
    return file_id


class AudioFileOut(Schema):
    file_id: str = Field(validation_alias="pk")
    user_id: str
    s3_key: str
    file_size: int = Field(description="bytes")
    content_type: str
    duration: float | None = Field(description="seconds")
    uploaded_at: float = Field(validation_alias="uploaded_at_unix", description="Unix time")
    uploaded_at_iso: Time = Field(validation_alias="uploaded_at")

    model_config = {
        "json_schema_extra": {
            "example": {
                "file_id": "6740a1b2c3d4e5f601234567",
                "user_id": "673f00aa11bb22cc33dd44ee",
                "s3_key": "audio/673f00aa11bb22cc33dd44ee/6740a1b2c3d4e5f601234567.mp3",
                "file_size": 482113,
                "content_type": "audio/mpeg",
                "duration": 30.12,
                "uploaded_at": 1795252320.0,
                "uploaded_at_iso": "2026-11-21T09:12:00.000Z",
            }
        }
    }


class AudioFilesIn(Schema):
    limit: int = Field(50, ge=1, le=1000)
    cursor: str | None = Field(None, max_length=200, description="From the `Link` of the page before.")
    q: Name = ""


class RecordIn(Schema):
    """An object that the client keeps in a storage of its own."""

    s3_key: str
    file_size: int = Field(0, description="bytes")
    duration: float | None = Field(None, description="seconds")

    model_config = {"json_schema_extra": {"example": {"s3_key": "recordings/monday.wav", "file_size": 482113}}}


class UploadIn(Schema):
    """The fields beside the file."""

    encrypted: bool = False


class DeleteFilesIn(Schema):
    file_ids: list[Annotated[str, AfterValidator(known_shape)]] = Field(max_length=100)


class FileDeleted(Schema):
    message: str
    file_id: str


class FilesDeleted(Schema):
    deleted: list[str]
    not_found: list[str]
