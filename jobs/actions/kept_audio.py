"""Sounds that are kept beyond their day: moved out of the temporary ones, and back among them."""

import logging

from django.core.files import File
from django.core.files.storage import default_storage

from accounts.models import User
from config import storage_quota
from config.db import STORE_ERRORS, in_batches
from config.errors import Conflict, Gone, NotFound, QuotaReached
from config.files import NO_FILE, STORAGE_ERRORS, copy, stored
from config.ids import new_id
from config.leases import OPEN, Status
from jobs import audio, sounds
from jobs.actions import temp_audio
from jobs.models import TEMP_AUDIO_LIFETIME, Job, TempAudio

logger = logging.getLogger(__name__)
FOLDER = "kept"
CHANGED = "This job was changed in the meantime. Look at it, then decide."


def keep_sound(*, by: User, job: Job) -> None:
    """Keep the sound until its job is deleted; of a job that is still being made, once it is there.

    Conflict when there is none, Gone when it has expired, QuotaReached when its owner's storage is full.
    """
    if job.kept_path:
        return
    storage_quota.check(job.user, more=job.size_bytes or 0)
    if job.change({"status__in": list(OPEN)}, is_kept=True):
        return
    read_again(job)
    try:
        move_out(job)
    except (Conflict, Gone):
        read_again(job)
        if not job.kept_path:  # nobody else has kept it at the same time
            raise


def release_sound(*, by: User, job: Job) -> None:
    """Keep the sound no longer: it expires a day from now."""
    if job.change({"kept_path": ""}, is_kept=False):
        return
    read_again(job)
    if job.kept_path:
        move_back(job)


def read_again(job: Job) -> None:
    try:
        job.refresh_from_db()
    except Job.DoesNotExist as error:
        raise NotFound("This job was deleted in the meantime.") from error


def move_out(job: Job) -> None:
    """Copy the sound of a completed job out of the temporary ones, note that, and delete the temporary one."""
    if job.kept_path:
        return
    held, expires_at = {"status": Status.COMPLETED, "audio_id": job.audio_id, "kept_path": ""}, job.expires_at
    source, name = sounds.of_job(job).name, free_name(job)
    copy(source, name)
    settle(job, held, name, is_kept=True, kept_path=name, expires_at=None)
    try:
        storage_quota.check(job.user)  # others may have filled it at the same time
    except QuotaReached:
        if job.change({"kept_path": name}, is_kept=False, kept_path="", expires_at=expires_at):
            default_storage.delete(name)
        raise
    for sound in TempAudio.objects.filter(audio_id=job.audio_id):
        temp_audio.discard(sound)


def free_name(job: Job) -> str:
    return f"{FOLDER}/{job.user_id}/{new_id()}.{audio.get_format(job.format).extension}"


def settle(job: Job, held: dict[str, object], copied: str, **fields: object) -> None:
    """Write where the sound is now, if the job still is as it was. Conflict, and no copy, when it isn't."""
    if not job.change(held, **fields):
        default_storage.delete(copied)
        raise Conflict(CHANGED)


def move_back(job: Job) -> None:
    """Put a kept sound among the temporary ones, under an id of its own: the former one may still stand there."""
    name = job.kept_path
    try:
        with default_storage.open(name) as file:
            sound = temp_audio.put(job, file, job.size_bytes)
    except NO_FILE as error:
        raise Gone(sounds.LOST) from error
    now = {"audio_id": sound.audio_id, "expires_at": sound.created_at + TEMP_AUDIO_LIFETIME}
    if not job.change({"kept_path": name}, is_kept=False, kept_path="", **now):
        temp_audio.discard(sound)
        raise Conflict(CHANGED)
    default_storage.delete(name)


# Sounds that were to be kept before they were made


def is_wanted(job: Job, size_bytes: int) -> bool:
    """Whether the sound of so many bytes is to be kept, and there is room for it; without room it stays temporary."""
    if not Job.objects.filter(pk=job.pk, is_kept=True).exists():
        return False
    try:
        storage_quota.check(job.user, more=size_bytes)
    except QuotaReached as error:
        stay_temporary(job, error)
        return False
    return True


def stay_temporary(job: Job, error: Exception) -> None:
    job.change({"kept_path": ""}, is_kept=False)
    logger.info("The sound of %s is not kept: %s", job, error)


def put(job: Job, file: File) -> str:
    """Move the finished file into the storage; its name there."""
    name = free_name(job)
    with stored(name, file):
        return name


def keep_if_asked(job: Job) -> None:
    """Keep the sound of a completed job, if that was asked for at the last moment; what fails is tried again later."""
    try:
        for asked in Job.objects.to_keep().filter(pk=job.pk).without_texts():
            keep_late(asked)
    except (*STORE_ERRORS, *STORAGE_ERRORS, OSError) as error:
        logger.warning("The sound of %s is not kept yet: %s", job, error)


def keep_late(job: Job) -> None:
    """A sound that finds no room, or has changed since, stays temporary."""
    try:
        move_out(job)
    except (QuotaReached, Gone, Conflict) as error:
        stay_temporary(job, error)


def keep_the_rest() -> None:
    """Keep what was asked for at the last moment when the worker was killed or the storage was away.

    While it is away still, one try holds the other sweeps up long enough.
    """
    try:
        for batch in in_batches(Job.objects.to_keep()):
            for job in batch:
                keep_late(job)
    except (*STORAGE_ERRORS, OSError) as error:
        logger.warning("What is to be kept is kept later: %s", error)
