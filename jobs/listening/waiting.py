"""Waiting inside a request until a worker has made a job's sound, or the beginning of it."""

import time
from collections.abc import Iterator

from config.errors import DomainError, Unavailable, Unprocessable
from config.leases import Status
from jobs.listening import live
from jobs.models import Job

WAIT_SECONDS = 60
TEXT_CAUSES = frozenset({"nothing_to_say", "too_much"})


class StillMaking(Unavailable):
    code = "still_making"
    headers = {"X-Should-Retry": "false"}  # OpenAI's clients would ask by themselves for the same speech twice more


class JobFailed(Unavailable):
    code = "job_failed"


class TextRefused(Unprocessable):
    """What a worker has found out about a text: clients do not ask again by themselves, as after JobFailed."""

    def __init__(self, job: Job) -> None:
        super().__init__(job.error, field="text")
        self.code = job.cause


class JobCancelled(DomainError):
    code = "job_cancelled"


def until_completed(job: Job) -> Job:
    """The job's row, completed. It is looked at when its worker says that it has ended, else now and then.

    StillMaking when it takes too long; JobFailed, TextRefused or JobCancelled when there will be no sound.
    """
    until, after = time.monotonic() + WAIT_SECONDS, live.START
    while job.is_open:
        check_time(job, until)
        entries = live.news(job, after)
        if not entries or entries[-1].ended:
            job = look(job)
        after = entries[-1].id if entries else after
    check_sound(job)
    return job


def first_sound(job: Job, sound: Iterator[bytes]) -> bytes:
    """The first bytes of a sound that gives `b""` while there are none. Raises as `until_completed` does."""
    until = time.monotonic() + WAIT_SECONDS
    for part in sound:
        if part:
            return part
        check_time(job, until)
    raise JobFailed("There is no sound.")


def check_time(job: Job, until: float) -> None:
    if time.monotonic() > until:
        words = f"The speech takes longer than {WAIT_SECONDS} seconds. It will be at /api/jobs/{job.pk}/audio."
        raise StillMaking(words)


def check_sound(job: Job) -> None:
    """JobFailed or JobCancelled when the job has ended without sound, TextRefused when its text is why."""
    if job.status == Status.FAILED and job.cause in TEXT_CAUSES:
        raise TextRefused(job)
    if job.status == Status.FAILED:
        raise JobFailed(job.error)
    if job.status == Status.CANCELLED:
        raise JobCancelled("This job was cancelled.")


def look(job: Job) -> Job:
    row = Job.objects.filter(pk=job.pk).without_texts().defer("peaks").first()
    if row is None:
        raise JobCancelled("This job was deleted.")
    return row
