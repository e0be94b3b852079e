"""Contacts and messages in JSON, as clients of the old chatbot know them: there a contact is a user."""

from ninja import Field, Schema

from config.paging import OLD_LIST_ROWS_MAX
from config.schemas import Time
from leads.models import MESSAGE_TEXT_MAX_CHARACTERS
from leads.schemas.analytics import NameCount

ID, USER_ID = "69204f5c8f0e4b7d9a1c2e01", "69204f5c8f0e4b7d9a1c2e00"
TIME = "2026-11-21T09:12:00.000Z"
USER = {"id": USER_ID, "phone_number": "4915112345678", "name": "Ada Lovelace", "is_active": True, "created_at": TIME}
MESSAGE = {"id": ID, "user_id": USER_ID, "role": "user", "content": "Do you ship to Norway?", "created_at": TIME}
CHAT = {"user_name": "Ada Lovelace", "phone_number": "4915112345678", "role": "user"}
SKIP_MAX = 10_000


class ContactsIn(Schema):
    skip: int = Field(0, ge=0, le=SKIP_MAX)
    limit: int = Field(50, ge=1, le=OLD_LIST_ROWS_MAX)


class ContactOut(Schema):
    id: str
    phone_number: str
    name: str
    is_active: bool = Field(description="Not blocked.")
    created_at: Time

    model_config = {"json_schema_extra": {"example": USER}}


class ContactRow(ContactOut):
    total_chats: int = Field(validation_alias="message_count", description="Messages of both roles.")

    model_config = {"json_schema_extra": {"example": USER | {"total_chats": 12}}}


class ContactsOut(Schema):
    users: list[ContactRow]
    total: int


class MessageOut(Schema):
    id: str
    user_id: str = Field(validation_alias="contact_id")
    role: str
    content: str
    created_at: Time

    model_config = {"json_schema_extra": {"example": MESSAGE}}


class ConversationIn(Schema):
    limit: int = Field(100, ge=1, le=OLD_LIST_ROWS_MAX)
    cursor: str | None = Field(None, max_length=200, description="`next` of an answer: the messages before it.")


class ConversationOut(Schema):
    """The last messages, in order of time."""

    user: ContactOut
    messages: list[MessageOut]
    total_messages: int
    next: str | None = Field(description="The cursor of the messages before these.")


class StatsOut(Schema):
    total_users: int
    total_messages: int
    active_users_24h: int = Field(description="Who have written in the last 24 hours.")
    timestamp: Time
    messages_by_day: list[NameCount] = Field(description="Of the last seven days, today too, in UTC.")


class LatestIn(Schema):
    limit: int = Field(20, ge=1, le=OLD_LIST_ROWS_MAX)
    cursor: str | None = Field(None, max_length=200, description="From the `Link` header.")


class ChatRow(Schema):
    user_name: str = Field(validation_alias="contact.name")
    phone_number: str = Field(validation_alias="contact.phone_number")
    role: str
    message: str = Field(validation_alias="content")
    timestamp: Time = Field(validation_alias="created_at")

    model_config = {"json_schema_extra": {"example": CHAT | {"message": MESSAGE["content"], "timestamp": TIME}}}


class SendIn(Schema):
    text: str = Field(description=f"At most {MESSAGE_TEXT_MAX_CHARACTERS:,} characters.")
    speak: bool = Field(False, description="As a voice note, by the channel's echo.")

    model_config = {"json_schema_extra": {"example": {"text": "Yes, in three days.", "speak": False}}}


class SentOut(MessageOut):
    """It is on its way."""

    status: str = Field(description="Empty until WhatsApp has taken it.")

    model_config = {"json_schema_extra": {"example": MESSAGE | {"role": "assistant", "status": ""}}}
