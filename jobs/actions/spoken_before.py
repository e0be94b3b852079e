"""A job that asks for exactly what another one of the same person has: its file is copied, not made again."""

import logging
import shutil
import time
from collections import Counter
from pathlib import Path

from django.core.files.storage import default_storage

from config import times
from config.files import STORAGE_ERRORS
from config.leases import Status
from jobs import audio, sounds
from jobs.actions import cached_sounds
from jobs.models import CACHED_SOUND_LIFETIME, Job, Sentence
from jobs.synthesis import Spoken

logger = logging.getLogger(__name__)


def find(key: str) -> Job | None:
    """The last job that was made of the same, in as many days as sentences are kept; it may have lost its sound."""
    if not cached_sounds.is_on():
        return None
    made = Job.objects.filter(sound_key=key, status=Status.COMPLETED)
    return made.filter(completed_at__gte=times.now() - CACHED_SOUND_LIFETIME).order_by("-completed_at").first()


def take(job: Job, key: str, path: Path) -> Spoken | None:
    """Copy the sound of a job like this one to a local file; None when there is none."""
    before, started = find(key), time.perf_counter()
    if not before or not copy(before, path):
        return None
    return Spoken(
        encoded=audio.Encoded(before.duration, before.sample_rate, before.size_bytes, before.peaks),
        chunks=before.total_chunks,
        unspoken=Counter({each["character"]: each["count"] for each in before.unspoken}),
        sentences=[Sentence(*each) for each in before.sentences],
        first_audio=(times.now() - job.queued_at).total_seconds(),
        synthesis=0.0,
        encoding=time.perf_counter() - started,
        key=key,
    )


def copy(before: Job, path: Path) -> bool:
    """Whether its file is there, and whole. OSError when the disk takes no copy."""
    name = sounds.path_of(before)
    if not name:
        return False
    try:
        with default_storage.open(name) as sound, path.open("wb") as file:
            shutil.copyfileobj(sound, file)
    except (*STORAGE_ERRORS, FileNotFoundError) as error:
        logger.info("The sound of %s can't be copied: %s", before, error)
        return False
    return path.stat().st_size == before.size_bytes
