"""Ending and deleting several jobs of one person at once."""

from collections.abc import Iterable

from accounts.models import User
from config.errors import Conflict
from config.selection import selected
from jobs.actions.end import delete_job, stop
from jobs.models import Job


def cancel_selected(*, by: User, jobs: Iterable[Job]) -> int:
    """Stop those of the jobs that wait or are being made: how many. At most SELECTED_MAX, all of them `by`'s own."""
    return sum(stop(job) for job in selected(jobs, "jobs"))


def delete_selected(*, by: User, jobs: Iterable[Job]) -> int:
    """Delete the jobs with their sounds: how many. One that others change at the same time stays."""
    return sum(is_deleted(by, job) for job in selected(jobs, "jobs"))


def is_deleted(by: User, job: Job) -> bool:
    try:
        delete_job(by=by, job=job)
    except Conflict:
        return False
    return True
