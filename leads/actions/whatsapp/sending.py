"""Messages to contacts: each is a row and a step of its contact's lane, and a worker for the network sends it.

Nothing goes out outside the 24 hours in which WhatsApp takes free text. Each message carries its id, which comes back
with its statuses: so a message whose answer was lost is known as sent by the first news of it. It is sent once more
only when there has been none for a minute.
"""

import logging

from accounts.models import User
from config import queue
from config.db import atomic
from config.errors import Broken, Conflict, DomainError, NotFound, Unprocessable
from config.leases import Lease
from config.text import forbidden_character, plain_lines
from leads.actions.whatsapp import lanes, message_rows, outcomes, speaking
from leads.models import (
    FORMER_IDS,
    MESSAGE_TEXT_MAX_CHARACTERS,
    Contact,
    Lane,
    LaneKind,
    Message,
    MessageRole,
    MessageStatus,
    Step,
)
from leads.whatsapp.cloud_api import CloudApi
from leads.whatsapp.failures import Away, CloudApiFailure, Lost, NotConnected, WindowClosed

logger = logging.getLogger(__name__)
TRIES_MAX = 8  # of a step; only one that crashes comes so far


class Blocked(Conflict):
    code = "contact_blocked"


def write_to(*, by: User | None, contact: Contact, text: str, is_spoken: bool = False) -> Message:
    """Queue a message of up to 4,096 characters, by somebody of the team or the assistant; its row, not sent yet.

    `is_spoken`: with the voice of the channel's echo, as a voice note; as text if that can't be done. Refused outside
    the 24 hours, for a blocked contact, for a channel without a number, and for a text that WhatsApp does not take.
    """
    text = plain_lines(text).strip()
    check_text(text)
    check_open(contact)
    fields = {"role": MessageRole.ASSISTANT, "content": text, "is_spoken": is_spoken, "sent_by": by}
    message = Message(team_id=contact.team_id, contact=contact, **fields)
    try:
        message_rows.insert(message, kinds=[LaneKind.SEND])
    except message_rows.ContactGone:
        raise NotFound("This chat was deleted in the meantime.") from None
    message_rows.log(message)
    wake(message)
    return message


def send_again(*, by: User, message: Message) -> None:
    """Queue a message that failed once more. Conflict when it has not failed, or can't be sent."""
    if message.role != MessageRole.ASSISTANT or message.deleted_at or not message.content:
        raise Conflict("Only a message of yours that is still there can be sent again.")
    check_open(message.contact)
    if not reopen(message):
        raise Conflict("Only a message that failed can be sent again.")
    logger.info("Message %s is sent again, asked for by %s.", message.pk, by.pk)
    wake(message)


@atomic
def reopen(message: Message) -> bool:
    """WhatsApp gives it a new id: the one that it had, if any, stood for what failed, and so does all news of it."""
    fresh = {"status": "", "status_at": None, "error": "", "error_code": "", "meta_message_id": ""}
    if message.meta_message_id and isinstance(message.metadata, dict):
        fresh["metadata"] = message.metadata | {FORMER_IDS: [*message.former_ids, message.meta_message_id]}
    rows = Message.objects.filter(pk=message.pk, meta_message_id=message.meta_message_id)
    is_ours = rows.filter(status=MessageStatus.FAILED).update(**fresh) == 1
    if is_ours:
        lanes.add(message, LaneKind.SEND)
    return is_ours


def mark_read(contact: Contact) -> None:
    """Let a worker show them that what they wrote was read. What comes of it changes nothing here."""
    queue.enqueue("leads.tasks.mark_read", contact.pk, queue="network")


def wake(message: Message) -> None:
    lanes.wake(team_id=message.team_id, contact_id=message.contact_id, kind=LaneKind.SEND)


def check_text(text: str) -> None:
    if not text:
        raise Unprocessable("Write a message.", field="text")
    if len(text) > MESSAGE_TEXT_MAX_CHARACTERS:
        message = f"WhatsApp takes {MESSAGE_TEXT_MAX_CHARACTERS:,} characters at once; this has {len(text):,}."
        raise Unprocessable(message, field="text")
    if character := forbidden_character(text):
        raise Unprocessable(f"The text holds a character that can't be sent ({character}). Remove it.", field="text")


def check_open(contact: Contact) -> None:
    """Refused when WhatsApp, or somebody here, does not want them to be written to."""
    if not contact.is_active:
        raise Blocked("This contact is blocked. Unblock them to write to them.")
    if not contact.channel.can_send:
        raise NotConnected
    if not contact.is_window_open:
        raise WindowClosed


# By a worker


def send(step: Step, lease: Lease[Lane]) -> None:
    """Send the message of the step, or put the step off, or drop it: the message has failed then, or was sent before.

    Takes up to a minute and a half: a voice note is uploaded first. LeaseLost when somebody else is at this lane.
    """
    rows = Message.objects.select_related("contact__channel__owner")
    message = rows.filter(pk=step.message_id).first()
    if message and not step.tries:
        message_rows.log(message)  # whoever wrote it may have been killed before that
    if message is None or is_over(message):
        outcomes.end(step)
        return
    try:
        check_possible(step, message)
        if speaking.waits(step, message):
            return
        meta_id = deliver(step, message, lease)
    except DomainError as refusal:
        outcomes.take_refusal(step, message, refusal)
    else:
        outcomes.note_sent(step, message, meta_id)


def check_possible(step: Step, message: Message) -> None:
    """Refused when it must not be tried, or has been tried often enough by workers that were lost."""
    check_open(message.contact)
    if step.in_doubt >= outcomes.DOUBTS_MAX:
        raise Lost
    if step.tries > TRIES_MAX:
        raise Broken("Something broke while this was sent. It is in the log.")


def is_over(message: Message) -> bool:
    """A status may have told more than the answer, which was lost."""
    return bool(message.meta_message_id or message.status or message.deleted_at)


def deliver(step: Step, message: Message, lease: Lease[Lane]) -> str:
    """The message's id at Meta. While nobody knows whether it has one, the step is in doubt."""
    api = CloudApi(message.contact.channel)
    outcomes.begin(step)
    try:
        return call(step, message, api, lease)
    except CloudApiFailure as failure:
        step.in_doubt -= not failure.is_unknown
        raise


def call(step: Step, message: Message, api: CloudApi, lease: Lease[Lane]) -> str:
    media_id = upload(step, message, api, lease) if message.is_spoken else ""
    lease.check()
    to = message.contact.phone_number
    if media_id:
        return api.send_audio(to, media_id, callback_data=message.pk)
    return api.send_text(to, message.content, callback_data=message.pk)


def upload(step: Step, message: Message, api: CloudApi, lease: Lease[Lane]) -> str:
    """The id of the voice note at Meta; '' when the message goes as text instead."""
    sound = speaking.sound_of(step, message)
    if not sound:
        return ""
    lease.check()
    try:
        return api.upload(sound)
    except Lost as failure:  # of a file nothing is lost by sending it twice
        raise Away from failure
    except CloudApiFailure as failure:
        if failure.may_pass or failure.is_of_channel:
            raise
        speaking.give_up(message, failure.sentence)
        return ""
