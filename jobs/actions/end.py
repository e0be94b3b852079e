"""Ending jobs before they are done, and deleting them with their account."""

from accounts.models import User
from config import times
from config.db import delete_rows, in_batches
from config.errors import Conflict
from config.leases import OPEN, Status
from jobs.models import Job


def cancel_job(*, by: User, job: Job) -> None:
    """Stop a job that waits or is being made; its worker notices within a sentence."""
    if not stop(job):
        raise Conflict("This job has already finished.")


def stop(job: Job) -> bool:
    """Whether it was still open."""
    return job.move(OPEN, Status.CANCELLED, lease_token="", completed_at=times.now())


def cancel_jobs(user: User) -> None:
    """Stop whatever waits or is being made for this person."""
    for batch in in_batches(Job.objects.owned_by(user).open()):
        for job in batch:
            stop(job)


def delete_jobs(user: User) -> None:
    cancel_jobs(user)
    delete_rows(Job.objects.owned_by(user))
