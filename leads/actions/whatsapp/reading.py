"""From the value of a change to rows.

In whatever order values come, how often, and however many workers read them at once: the rows are the same in the end.
"""

import datetime as dt
import logging
from collections import Counter
from collections.abc import Callable
from contextlib import suppress
from functools import partial
from typing import Any

from config import times, work
from leads.actions.whatsapp import lanes, message_rows, news, people
from leads.actions.whatsapp.people import ContactGone
from leads.models import Channel, Contact, LaneKind, Message, MessageMedia, MessageRole, MessageStatus
from leads.privacy import retention
from leads.whatsapp import payload
from leads.whatsapp.payload import Deletion, Edit, Incoming, Unusable

logger = logging.getLogger(__name__)
TRIES = 3  # against somebody who erases the contact meanwhile
CODES_LOGGED = 10  # of the errors that a value reports


def read(channel: Channel, value: Any, names: dict[str, str] | None = None) -> None:
    """Take each message and each status of a change's `value` on its own. Called outside transactions.

    `names`: those of the profiles, where they are known already. What can't be used is logged, without its content. If
    some fail for another reason, all others are taken, then the first failure is raised: reading it again is safe.
    """
    arrived, names = times.now(), payload.names_of(value) if names is None else names
    if codes := payload.error_codes_of(value)[:CODES_LOGGED]:
        logger.warning("WhatsApp reports errors of channel %s: %s", channel.pk, ", ".join(codes))
    entries = [partial(take_message, channel, each, names, arrived) for each in payload.messages_of(value)]
    entries += [partial(take_status, channel, each, arrived) for each in payload.statuses_of(value)]
    failures = [error for error in map(failure, entries) if error]
    unusable = Counter(str(error) for error in failures if isinstance(error, Unusable))
    for sentence, count in unusable.items():
        logger.warning("Of a webhook %d are not kept: %s", count, sentence)
    if broken := [error for error in failures if not isinstance(error, Unusable)]:
        raise broken[0]


def failure(entry: Callable[[], None]) -> Exception | None:
    """What went wrong with it, if anything did."""
    try:
        entry()
    except Exception as error:  # noqa: BLE001  it is raised in the end, or told
        return error
    return None


def take_status(channel: Channel, status: payload.Json, arrived: dt.datetime) -> None:
    news.take(channel, payload.read_status(status, arrived))


def take_message(channel: Channel, message: payload.Json, names: dict[str, str], arrived: dt.datetime) -> None:
    said = payload.read_message(message, names, arrived)
    if not isinstance(said, Incoming):
        take_change(channel, said, payload.sender_of(message))
        return
    for _ in range(TRIES - 1):
        with suppress(ContactGone):
            take(channel, said)
            return
    take(channel, said)


def take_change(channel: Channel, change: Edit | Deletion, sender: str) -> None:
    if not (retention.is_over(change.at) or people.is_erased(channel, sender, change.at)):
        news.take(channel, change)


def take(channel: Channel, said: Incoming) -> None:
    """Keep a message, unless it is too old, or its sender's chat was erased since. Who they are is found before that
    is asked."""
    contact = people.find(channel, said.sender)
    if retention.is_over(said.at) or people.is_erased(channel, said.sender, said.at):
        news.drop(channel, said.meta_id)
    elif known := message_rows.of_meta_id(said.meta_id).select_related("contact").first():
        finish(channel, known)
    else:
        keep(contact or people.make(channel, said.sender, said.at), channel, said)


def finish(channel: Channel, known: Message) -> None:
    """It has come before: do what a crash may have left undone. Another channel's is not touched."""
    from leads.actions.whatsapp import suggestions

    if known.contact.channel_id == channel.pk:
        news.catch_up(known)
        message_rows.log(known)
        suggestions.note(known.contact, known)


def keep(contact: Contact, channel: Channel, said: Incoming) -> None:
    contact.channel = channel
    message = row_of(contact, said)
    file = media_of(message, said)
    kinds = [LaneKind.ANSWER] if is_to_answer(channel, contact, message) else []
    if not message_rows.insert(message, media=file, kinds=kinds, name=said.name):
        take(channel, said)  # another worker was faster
        return
    news.catch_up(message)
    message_rows.log(message)
    follow_up(contact, message, file, kinds)


def row_of(contact: Contact, said: Incoming) -> Message:
    """The message, not saved. One that was deleted before it came is empty from the beginning."""
    message = Message(
        team_id=contact.team_id,
        contact=contact,
        role=MessageRole.USER,
        kind=said.kind,
        content=said.content,
        meta_message_id=said.meta_id,
        status=MessageStatus.RECEIVED,
        metadata=said.metadata,
        created_at=said.at,
    )
    waiting = news.waiting(contact.channel_id, said.meta_id)
    if deletions := [each.at for each in waiting if isinstance(each, Deletion)]:
        message.content, message.metadata, message.deleted_at = "", {}, min(deletions)
    return message


def media_of(message: Message, said: Incoming) -> MessageMedia | None:
    file = said.media
    if file is None or message.deleted_at:
        return None
    return MessageMedia(
        team_id=message.team_id,
        media_id=file.media_id,
        declared_type=file.declared_type,
        sha256=file.sha256,
        file_name=file.file_name,
    )


def is_to_answer(channel: Channel, contact: Contact, message: Message) -> bool:
    from leads.actions.whatsapp import answering  # the clients of other services are slow to load

    return contact.is_active and not message.deleted_at and answering.should_answer(channel, contact, message)


def follow_up(contact: Contact, message: Message, file: MessageMedia | None, kinds: list[LaneKind]) -> None:
    """What a new message sets going. The sweeper finds what a crash leaves out, or its delivery is read again."""
    from leads.actions.whatsapp import suggestions

    for kind in kinds:
        lanes.wake(team_id=message.team_id, contact_id=contact.pk, kind=kind)
    if file:
        work.enqueue(file)
    if not message.deleted_at:
        suggestions.note(contact, message)
