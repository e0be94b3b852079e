"""Starting jobs, one or many at once, and starting them again."""

import functools
from collections.abc import Sequence
from typing import Any

from django.db.models import F

from accounts.actions import usage
from accounts.models import User
from config import limits, sharing, storage_quota, times, work
from config.db import STORE_ERRORS, atomic
from config.errors import Conflict, DomainError
from config.leases import Status
from jobs import sources
from jobs.actions import callbacks, room
from jobs.actions.prepare import make_job
from jobs.models import ENDED_WITHOUT_SOUND, Callback, Counter, Job


def start_job(*, by: User, **fields: Any) -> Job:
    """Queue a text to be spoken, with the fields of `make_job`. Refused, and nothing kept, when it can't be done."""
    job = make_job(by=by, **fields)
    begin(by, [job])
    work.enqueue(job)
    return job


def start_jobs(*, by: User, entries: Sequence[dict[str, Any]]) -> list[Job]:
    """Queue many texts, for which nobody waits; each entry has the fields of one. All are queued, or none is.

    What refuses an entry says which one: the first has the number 0.
    """
    shared = {"find": functools.cache(sources.find), "check_url": callbacks.checker()}  # many name the same
    jobs = [make_entry(number, by=by, is_batch=True, **shared, **entry) for number, entry in enumerate(entries)]
    begin(by, jobs)
    for job in {job.queue: job for job in jobs}.values():
        sharing.enqueue_next(job)
    return jobs


def retry_job(*, by: User, job: Job) -> None:
    """Queue a job that failed or was cancelled once more, as if it had never been tried."""
    if job.can_retry:
        room.check(by, characters=job.characters)
        limits.hit("speech", by.pk)
    fresh = Job.afresh | {
        "queued_at": times.now(),
        "attempts": 0,
        "error": "",
        "cause": "",
        "completed_at": None,
        "total_chunks": None,
    }
    if not reopen(job, fresh):
        raise Conflict("Only a job that failed or was cancelled can be tried again.")
    work.enqueue(job)


@atomic
def reopen(job: Job, fresh: dict[str, Any]) -> bool:
    """A job that ends once more calls back once more."""
    is_reopened = job.move(ENDED_WITHOUT_SOUND, Status.QUEUED, **fresh)
    if is_reopened:
        callbacks.wait_again(job)
    return is_reopened


def make_entry(number: int, **fields: Any) -> Job:
    try:
        return make_job(**fields)
    except DomainError as error:
        error.put_within("jobs", number)
        raise


def begin(by: User, jobs: Sequence[Job]) -> None:
    """Save new jobs of one person, if all of them may be queued now. They are enqueued after that."""
    if any(job.is_kept for job in jobs):
        storage_quota.check(by)
    room.check(by, characters=sum(job.characters for job in jobs))
    limits.hit("speech", by.pk, cost=len(jobs))
    for job, number in zip(jobs, next_numbers("jobs", len(jobs)), strict=True):
        job.job_id = number
    insert(jobs)
    usage.count(by, jobs=len(jobs))


def insert(jobs: Sequence[Job]) -> None:
    """Save all of them with their callbacks, or none."""
    asked = callbacks.asked_for(jobs)
    if len(jobs) == 1 and not asked:
        jobs[0].save(force_insert=True)
        return
    try:
        insert_many(jobs, asked)
    except STORE_ERRORS:
        for model, rows in ((Job, jobs), (Callback, asked)):  # what a MongoDB without transactions has kept
            model.objects.filter(pk__in=[row.pk for row in rows]).delete()
        raise


@atomic
def insert_many(jobs: Sequence[Job], asked: Sequence[Callback]) -> None:
    """Callbacks first: without transactions one that has no job is found, a job that lacks its own is not."""
    Callback.objects.bulk_create(asked)
    Job.objects.bulk_create(jobs)


def next_numbers(name: str, count: int) -> range:
    """The next numbers of a counter, by compare-and-set: no two callers get the same one."""
    counter, _ = Counter.objects.get_or_create(name=name)
    while not Counter.objects.filter(pk=counter.pk, value=counter.value).update(value=F("value") + count):
        counter.refresh_from_db()
    return range(counter.value + 1, counter.value + count + 1)
