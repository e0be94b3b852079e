"""A worker puts the chapters into one file. It is kept like the chapters, or goes after a day like they do then."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import Any

from django.core.files.base import File
from django.core.files.storage import default_storage

from config import storage_quota, work
from config.errors import Gone
from config.files import NO_FILE, LocalFile, stored, work_folder
from config.ids import new_id
from config.leases import Lease
from jobs import book_sounds, m4b
from jobs.actions import kept_audio, temp_audio
from jobs.models import TEMP_AUDIO_LIFETIME, Audiobook, Job, TempAudio


def bind(lease: Lease[Audiobook]) -> None:
    row = lease.row
    path = work_folder() / f"{row.pk}-{row.lease_token}.{m4b.EXTENSION}"
    found = book_sounds.of_chapters(row)
    try:
        bound = m4b.write(
            [m4b.Part(each.chapter.title, each.name, each.job.duration or 0.0) for each in found],
            path,
            open_sound=open_sound,
            title=row.title,
            author=row.author,
            report=work.reporter(lease, progress),
        )
        finish(lease, path, bound, [each.job for each in found])
    finally:
        path.unlink(missing_ok=True)


def progress(done: int, total: int) -> dict[str, int]:
    return {"progress": min(99, 99 * done // total)}


def open_sound(name: str) -> File:
    try:
        return default_storage.open(name)
    except NO_FILE as error:
        raise Gone("The sound of a chapter has just gone. Try again: it is spoken once more.") from error


def finish(lease: Lease[Audiobook], path: Path, bound: m4b.Bound, jobs: list[Job]) -> None:
    """Store the file and complete the row; what was stored of an earlier one goes."""
    row = lease.row
    earlier = row.path, row.audio_id
    with LocalFile(path, on_read=lease.note_step) as file:
        where, discard = keep(row, file, bound) if row.is_kept else let_go(row, file, bound)
    try:
        for job in [] if row.is_kept else jobs:
            kept_audio.release_sound(by=row.user, job=job)
            lease.note_step()
        lease.complete(progress=100, duration=round(bound.duration, 3), size_bytes=bound.size_bytes, **where)
    except Exception:
        discard()
        raise
    delete_files(*earlier)


Stored = tuple[dict[str, Any], Callable[[], object]]  # what the row says of it, and how it is taken back


def keep(row: Audiobook, file: LocalFile, bound: m4b.Bound) -> Stored:
    """QuotaReached when there is no room for it beside the chapters."""
    storage_quota.check(row.user, more=bound.size_bytes)
    name = f"{kept_audio.FOLDER}/{row.user_id}/{new_id()}.{m4b.EXTENSION}"
    with stored(name, file):
        return {"path": name, "audio_id": "", "expires_at": None}, partial(default_storage.delete, name)


def let_go(row: Audiobook, file: LocalFile, bound: m4b.Bound) -> Stored:
    sound = temp_audio.put_file(row.user_id, file, m4b.EXTENSION, m4b.CONTENT_TYPE, bound.size_bytes)
    where = {"path": "", "audio_id": sound.audio_id, "expires_at": sound.created_at + TEMP_AUDIO_LIFETIME}
    return where, partial(temp_audio.discard, sound)


def delete_files(path: str, audio_id: str) -> None:
    """Of a bound file, wherever it lies."""
    if path:
        default_storage.delete(path)
    for sound in TempAudio.objects.filter(audio_id=audio_id) if audio_id else ():
        temp_audio.discard(sound)
