"""Waiting inside a request until a worker has made a job's sound."""

import time

from config.errors import DomainError, Unavailable
from config.leases import Status
from jobs.models import Job

WAIT_SECONDS = 60
STEP_SECONDS = 0.1  # between two looks


class StillMaking(Unavailable):
    code = "still_making"


class JobFailed(Unavailable):
    code = "job_failed"


class JobCancelled(DomainError):
    code = "job_cancelled"


def until_completed(job: Job) -> Job:
    """The job's row, completed. It is looked at now and then, in no transaction.

    StillMaking when it takes too long, JobFailed or JobCancelled when there will be no sound.
    """
    until = time.monotonic() + WAIT_SECONDS
    while job.is_open:
        if time.monotonic() > until:
            words = f"The speech takes longer than {WAIT_SECONDS} seconds. It will be at /api/jobs/{job.pk}/audio."
            raise StillMaking(words)
        time.sleep(STEP_SECONDS)
        job = look(job)
    if job.status == Status.FAILED:
        raise JobFailed(job.error)
    if job.status == Status.CANCELLED:
        raise JobCancelled("This job was cancelled.")
    return job


def look(job: Job) -> Job:
    row = Job.objects.filter(pk=job.pk).defer("text", "peaks").first()
    if row is None:
        raise JobCancelled("This job was deleted.")
    return row
