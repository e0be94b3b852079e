"""The assistant's answers: one for each message of a contact, in order, while no person has taken over.

A reply, the step that sends it and the end of the step that asked for it are one transaction. So two workers of which
each takes itself for the holder of the lane can't answer one message twice: the step can be dropped once.
"""

import datetime as dt
import logging

from config import queue, times
from config.leases import Lease
from config.work import Stopping
from leads.actions.whatsapp import lanes, message_rows
from leads.actions.whatsapp.message_rows import ContactGone
from leads.assistant import prompt, replies
from leads.assistant.replies import Reply
from leads.models import (
    ERASED,
    WINDOW,
    Channel,
    Contact,
    Lane,
    LaneKind,
    Message,
    MessageKind,
    MessageRole,
    Speaking,
    Step,
)
from leads.whatsapp.cloud_api import CloudApi
from leads.whatsapp.failures import CloudApiFailure

logger = logging.getLogger(__name__)
TRIES_MAX = 3  # to find an answer; after as many crashes the fallback is one
LATER = dt.timedelta(milliseconds=1)
CLOCKS = dt.timedelta(minutes=5)  # by which the clocks of two machines may differ
LOST = "lost"  # why the model did not write a reply: each worker that asked it was lost


def should_answer(channel: Channel, contact: Contact, message: Message) -> bool:
    """Whether the assistant has to answer it: asked when it comes in, and again when its turn has come."""
    is_theirs = message.role == MessageRole.USER and prompt.is_told(message)
    is_ours_to_answer = channel.replies and contact.is_active and not contact.is_paused
    return is_ours_to_answer and is_theirs and is_open(contact, message)


def is_open(contact: Contact, message: Message) -> bool:
    """Whether WhatsApp takes an answer. The message may have come in this moment, and the contact not know it yet."""
    return times.now() < max(filter(None, (contact.last_inbound_at, message.created_at))) + WINDOW


def answer(step: Step, lease: Lease[Lane]) -> None:
    """Answer the message of the step, or drop the step when nobody wants that any more. Takes up to two minutes."""
    message = wanted(step)
    if message is None:
        lanes.drop(step)
        return
    channel = message.contact.channel
    reply = replies.fallback(channel, LOST) if lanes.begin(step) > TRIES_MAX else think(message, lease)
    if (message := wanted(step)) is None:  # a person has answered, or paused the assistant, meanwhile
        lanes.drop(step)
    else:
        put(step, reply_row(message, reply))


def put(step: Step, reply: Message) -> None:
    """Save the reply with its own step, in place of the step that asked for it; nothing when that has gone."""
    try:
        is_first = message_rows.insert(reply, kinds=[LaneKind.SEND], ends=step)
    except ContactGone:
        lanes.drop(step)
        return
    if is_first:
        message_rows.log(reply)
        lanes.wake(team_id=reply.team_id, contact_id=reply.contact_id, kind=LaneKind.SEND)


def wanted(step: Step) -> Message | None:
    """The message, as it is now with its contact and channel, if it is still to be answered."""
    rows = Message.objects.select_related("contact__channel__echo", "contact__channel__team")
    message = rows.filter(pk=step.message_id).exclude(contact__phone_number__startswith=ERASED).first()
    if message is None or not should_answer(message.contact.channel, message.contact, message):
        return None
    by_people = Message.objects.filter(contact=message.contact_id, role=MessageRole.ASSISTANT, sent_by__isnull=False)
    return None if by_people.filter(created_at__gt=message.created_at).exists() else message


def think(message: Message, lease: Lease[Lane]) -> Reply:
    contact = message.contact
    show_typing(contact.channel, message)
    lease.check()
    reply = replies.reply(contact.channel, contact, history(message))
    if reply.is_fallback and queue.stopping.is_set():
        raise Stopping  # there was no time to ask again; the next worker has it
    lease.check()
    return reply


def show_typing(channel: Channel, message: Message) -> None:
    """Mark it as read, with the sign that somebody writes. The answer does not depend on it."""
    try:
        CloudApi(channel).mark_read(message.meta_message_id, typing=True)
    except CloudApiFailure as failure:
        logger.info("Message %s is not marked as read: %s", message.pk, failure.code)


def history(message: Message) -> list[Message]:
    """What the model is told: the last messages up to this one, and the replies to them, which may be later."""
    most = max(1, message.contact.channel.context_messages)
    rows = Message.objects.filter(contact=message.contact_id).order_by("-created_at", "-pk")
    before = rows.filter(created_at__lte=message.created_at).exclude(pk=message.pk)[: 2 * most]
    replied = rows.filter(created_at__gt=message.created_at, role=MessageRole.ASSISTANT)[:most]
    return prompt.in_order([*before, *replied], message)


def reply_row(message: Message, reply: Reply) -> Message:
    """The reply, not saved. In the order of the chat, and of the lane that sends, it is the last one."""
    metadata = {prompt.ANSWERS_NOTE: message.pk}
    if reply.is_fallback:
        metadata[prompt.FALLBACK_NOTE] = reply.cause
    return Message(
        team_id=message.team_id,
        contact=message.contact,
        role=MessageRole.ASSISTANT,
        content=reply.text,
        is_spoken=is_spoken(message.contact.channel, message),
        metadata=metadata,
        created_at=after_all(message),
    )


def after_all(message: Message) -> dt.datetime:
    """Now; a moment after the message and the last reply, if another machine's clock made those later than now."""
    replied = Message.objects.filter(contact=message.contact_id, role=MessageRole.ASSISTANT)
    last = replied.order_by("-created_at", "-pk").values_list("created_at", flat=True).first()
    now = times.now()
    known = [time + LATER for time in (message.created_at, last) if time and time < now + CLOCKS]
    return max(now, *known)


def is_spoken(channel: Channel, message: Message) -> bool:
    if channel.echo_id is None:
        return False
    to_voice = channel.speaking == Speaking.TO_VOICE and message.kind == MessageKind.AUDIO
    return channel.speaking == Speaking.ALWAYS or to_voice
