"""The sounds of jobs, which lie in the storage until they expire."""

import datetime as dt
import time
from contextlib import suppress

from django.core.files import File
from django.core.files.storage import default_storage

from accounts.models import User
from config import times
from config.db import in_batches
from config.files import delete_folders_before, stored, work_folder
from config.ids import new_id
from jobs import audio
from jobs.models import TEMP_AUDIO_LIFETIME, Job, TempAudio
from jobs.sounds import FOLDER, HOUR, temporary_name

WORK_FILE_SECONDS = 3600  # without a change, after which nobody works on a file any more


def put(job: Job, file: File, size_bytes: int) -> TempAudio:
    """Store a sound under the hour that it is, with its row, or neither."""
    kind = audio.get_format(job.format)
    return put_file(job.user_id, file, kind.extension, kind.content_type, size_bytes)


def put_file(user_id: str, file: File, extension: str, content_type: str, size_bytes: int) -> TempAudio:
    now, audio_id = times.now(), new_id()
    name = temporary_name(now, f"{audio_id}.{extension}")
    sound = TempAudio(audio_id=audio_id, user_id=user_id, path=name, content_type=content_type)
    sound.size_bytes, sound.created_at = size_bytes, now
    with stored(name, file):
        sound.save(force_insert=True)
    return sound


def discard(sound: TempAudio) -> None:
    """The file first: a row without a file says that the sound is gone, a file without a row lies there for a day."""
    default_storage.delete(sound.path)
    sound.delete()


def purge_expired() -> None:
    """Delete temporary sound that is over its lifetime: rows by their time, files by their folder's hour."""
    TempAudio.objects.filter(created_at__lt=times.now() - TEMP_AUDIO_LIFETIME).delete()
    last_hour = times.now() - TEMP_AUDIO_LIFETIME - dt.timedelta(hours=1)
    delete_folders_before(FOLDER, f"{last_hour:{HOUR}}")
    for path in work_folder().iterdir():
        with suppress(FileNotFoundError):  # whoever works on it has just deleted it
            if time.time() - path.stat().st_mtime > WORK_FILE_SECONDS:
                path.unlink()


def delete_sounds(user: User) -> None:
    """Delete every sound of an account that ends."""
    for batch in in_batches(TempAudio.objects.owned_by(user)):
        for sound in batch:
            discard(sound)
