"""Channels, contacts and messages as they are in the database."""

import datetime as dt
from typing import Any

from accounts.models import User
from config import sealed, times
from leads.models import Channel, Contact, Message, MessageMedia, MessageRole, MessageStatus

NUMBER_ID, NUMBER = "106540352242922", "4915112345678"
TOKEN, SECRET, VERIFY_TOKEN = "EAAG-token-of-tests", "5e1f0c9a7b3d4e6f8a2c1b0d9e8f7a6b", "verify-me-in-tests"


def make_channel(user: User, **fields: Any) -> Channel:
    """A connected one, of the person's team; the assistant is off."""
    made = {
        "owner": user,
        "name": "Harbour shop",
        "phone_number_id": NUMBER_ID,
        "phone_number": "+49 30 901820",
        "sealed_token": sealed.seal(TOKEN),
        "sealed_app_secret": sealed.seal(SECRET),
        "sealed_verify_token": sealed.seal(VERIFY_TOKEN),
    }
    return Channel.objects.create(team_id=user.team_id, **made | fields)


def make_contact(channel: Channel, phone_number: str = NUMBER, **fields: Any) -> Contact:
    """Somebody who has not written yet."""
    return Contact.objects.create(team_id=channel.team_id, channel=channel, phone_number=phone_number, **fields)


def make_message(contact: Contact, content: str = "Hello.", *, ago: float = 0, **fields: Any) -> Message:
    """A message of theirs, or with a role of ours, so many seconds ago. The contact's columns follow it."""
    at = times.now() - dt.timedelta(seconds=ago)
    role = fields.setdefault("role", MessageRole.USER)
    fields.setdefault("status", MessageStatus.RECEIVED if role == MessageRole.USER else MessageStatus.SENT)
    message = Message.objects.create(
        team_id=contact.team_id, contact=contact, content=content, **{"created_at": at} | fields
    )
    follow(contact, message)
    return message


def make_media(message: Message, **fields: Any) -> MessageMedia:
    """The file of a message, which waits to be fetched."""
    made = {"media_id": "1000000000000001", "declared_type": "image/jpeg"}
    return MessageMedia.objects.create(team_id=message.team_id, message=message, **made | fields)


def follow(contact: Contact, message: Message) -> None:
    """What a contact says of its messages."""
    is_theirs, at = message.role == MessageRole.USER, message.created_at
    contact.message_count += 1
    contact.unread_count += is_theirs
    contact.created_at = min(contact.created_at, at)
    if contact.last_message_at is None or contact.last_message_at <= at:
        contact.last_message_at, contact.last_message_id = at, message.pk
    if is_theirs:
        contact.last_inbound_at = max(filter(None, (contact.last_inbound_at, at)))
    contact.save()
