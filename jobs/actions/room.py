"""How much of one account may wait to be spoken."""

from django.conf import settings

from accounts.models import User
from config.errors import TooMany
from jobs.models import Job

RETRY_SECONDS = 60  # by then some of it has been spoken


class QueueFull(TooMany):
    code = "queue_full"


def check(by: User, *, characters: int) -> None:
    """QueueFull when so many characters more are too many beside those that wait, or even alone."""
    limit = settings.QUEUE_CHARACTERS
    if characters > limit:
        message = (
            f"There are {characters:,} characters to speak; at most {limit:,} of yours may wait. Send fewer at once."
        )
        raise QueueFull(message, retry_after=RETRY_SECONDS)
    waiting = Job.objects.owned_by(by).open().count_characters()
    if waiting + characters > limit:
        message = (
            f"{waiting:,} characters of yours are waiting to be spoken; with {characters:,} more they would be over "
            f"the limit of {limit:,}. Wait until some are done, or cancel some, then try again."
        )
        raise QueueFull(message, retry_after=RETRY_SECONDS)
