"""Contacts as messages make them: who wrote, what they are called, and how their chat stands."""

import datetime as dt
from contextlib import suppress
from typing import Any

from django.db import IntegrityError
from django.db.models import Case, F, Q, Value, When

from config import times
from leads.actions import rollups
from leads.models import ERASED, Channel, Contact, ErasedContact, Message, MessageRole
from leads.whatsapp import numbers
from leads.whatsapp.payload import Unusable


class ContactGone(Exception):
    """The contact of a message was erased a moment ago."""


def is_erased(channel: Channel, number: str, at: dt.datetime) -> bool:
    """Whether this person's chat was erased after that time, so that nothing of it is to be kept."""
    erased = ErasedContact.objects.filter(channel=channel, digest=numbers.digest_of(channel, number))
    return erased.filter(erased_at__gte=at).exists()


def find(channel: Channel, number: str) -> Contact | None:
    return Contact.objects.filter(channel=channel, phone_number=number).first()


def make(channel: Channel, number: str, at: dt.datetime) -> Contact:
    """`at`: of a message of theirs. Called outside transactions: somebody else may make the same contact.

    ContactGone when their chat was erased since somebody looked, Unusable when the channel is being deleted: whoever
    does that may be past this row, so it is taken away again.
    """
    rollups.mark(channel.team_id, [at])
    with suppress(IntegrityError):
        Contact.objects.create(team_id=channel.team_id, channel=channel, phone_number=number, created_at=at)
    contact = find(channel, number)
    if contact and not is_erased(channel, number, at) and is_kept(channel):
        return contact
    if contact:
        unmake(contact)
    raise ContactGone("It was erased meanwhile.") if is_kept(channel) else Unusable("its channel was deleted")


def is_kept(channel: Channel) -> bool:
    return Channel.objects.kept().filter(pk=channel.pk).exists()


def unmake(contact: Contact) -> None:
    """Unless there is a message of theirs by now. Without the number first, so that none comes after this look."""
    rows = Contact.objects.filter(pk=contact.pk)
    if rows.filter(message_count=0).update(phone_number=f"{ERASED}{contact.pk}"):
        rows.delete()


def count(message: Message, name: str) -> bool:
    """Add a new message to what its contact says of the chat. False when the contact is gone.

    One statement, which reads nothing before: whoever comes first, the row is the same, also without transactions.
    `name`: that of the sender's profile.
    """
    contact = message.contact
    rows = Contact.objects.filter(pk=contact.pk, phone_number=contact.phone_number)  # another when it is being erased
    return rows.update(**changes(message, name)) == 1


def changes(message: Message, name: str) -> dict[str, Any]:
    at = message.created_at
    is_last = (
        Q(last_message_at=None) | Q(last_message_at__lt=at) | Q(last_message_at=at, last_message_id__lt=message.pk)
    )
    found = {
        "message_count": F("message_count") + 1,
        "created_at": set_if(Q(created_at__gt=at), "created_at", at),
        "last_message_at": set_if(is_last, "last_message_at", at),
        "last_message_id": set_if(is_last, "last_message_id", message.pk),
        "updated_at": times.now(),
    }
    if message.role == MessageRole.USER:
        is_newer = Q(last_inbound_at=None) | Q(last_inbound_at__lt=at)
        unread = set_if(Q(is_active=True), "unread_count", F("unread_count") + 1)
        found |= {"last_inbound_at": set_if(is_newer, "last_inbound_at", at), "unread_count": unread}
    return found | (naming(name, at) if name else {})


def naming(name: str, at: dt.datetime) -> dict[str, Any]:
    """The latest name stands; of two of the same second always the same one."""
    is_later = Q(named_at=None) | Q(named_at__lt=at) | Q(named_at=at, name__lt=name)
    return {"name": set_if(is_later, "name", name), "named_at": set_if(is_later, "named_at", at)}


def set_if(condition: Q, column: str, value: Any) -> Case:
    """The value where the condition holds; else the column stays as it is."""
    field = Contact._meta.get_field(column)
    then = value if hasattr(value, "resolve_expression") else Value(value, output_field=field)
    return Case(When(condition, then=then), default=F(column), output_field=field)
