"""Messages that are sent as voice notes: a job of the channel's owner speaks the text with the channel's echo.

The text stays at the message. A job is deleted once its message has gone, so that no copy outlives an erased chat.
"""

import logging

from django.core.files.storage import default_storage

from config import times
from config.errors import DomainError, NotFound
from config.files import STORAGE_ERRORS
from jobs import actions as jobs
from jobs import sounds
from jobs.models import Job
from leads.actions.whatsapp import lanes
from leads.models import Message, Step

logger = logging.getLogger(__name__)
WAIT_SECONDS = 120  # for the voice; after that it is sent as text
FORMAT = "opus"  # in Ogg, one channel: what WhatsApp takes for a voice note
TITLE = "A reply on WhatsApp"
ERRORS = (DomainError, OSError, *STORAGE_ERRORS)
NO_VOICE = "the channel has no echo, or nobody whose echo it is"


def waits(step: Step, message: Message) -> bool:
    """Whether the step was put off until its job has spoken. The first call starts the job."""
    if not message.is_spoken or step.job_id:
        return False  # the job has ended, or has had its time
    job = start(message)
    if job is None:
        return False
    lanes.put_off(step, WAIT_SECONDS, job_id=job.pk)
    # One that has ended before the step knew it wakes no lane
    return Job.objects.open().filter(pk=job.pk).exists()


def start(message: Message) -> Job | None:
    """None when it goes as text."""
    channel = message.contact.channel
    if not (channel.echo_id and channel.owner):
        give_up(message, NO_VOICE)
        return None
    try:
        return jobs.start_job(
            by=channel.owner, text=message.content, echo_id=channel.echo_id, format=FORMAT, title=TITLE
        )
    except DomainError as refusal:
        give_up(message, refusal.message)
        return None


def sound_of(step: Step, message: Message) -> bytes | None:
    """What the job has spoken, in Ogg; None when the message goes as text."""
    try:
        if (job := Job.objects.filter(pk=step.job_id).first()) is None:
            raise NotFound("its job was deleted")
        with default_storage.open(sounds.of_job(job).name) as file:
            return file.read()
    except ERRORS as error:
        give_up(message, str(error))
        return None


def give_up(message: Message, why: str) -> None:
    """It goes as text."""
    logger.warning("Message %s is not spoken: %s", message.pk, why)
    message.is_spoken = False
    Message.objects.filter(pk=message.pk).update(is_spoken=False)


def job_ended(job: Job) -> None:
    """Wake the lane of the message that the job has spoken, or could not speak."""
    waiting = Step.objects.filter(job_id=job.pk, tries=0)
    for step in waiting:
        if waiting.filter(pk=step.pk).update(due_at=times.now()):
            lanes.wake(team_id=step.team_id, contact_id=step.contact_id, kind=step.kind)


def forget(step: Step) -> None:
    """Delete the job with its sound. What stays of it now expires in a day."""
    for job in Job.objects.filter(pk=step.job_id or None).select_related("user"):
        try:
            jobs.delete_job(by=job.user, job=job)
        except ERRORS as error:
            logger.warning("%s, which spoke a message, is not deleted: %s", job, error)
