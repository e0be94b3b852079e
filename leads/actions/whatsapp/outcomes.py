"""What became of a try to send: the message's status, when it is tried again, and what the channel's page says."""

import datetime as dt
import logging

from django.db import IntegrityError

from config import times
from config.db import atomic
from config.errors import DomainError
from leads.actions.whatsapp import channel_problems, lanes, news, speaking
from leads.models import Message, MessageStatus, Step
from leads.whatsapp.failures import CloudApiFailure, Lost

logger = logging.getLogger(__name__)
PAUSES = (5, 30, 120)  # seconds before the second, third and last try, unless WhatsApp asks for more
SETTLING_SECONDS = 60  # in which a status may tell that a message was sent, whose answer was lost
DOUBTS_MAX = 2  # tries without a known outcome; a third could be the third copy on somebody's phone


def begin(step: Step) -> None:
    """A try begins. Should this worker be lost in it, the next one waits for news of the message first."""
    settled_at = times.now() + dt.timedelta(seconds=SETTLING_SECONDS)
    lanes.begin(step, in_doubt=step.in_doubt + 1, due_at=settled_at)


def note_sent(step: Step, message: Message, meta_id: str) -> None:
    """WhatsApp has taken it. A status that came before the answer stays: it knows more."""
    try:
        write_sent(step, message, meta_id)
    except IntegrityError:  # another message has that id: then this one is sent, and no status will find it
        logger.warning("WhatsApp gave message %s the id of another one.", message.pk)
        write_sent(step, message, "")
    message.meta_message_id = meta_id
    news.catch_up(message)
    speaking.forget(step)
    if message.contact.channel.problem:
        channel_problems.note(message.contact.channel, problem="", tested_at=times.now())


@atomic
def write_sent(step: Step, message: Message, meta_id: str) -> None:
    row = Message.objects.filter(pk=message.pk)
    row.filter(meta_message_id="").update(meta_message_id=meta_id)
    row.filter(status="").update(status=MessageStatus.SENT, status_at=times.now())
    lanes.drop(step)


def take_refusal(step: Step, message: Message, refusal: DomainError) -> None:
    """Try again, when that may help; else it has failed, and if that is because of the channel, its page says so."""
    failure = refusal if isinstance(refusal, CloudApiFailure) else None
    if failure and (pause := pause_after(step, failure)):
        lanes.put_off(step, pause, in_doubt=step.in_doubt)
        logger.info("Message %s is tried again in %d s: %s.", message.pk, pause, failure.code)
        if failure.is_unknown and Message.objects.filter(pk=message.pk, meta_message_id__gt="").exists():
            end(step)  # a status was faster than the answer, which is lost
        return
    note_failed(step, message, refusal)
    if failure and failure.is_of_channel:
        channel_problems.note_problem(message.contact.channel, failure.sentence)


def pause_after(step: Step, failure: CloudApiFailure) -> int | None:
    """Seconds until the next try; None when there is to be none."""
    if failure.is_unknown:
        return SETTLING_SECONDS if step.in_doubt < DOUBTS_MAX else None
    if not failure.may_pass or step.tries > len(PAUSES):
        return None
    return max(PAUSES[step.tries - 1], failure.pause or 0)


def note_failed(step: Step, message: Message, refusal: DomainError) -> None:
    """Its sentence stands at the message, unless a try before this one may have worked."""
    told = Lost() if step.in_doubt else refusal
    code = told.error_code if isinstance(told, CloudApiFailure) else told.code
    write_failed(step, message, told.message, code)
    speaking.forget(step)
    logger.info("Message %s was not sent: %s.", message.pk, code)


@atomic
def write_failed(step: Step, message: Message, sentence: str, code: str) -> None:
    """Not at a message that a status has called sent meanwhile."""
    failed = {"status": MessageStatus.FAILED, "status_at": times.now(), "error": sentence, "error_code": code}
    Message.objects.filter(pk=message.pk, status="", meta_message_id="").update(**failed)
    lanes.drop(step)


def end(step: Step) -> None:
    """There is nothing to do for it any more."""
    lanes.drop(step)
    speaking.forget(step)
