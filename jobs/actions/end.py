"""Ending jobs before they are done, and deleting them with their account."""

from django.core.files.storage import default_storage

from accounts.models import User
from config import times
from config.db import atomic, delete_rows, in_batches
from config.errors import Conflict
from config.leases import OPEN, Status
from jobs.actions import callbacks, segments, temp_audio
from jobs.figures import this_moment
from jobs.listening import progress
from jobs.models import Callback, Job, Segment, TempAudio

TRIES = 5  # to delete a job beside others that change it


def cancel_job(*, by: User, job: Job) -> None:
    """Stop a job that waits or is being made; its worker notices within a sentence."""
    if not stop(job):
        raise Conflict("This job has already finished.")


def stop(job: Job) -> bool:
    """Whether it was still open."""
    is_stopped = job.move(OPEN, Status.CANCELLED, lease_token="", completed_at=times.now())
    if is_stopped:
        progress.tell_change(job)
        this_moment.count_ended(job)
        callbacks.rest(job)
        segments.clear(job)
    return is_stopped


def cancel_jobs(user: User) -> None:
    """Stop whatever waits or is being made for this person."""
    for batch in in_batches(Job.objects.owned_by(user).open()):
        for job in batch:
            stop(job)


def delete_job(*, by: User, job: Job) -> None:
    """Delete a job with its sound; one that waits or is being made is stopped first."""
    for _ in range(TRIES):
        stop(job)
        row = Job.objects.filter(pk=job.pk).without_texts().first()
        if row is None or erase(row):
            return
    raise Conflict("This job is changing at the same time. Try again.")


def erase(job: Job) -> bool:
    """Delete a job that has ended; False when it has got another sound since it was read.

    The sound first: a row without it can be deleted again, a sound without its row is never found.
    """
    for sound in TempAudio.objects.filter(audio_id=job.audio_id or ""):
        temp_audio.discard(sound)
    if job.kept_path:
        default_storage.delete(job.kept_path)
    return delete_row(job)


@atomic
def delete_row(job: Job) -> bool:
    """With what belongs to it, if the job is still as it was read."""
    deleted, _ = Job.objects.filter(pk=job.pk, kept_path=job.kept_path, audio_id=job.audio_id).delete()
    if deleted:
        Callback.objects.filter(job=job.pk).delete()
        Segment.objects.filter(job=job.pk).delete()
    return bool(deleted)


def delete_jobs(user: User) -> None:
    """Delete every job of an account that ends, and the sounds that it keeps."""
    cancel_jobs(user)
    for batch in in_batches(Job.objects.owned_by(user).filter(is_kept=True)):
        for job in batch:
            erase(job)
    delete_rows(Job.objects.owned_by(user))
