"""Recordings that voice models are made of, in JSON and forms. The router has `by_alias=True`, for VoiceModelOut."""

from typing import Annotated

from ninja import Field, Schema
from pydantic import BeforeValidator

from config.schemas import Id, Name
from voices.schemas.voice_models import VoiceModelOut


def absent(value: object) -> object:
    """An empty field of a form is one that was left out."""
    return None if value == "" else value


Optional = Annotated[Id | None, BeforeValidator(absent)]
Switch = Annotated[bool | None, BeforeValidator(absent)]


class ReferenceIn(Schema):
    """The fields beside the recording."""

    name: Name
    user_id: Optional = None
    echo_id: Optional = None
    consent: Switch = None
    save: Switch = None

    @property
    def is_to_be_saved(self) -> bool:
        """The old studio kept what came with an account, and nothing else."""
        return bool(self.user_id) if self.save is None else self.save


class VersionIn(Schema):
    """The field beside the recording."""

    consent: Switch = None


class CloneIn(Schema):
    name: Name
    consent: bool = False
    echo_id: Id | None = None
    save: bool = True

    model_config = {"json_schema_extra": {"example": {"name": "Harbour", "consent": True}}}


class ReferenceOut(Schema):
    success: bool
    model_id: str = Field(description="The engine's id; `reference_id` is the same")
    reference_id: str
    message: str = Field(description="Whether it was saved, and what would make the recording better for cloning")
    database_record: VoiceModelOut | None = Field(None, description="Absent when it was not saved")

    model_config = {
        "json_schema_extra": {
            "example": {
                "success": True,
                "model_id": "8ef4a238714b45718ce04243307c57a7",
                "reference_id": "8ef4a238714b45718ce04243307c57a7",
                "message": "Reference audio uploaded successfully and saved to database",
                "database_record": VoiceModelOut.model_config["json_schema_extra"]["example"],
            }
        }
    }
