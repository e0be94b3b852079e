"""Rows of messages: inserted once, with what follows from them; changed and emptied; told to the transcript."""

import datetime as dt
import logging
from collections.abc import Iterable
from typing import Any

from django.db import IntegrityError
from django.db.models import Q

from config.db import atomic
from leads.actions import rollups, session_rows
from leads.actions.whatsapp import lanes, people, transcripts
from leads.actions.whatsapp.people import ContactGone
from leads.models import LaneKind, Message, MessageMedia, Step

logger = logging.getLogger(__name__)
log = transcripts.log


class StepGone(Exception):
    """Somebody else was first with the step that a message ends."""


def insert(
    message: Message,
    *,
    media: MessageMedia | None = None,
    kinds: Iterable[LaneKind] = (),
    name: str = "",
    ends: Step | None = None,
) -> bool:
    """Save a new message with its file, the counts of its contact and its steps, all or none.

    False when WhatsApp's id of it is known. ContactGone when its contact was erased. `name`: of the sender's profile.
    `ends`: the step that is done with by this message; False when somebody else has ended it.
    Whoever calls it wakes the lanes, hands over the file and calls `log` after the transaction.
    """
    if message.meta_message_id and of_meta_id(message.meta_message_id).exists():
        return False
    rollups.mark(message.team_id, moments_of(message))
    try:
        with session_rows.turn(message.team_id, message.contact_id):
            write(message, media, tuple(kinds), name, ends)
    except StepGone:
        return False
    except IntegrityError:
        if not message.meta_message_id or not of_meta_id(message.meta_message_id).exists():
            raise
        return False
    return True


def moments_of(message: Message) -> set[dt.datetime]:
    """Whose days say something else with it: a contact counts on the day of their first message."""
    at, known = message.created_at, message.contact.created_at
    return {at, known} if at < known else {at}


def of_meta_id(meta_message_id: str) -> Any:
    return Message.objects.filter(meta_message_id=meta_message_id)


@atomic
def write(
    message: Message, media: MessageMedia | None, kinds: tuple[LaneKind, ...], name: str, ends: Step | None
) -> None:
    """The message comes first: without transactions, nobody who was too late counts it. What it ends, before it."""
    if ends and not lanes.drop(ends):
        raise StepGone(f"Step {ends.pk} is gone.")
    message.save(force_insert=True)
    if not people.count(message, name):
        Message.objects.filter(pk=message.pk).delete()  # without transactions it would stay
        raise ContactGone(f"The contact of message {message.pk} is gone.")
    if media:
        media.message = message
        media.save(force_insert=True)
    for kind in kinds:
        lanes.add(message, kind)


def change_content(message: Message, content: str, at: dt.datetime) -> bool:
    """What its sender made of it later. False when that is not the latest, or the message was deleted."""
    is_later = Q(edited_at=None) | Q(edited_at__lt=at) | Q(edited_at=at, content__lt=content)
    rows = Message.objects.filter(is_later, pk=message.pk, deleted_at=None)
    is_changed = rows.update(content=content, edited_at=at) == 1
    transcripts.refresh(message)
    retell(message)
    return is_changed


def erase_content(message: Message, at: dt.datetime) -> bool:
    """It was deleted at that time: what it said goes, here, in its file and in the transcript; the row stays.

    False when that was known already: then only what a crash has left over goes.
    """
    is_earlier = Q(deleted_at=None) | Q(deleted_at__gt=at)
    rows = Message.objects.filter(is_earlier, pk=message.pk)
    is_new = rows.update(content="", metadata={}, edited_at=None, deleted_at=at) == 1
    message.content, message.metadata, message.deleted_at = "", {}, message.deleted_at or at
    discard_media(message)
    transcripts.refresh(message)
    retell(message)
    return is_new


def discard_media(message: Message) -> None:
    from leads.actions.whatsapp import media

    media.discard(message)


def retell(message: Message) -> None:
    from leads.actions.whatsapp import suggestions

    suggestions.retell(message)
