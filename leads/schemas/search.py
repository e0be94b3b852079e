"""What was found in transcripts, in JSON."""

from ninja import Field, Schema
from pydantic import field_validator

from config.schemas import PageIn, Time
from leads.highlights import EXCERPT_CHARACTERS
from leads.models import SessionChannel
from leads.schemas.sessions import OUT as SESSION
from leads.schemas.transcripts import EVENT, EventOut
from leads.words import QUERY_MAX_CHARACTERS

SHORT = {name: SESSION[name] for name in ("session_id", "start_time", "channel", "lead_id")}


class SearchIn(PageIn):
    q: str = Field(
        description=f'Words, and phrases in quotes: `boat "price list"`. The first {QUERY_MAX_CHARACTERS} characters '
        "count. Every one has to be there."
    )


class SessionShort(Schema):
    session_id: str
    start_time: Time
    channel: SessionChannel
    lead_id: str | None


class FoundOut(EventOut):
    content: str = Field(description=f"Its first {EXCERPT_CHARACTERS} characters.")
    session: SessionShort | None = Field(description="Null while its session is on its way.")
    highlight: str = Field(
        description=f"About {EXCERPT_CHARACTERS} characters of `content` around the first match, as safe HTML: matches "
        "are in `<mark>`."
    )

    model_config = {
        "json_schema_extra": {"example": EVENT | {"session": SHORT, "highlight": "Do you <mark>ship</mark> to Norway?"}}
    }

    @field_validator("content", mode="before")
    @classmethod
    def cut(cls, content: str) -> str:
        return content[:EXCERPT_CHARACTERS]
