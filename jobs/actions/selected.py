"""Ending and deleting several jobs of one person at once."""

from collections.abc import Iterable

from accounts.models import User
from config.errors import Conflict, Unprocessable
from jobs.actions.end import delete_job, stop
from jobs.models import Job

SELECTED_MAX = 100


def cancel_selected(*, by: User, jobs: Iterable[Job]) -> int:
    """Stop those of the jobs that wait or are being made: how many. At most SELECTED_MAX, all of them `by`'s own."""
    return sum(stop(job) for job in selected(jobs))


def delete_selected(*, by: User, jobs: Iterable[Job]) -> int:
    """Delete the jobs with their sounds: how many. One that others change at the same time stays."""
    return sum(is_deleted(by, job) for job in selected(jobs))


def is_deleted(by: User, job: Job) -> bool:
    try:
        delete_job(by=by, job=job)
    except Conflict:
        return False
    return True


def selected(jobs: Iterable[Job]) -> list[Job]:
    """Read before any of them is changed."""
    found = list(jobs)
    if len(found) > SELECTED_MAX:
        raise Unprocessable(f"Choose at most {SELECTED_MAX} jobs at once.", field="jobs")
    return found
