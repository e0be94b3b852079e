"""Contacts and messages that come from another chatbot, each whole or not at all."""

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Sequence
from typing import Any

from django.db import IntegrityError
from django.db.models import F, Q

from accounts.models import User
from config.db import atomic
from config.errors import Conflict
from leads.actions import imports, rollups
from leads.actions.whatsapp import people, transcripts
from leads.models import Channel, Contact, ErasedContact, Message, MessageRole
from leads.whatsapp.numbers import digest_of

NAME = "Imported chats"
TAKEN = "Its id, or the number or WhatsApp's id in it, was taken this moment by another row. Run the import again."


def channel_for(*, by: User, dry_run: bool = False) -> Channel:
    """Where new contacts go: the only channel of the team, else one without a number, which is made when needed.

    A dry run makes none, here and below.
    """
    known = Channel.objects.owned_by(by).kept().order_by("created_at", "pk")
    if len(only := list(known[:2])) == 1:
        return only[0]
    if imported := known.filter(name=NAME, phone_number_id="").first():
        return imported
    channel = Channel(team_id=by.team_id, owner=by, name=NAME)
    if not dry_run:
        channel.save(force_insert=True)
    return channel


def erased_at(*, channel: Channel, number: str) -> dt.datetime | None:
    """When this person's chat was erased: what was written before does not come back."""
    rows = ErasedContact.objects.filter(channel=channel.pk, digest=digest_of(channel, number))
    return rows.values_list("erased_at", flat=True).first()


def is_contact_elsewhere(*, team_id: str, contact_id: str) -> bool:
    """Whether another team has a contact of this id."""
    return Contact.objects.filter(pk=contact_id).exclude(team=team_id).exists()


def known_messages(*, message_ids: Iterable[str]) -> dict[str, tuple[str, str]]:
    """Of those that are here: whose team they are, and of which contact."""
    rows = Message.objects.filter(pk__in=list(message_ids))
    return {pk: (team, contact) for pk, team, contact in rows.values_list("pk", "team", "contact")}


def holders_of(*, meta_ids: Iterable[str]) -> dict[str, str]:
    """Of messages that are here, by WhatsApp's ids: of which contact they are."""
    rows = Message.objects.filter(meta_message_id__in=list(meta_ids))
    return dict(rows.values_list("meta_message_id", "contact"))


def import_contact(*, contact: Contact, dry_run: bool = False) -> None:
    """Save a contact with its old id. Conflict when somebody was faster."""
    if dry_run:
        return
    rollups.mark(contact.team_id, [contact.created_at])
    try:
        contact.save(force_insert=True)
    except IntegrityError as error:
        raise Conflict(TAKEN) from error


def import_messages(*, by: User, messages: Sequence[Message], dry_run: bool = False) -> None:
    """Save messages of any contacts, all or none, with their events. Conflict when somebody was faster.

    The events come first: where this is cut off between, the next run finds the messages missing and does the rest.
    """
    if dry_run or not messages:
        return
    log(by, messages)
    by_contact = defaultdict[str, list[Message]](list)
    for message in messages:
        by_contact[message.contact_id].append(message)
    firsts = Contact.objects.filter(pk__in=list(by_contact)).values_list("created_at", flat=True)
    rollups.mark(by.team_id, [*firsts, *(message.created_at for message in messages)])
    try:
        save(messages, by_contact)
    except IntegrityError as error:
        raise Conflict(TAKEN) from error


def log(by: User, messages: Sequence[Message]) -> None:
    for message in messages:
        transcripts.start(message, transcripts.session_of(message))
    events = [transcripts.event_of(message) for message in messages]
    known = imports.known_events(team_id=by.team_id, events=events)
    imports.import_events(by=by, events=[each for each in events if (each.session_id, each.event_id) not in known])


@atomic
def save(messages: Sequence[Message], by_contact: dict[str, list[Message]]) -> None:
    Message.objects.bulk_create(messages)
    for contact_id, theirs in by_contact.items():
        Contact.objects.filter(pk=contact_id).update(**changes(theirs))


def changes(messages: Sequence[Message]) -> dict[str, Any]:
    """What a contact says of the chat with these messages in it. They were read in the other system."""
    first, last = min(message.created_at for message in messages), max(messages, key=place)
    at = last.created_at
    is_last = Q(last_message_at=None) | Q(last_message_at__lt=at) | Q(last_message_at=at, last_message_id__lt=last.pk)
    found = {
        "message_count": F("message_count") + len(messages),
        "created_at": people.set_if(Q(created_at__gt=first), "created_at", first),
        "last_message_at": people.set_if(is_last, "last_message_at", at),
        "last_message_id": people.set_if(is_last, "last_message_id", last.pk),
    }
    if theirs := [message.created_at for message in messages if message.role == MessageRole.USER]:
        is_newer = Q(last_inbound_at=None) | Q(last_inbound_at__lt=max(theirs))
        found["last_inbound_at"] = people.set_if(is_newer, "last_inbound_at", max(theirs))
    return found


def place(message: Message) -> tuple[dt.datetime, str]:
    return (message.created_at, message.pk)
