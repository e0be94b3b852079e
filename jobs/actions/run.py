"""Running jobs: from the queue to their sound, and to the queue again."""

import logging
from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.db.models import F

from accounts.actions import usage
from config import times, work
from config.db import STORE_ERRORS, again
from config.files import LocalFile, work_folder
from config.ids import new_id
from config.leases import Lease, LeaseLost, Status
from jobs import audio, synthesis, text
from jobs.actions import ended, kept_audio, temp_audio
from jobs.actions.making import Making
from jobs.listening import progress
from jobs.listening.publishing import Publisher
from jobs.models import TEMP_AUDIO_LIFETIME, Job
from voices.actions import voice_models
from voices.engines.loaded import give_memory_back

logger = logging.getLogger(__name__)


def run_job(*, job: Job) -> None:
    """Make the job's sound, unless somebody else does. The job ends completed, failed, or queued again."""
    was_open, publisher = job.is_open, Publisher(job)
    try:
        work.run(job, partial(make_sound, publisher=publisher))
    finally:
        publisher.end()
        progress.tell_change(job)
        if was_open and job.status in (Status.COMPLETED, Status.FAILED):  # by us: else the row here is as it was
            ended.job_ended(job=job)


def make_sound(lease: Lease[Job], *, publisher: Publisher) -> None:
    job, path = lease.row, work_path(lease.row)
    publisher.begin()
    progress.tell_change(job)
    making = Making(lease, publisher)
    try:
        finish_job(lease, publisher, making.speak(path), path)
    finally:
        path.unlink(missing_ok=True)
        count_billed(job, making.watch.billed_bytes)
        making.count_segments()
        if job.queue != "interactive":
            give_memory_back()


def work_path(job: Job) -> Path:
    return work_folder() / f"{job.pk}-{job.lease_token}.{audio.get_format(job.format).extension}"


def finish_job(lease: Lease[Job], publisher: Publisher, spoken: synthesis.Spoken, path: Path) -> None:
    """Store the sound and complete the job; a job that was lost at the last moment leaves nothing behind.

    When the database goes away just then, nobody knows whether the job is completed: the sound stays.
    """
    job = lease.row
    where, discard = store(lease, path, spoken.encoded.size_bytes)
    try:
        lease.complete(
            progress=100,
            total_chunks=spoken.chunks,
            completed_chunks=spoken.chunks,
            duration=round(spoken.encoded.duration, 3),
            size_bytes=spoken.encoded.size_bytes,
            sample_rate=spoken.encoded.sample_rate,
            timings=timings(job, spoken),
            peaks=spoken.encoded.peaks,
            sentences=list(map(list, spoken.sentences)),
            unspoken=text.listed(spoken.unspoken),
            sound_key=spoken.key,
            **where,
        )
    except LeaseLost:
        discard()
        raise
    publisher.end()
    progress.tell_change(job)
    kept_audio.keep_if_asked(job)
    count_speech(job, spoken.encoded.duration)
    logger.info("%s is ready: %.1f s of sound.", job, spoken.encoded.duration)


def store(lease: Lease[Job], path: Path, size_bytes: int) -> tuple[dict[str, Any], Callable[[], None]]:
    """Store the finished file: what its job says of it from then on, and how it is taken back.

    The lease is renewed for as long as the file is read, however slow the storage is.
    """
    job = lease.row
    with LocalFile(path, on_read=lease.note_step) as file:
        if kept_audio.is_wanted(job, size_bytes):
            name = kept_audio.put(job, file)
            where = {"audio_id": new_id(), "is_kept": True, "kept_path": name, "expires_at": None}
            return where, partial(default_storage.delete, name)
        sound = temp_audio.put(job, file, size_bytes)
    where = {"audio_id": sound.audio_id, "expires_at": sound.created_at + TEMP_AUDIO_LIFETIME}
    return where, partial(temp_audio.discard, sound)


def timings(job: Job, spoken: synthesis.Spoken) -> dict[str, float]:
    """Where the seconds since the job was asked for went."""
    seconds = {
        "queued": (job.started_at - job.queued_at).total_seconds(),
        "synthesis": spoken.synthesis,
        "encoding": spoken.encoding,
        "total": (times.now() - job.queued_at).total_seconds(),
        "first_audio": spoken.first_audio,
    }
    return {name: round(value, 3) for name, value in seconds.items()}


def requeue_lost() -> None:
    for job in work.requeue_lost(Job.objects.without_texts()):
        ended.job_ended(job=job)


def enqueue_waiting() -> None:
    work.enqueue_waiting(Job.objects.without_texts())


# What it has used


def count_speech(job: Job, seconds: float) -> None:
    usage.count(job.user, speech_seconds=seconds)
    if job.model_id:
        voice_models.count_use(model_id=job.model_id, jobs=1, seconds=seconds)


def count_billed(job: Job, billed_bytes: int) -> None:
    """What the engine bills of this try, however the try ended. Nobody's work fails for a figure."""
    try:
        is_counted = billed_bytes and add_billed(job, billed_bytes)
    except STORE_ERRORS as error:
        logger.warning("Not counted for %s: %d bytes (%s)", job, billed_bytes, error)
        return
    if not is_counted:  # nothing to count, or the account has gone with its jobs
        return
    usage.count(job.user, billed_bytes=billed_bytes)
    if job.model_id:
        voice_models.count_use(model_id=job.model_id, billed_bytes=billed_bytes)


@again
def add_billed(job: Job, billed_bytes: int) -> bool:
    return Job.objects.filter(pk=job.pk).update(billed_bytes=F("billed_bytes") + billed_bytes) == 1
