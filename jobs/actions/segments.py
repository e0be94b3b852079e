"""The segments of jobs that are being made, as rows that any worker may take."""

import datetime as dt
import logging
from collections.abc import Callable, Sequence
from functools import partial
from typing import TYPE_CHECKING

from django.db import IntegrityError
from redis.exceptions import RedisError

from config import sharing, times, work
from config.db import atomic, delete_rows
from config.leases import Lease, Status
from jobs.actions import cached_sounds
from jobs.job_voice import JobVoice
from jobs.models import Job, Segment
from jobs.segments import Plan
from voices import engines
from voices.engines import VoiceBroken

if TYPE_CHECKING:
    import numpy as np

logger = logging.getLogger(__name__)
SHARED_CHARACTERS = 400  # of a text, from which on it is worth to be shared: about three seconds of a slow voice
ROW_APART = dt.timedelta(milliseconds=1)  # so that those that wait longest are the first ones of the text


def has_help(job: Job) -> bool:
    """Whether other workers could make some of the job's segments. Voices of other services are asked by one alone."""
    if job.characters < SHARED_CHARACTERS or engines.is_remote(job.engine):
        return False
    try:
        return sharing.takers(Segment._meta.get_field("queue").default) > 1
    except RedisError:
        return False


def lay_out(job: Job, plans: Sequence[Plan]) -> dict[int, Segment]:
    """The rows of these segments by number, those that an earlier try has left among them; workers learn of them."""
    wanted, rows = {each.number: each for each in plans}, of_job(job)
    stale = [row.pk for row in rows.values() if row.number not in wanted or row.key != wanted[row.number].key]
    Segment.objects.filter(pk__in=stale).delete()
    left = {number for number, row in rows.items() if row.pk not in stale}
    try:
        insert([row_of(job, plan) for plan in plans if plan.number not in left])
    except IntegrityError:  # by another worker, which has taken the job over
        logger.info("The segments of %s are there already.", job)
    rows = of_job(job)
    if waiting := next((row for row in rows.values() if row.status == Status.QUEUED), None):
        work.enqueue(waiting)
    return rows


def of_job(job: Job) -> dict[int, Segment]:
    return {row.number: row for row in Segment.objects.filter(job=job.pk).defer("spoken")}


def row_of(job: Job, plan: Plan) -> Segment:
    made_at = times.now() + plan.number * ROW_APART
    fields = {"number": plan.number, "key": plan.key, "spoken": plan.spoken, "created_at": made_at}
    return Segment(job_id=job.pk, user_id=job.user_id, **fields)


@atomic
def insert(rows: Sequence[Segment]) -> None:
    Segment.objects.bulk_create(rows)


def run_segment(*, segment: Segment) -> None:
    """Make one segment for whoever makes its job, unless somebody else does or the job has ended."""
    job = Job.objects.filter(pk=segment.job_id).without_texts().first()
    if job is None or not job.is_open:
        segment.delete()
        return
    work.run(segment, partial(make_alone, job))


class AnotherVoice(VoiceBroken):
    """The voice's files here are not those with which the rest of the job is spoken."""

    def __init__(self) -> None:
        super().__init__("This worker has other files of the voice than the one that makes the job.")


def make_alone(job: Job, lease: Lease[Segment]) -> None:
    segment, voice = lease.row, JobVoice(job, between=lease.note_step)
    if voice.key(segment.spoken) != segment.key:
        raise AnotherVoice
    cached_sounds.put(segment.user_id, segment.key, say(lease, voice, work.reporter(lease, dict)))
    lease.complete()


def say(lease: Lease[Segment], voice: JobVoice, report: Callable[[], object]) -> "list[np.ndarray]":
    """The sounds of its sentences; `report` is called after each, and may raise to stop."""
    sounds = []
    for spoken in lease.row.spoken:
        sounds.append(voice.say(spoken))
        lease.note_step()
        report()
    return sounds


def next_waiting(job: Job, after: int) -> Segment | None:
    """The first one behind this number that nobody makes yet."""
    rows = Segment.objects.filter(job=job.pk, status=Status.QUEUED, number__gt=after)
    return rows.order_by("number").first()


def clear(job: Job) -> None:
    """Once nobody needs them: the job has ended."""
    Segment.objects.filter(job=job.pk).delete()


def clear_forgotten_segments() -> None:
    """Those of jobs that ended while their worker was still laying them out, or was killed before it cleared them."""
    jobs = {*Segment.objects.values_list("job_id", flat=True).distinct()}
    if over := jobs - {*Job.objects.filter(pk__in=jobs).open().values_list("pk", flat=True)}:
        delete_rows(Segment.objects.filter(job__in=over))


def requeue_lost_segments() -> None:
    work.requeue_lost(Segment.objects.all())


def enqueue_waiting_segments() -> None:
    work.enqueue_waiting(Segment.objects.all())
