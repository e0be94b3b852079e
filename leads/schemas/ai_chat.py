"""The assistant in JSON, asked outside a chat."""

from typing import Literal

from ninja import Field, Schema

from leads.models import MESSAGE_TEXT_MAX_CHARACTERS

ASKED = {"message": "When do you open on Sunday?"}
ANSWERED = {"status": "success", **ASKED, "response": "We open at ten on Sundays."}


class AiChatIn(Schema):
    message: str | None = Field(None, description=f"1 to {MESSAGE_TEXT_MAX_CHARACTERS:,} characters.")

    model_config = {"json_schema_extra": {"example": ASKED}}


class AiChatOut(Schema):
    status: Literal["success", "fallback"] = Field(
        description="`fallback`: the language model gave no answer, and the response is the channel's own sentence."
    )
    message: str
    response: str

    model_config = {"json_schema_extra": {"example": ANSWERED}}
