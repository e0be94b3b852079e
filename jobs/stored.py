"""The files that rows of this app name in the storage."""

import datetime as dt
from collections.abc import Iterator, Sequence
from pathlib import PurePosixPath

from config import times
from config.hooks import StoredFiles, stored_files
from config.ids import OBJECT_ID
from config.storage_audit import BATCH, owners_in
from jobs.actions import cached_sounds, kept_audio, temp_audio
from jobs.actions.audiobooks import opening
from jobs.models import CACHED_SOUND_LIFETIME, TEMP_AUDIO_LIFETIME, Audiobook, CachedSound, Job, TempAudio

HOUR, DAY = dt.timedelta(hours=1), dt.timedelta(days=1)
PURGED_AFTER = TEMP_AUDIO_LIFETIME + 3 * HOUR  # from the hour of a folder: its last sound lives a day, a sweep is late


def temporary_named() -> Iterator[tuple[str, str]]:
    """Of sounds that have not expired: the others go at any moment, row and file each in its own time."""
    alive = TempAudio.objects.filter(created_at__gte=times.now() - TEMP_AUDIO_LIFETIME)
    return alive.values_list("audio_id", "path").iterator(chunk_size=BATCH)


def temporary_known(names: Sequence[str]) -> set[str]:
    """A sound is called by its id; one that an importer brought is found by its hour."""
    ids = [PurePosixPath(name).stem for name in names]
    found = {*TempAudio.objects.filter(audio_id__in=ids).values_list("path", flat=True)} & set(names)
    found |= parts_known(names)
    rest = set(names) - found
    for hour in {hour for name in rest if (hour := hour_of(name))}:
        rows = TempAudio.objects.filter(created_at__gte=hour, created_at__lt=hour + HOUR, path__in=sorted(rest))
        found |= set(rows.values_list("path", flat=True))
    return found


def parts_known(names: Sequence[str]) -> set[str]:
    """Parts of the sound of jobs that are still being made, for those who listen."""
    parts = {name: PurePosixPath(name).name.partition("-")[0] for name in names if name.endswith(".part")}
    pks = [pk for pk in parts.values() if OBJECT_ID.fullmatch(pk)]
    being_made = {*Job.objects.filter(pk__in=pks).open().values_list("pk", flat=True)} if pks else set()
    return {name for name, pk in parts.items() if pk in being_made}


def hour_of(name: str) -> dt.datetime | None:
    """That of the folder in which a temporary sound lies."""
    return folder_time(name, temp_audio.HOUR)


def folder_time(name: str, pattern: str) -> dt.datetime | None:
    """When the time began by which the folder of a file is called; None for any other folder."""
    try:
        return dt.datetime.strptime(PurePosixPath(name).parent.name, pattern).replace(tzinfo=dt.UTC)
    except ValueError:
        return None


def expires(name: str) -> bool:
    """Whether its folder's day is over: MongoDB has deleted the rows, and the next sweep takes the files."""
    hour = hour_of(name)
    return hour is not None and TEMP_AUDIO_LIFETIME <= times.now() - hour < PURGED_AFTER


def kept_named() -> Iterator[tuple[str, str]]:
    rows = Job.objects.filter(is_kept=True).exclude(kept_path="").values_list("job_id", "kept_path")
    yield from ((f"job {number}", name) for number, name in rows.iterator(chunk_size=BATCH))
    books = Audiobook.objects.exclude(path="").values_list("pk", "path")
    yield from ((f"audiobook {pk}", name) for pk, name in books.iterator(chunk_size=BATCH))


def kept_known(names: Sequence[str]) -> set[str]:
    """Found by the person whose folder a sound lies in."""
    rows = Job.objects.filter(is_kept=True, user_id__in=owners_in(names), kept_path__in=names)
    books = Audiobook.objects.filter(user_id__in=owners_in(names), path__in=names)
    return {*rows.values_list("kept_path", flat=True), *books.values_list("path", flat=True)}


def documents_named() -> Iterator[tuple[str, str]]:
    rows = Audiobook.objects.exclude(source_path="").values_list("pk", "source_path")
    return rows.iterator(chunk_size=BATCH)


def documents_known(names: Sequence[str]) -> set[str]:
    rows = Audiobook.objects.filter(user_id__in=owners_in(names), source_path__in=names)
    return set(rows.values_list("source_path", flat=True))


def cached_named() -> Iterator[tuple[str, str]]:
    alive = CachedSound.objects.filter(created_at__gte=times.now() - CACHED_SOUND_LIFETIME)
    return alive.values_list("pk", "path").iterator(chunk_size=BATCH)


def cached_known(names: Sequence[str]) -> set[str]:
    """A file has the id of its row."""
    pks = [pk for name in names if OBJECT_ID.fullmatch(pk := PurePosixPath(name).stem)]
    return {*CachedSound.objects.filter(pk__in=pks).values_list("path", flat=True)} & set(names)


def cached_expires(name: str) -> bool:
    """As with temporary sound."""
    day = folder_time(name, cached_sounds.DAY)
    return day is not None and CACHED_SOUND_LIFETIME <= times.now() - day < CACHED_SOUND_LIFETIME + 3 * DAY


def register() -> None:
    stored_files.register(
        StoredFiles("temporary sounds", (temp_audio.FOLDER,), temporary_named, temporary_known, expires)
    )
    stored_files.register(
        StoredFiles("cached sounds", (cached_sounds.FOLDER,), cached_named, cached_known, cached_expires)
    )
    stored_files.register(StoredFiles("documents", (opening.FOLDER,), documents_named, documents_known))
    stored_files.register(StoredFiles("kept sounds", (kept_audio.FOLDER,), kept_named, kept_known))
