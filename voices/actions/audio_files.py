"""The sounds that people keep here, and the records of those that their clients keep elsewhere."""

import logging
from collections.abc import Iterable, Iterator
from pathlib import Path

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import IntegrityError

from accounts.actions import audit, usage, users
from accounts.models import Event, User
from config import limits, storage_quota
from config.db import in_batches
from config.errors import TooLarge, Unprocessable, disk_sentence
from config.files import LocalFile, stored
from config.ids import new_id, parse_id
from config.text import forbidden_character, one_line
from voices import sound_files
from voices.actions import engine_deletions
from voices.models import (
    AUDIO_FILE_MAX_BYTES,
    ENCRYPTED_EXTENSION,
    ENCRYPTED_TYPE,
    FILE_NAME_MAX_CHARACTERS,
    S3_KEY_MAX_CHARACTERS,
    AudioFile,
    VoiceModel,
)

logger = logging.getLogger(__name__)
FOLDER = "audio"
FILE_SIZE_MAX = 2**63 - 1  # bytes; no database counts further
DURATION_MAX = 10**9  # seconds: 30 years


def upload_file(
    *, by: User, file: UploadedFile | LocalFile, name: str | None = None, is_encrypted: bool = False
) -> AudioFile:
    """Keep a sound, once it has been decoded; what its owner has encrypted is kept unread.

    The storage may take the file itself, by renaming it. `name` is what its owner calls it, if not as the file.
    """
    limits.hit("upload", by.pk)
    path = Path(file.temporary_file_path())
    size = path.stat().st_size
    if size > AUDIO_FILE_MAX_BYTES:
        raise TooLarge(f"This file is larger than {AUDIO_FILE_MAX_BYTES // 1024**2} MB. Cut it into parts.")
    storage_quota.check(by, more=size)
    name = clean_name(file.name if name is None else name)
    row = AudioFile(user=by, name=name, file_size=size, is_stored=True, is_encrypted=is_encrypted)
    describe(row, path, getattr(file, "content_type", "") or "")
    keep(row, file)
    usage.count(by, uploads=1, upload_bytes=size)
    return row


def describe(row: AudioFile, path: Path, content_type: str) -> None:
    """Give the row what decoding tells, and the name in the storage that follows from it."""
    row.content_type, extension = ENCRYPTED_TYPE, ENCRYPTED_EXTENSION
    if not row.file_size:
        raise sound_files.EmptyFile
    if not row.is_encrypted:
        sound = sound_files.read(path, name=row.name, content_type=content_type)
        sound_files.check_no_video(sound)
        row.content_type, extension = sound.content_type, sound.extension
        row.duration, row.sample_rate, row.channels = round(sound.duration, 3), sound.sample_rate, sound.channels
    row.s3_key = place(FOLDER, row, extension)


def place(folder: str, row: AudioFile | VoiceModel, extension: str) -> str:
    """The name in the storage of a new row's bytes."""
    row.pk = new_id()
    return f"{folder}/{row.user_id}/{row.pk}.{extension}"


def keep(row: AudioFile | VoiceModel, file: UploadedFile | LocalFile, *, at: str = "s3_key") -> None:
    """Store the file, under the name that the row has `at` this field, and the row, or neither.

    Of uploads that pass the quota together the last one is taken back, and so is one whose account was closed while
    it came in.
    """
    with stored(getattr(row, at), file) as name:
        setattr(row, at, name)
        try:
            insert(row)
            users.check_open(row.user)
            storage_quota.check(row.user)
        except BaseException:
            type(row).objects.filter(pk=row.pk).delete()
            raise


def insert(row: AudioFile | VoiceModel) -> None:
    try:
        row.save(force_insert=True)
    except IntegrityError:  # SQLite misses the owner
        users.check_open(row.user)
        raise


def clean_name(name: str) -> str:
    """The last part of a path, without what can't be seen in it."""
    last = name.replace("\\", "/").rpartition("/")[2]
    return one_line(last)[:FILE_NAME_MAX_CHARACTERS]


def record_object(*, by: User, s3_key: str, file_size: int = 0, duration: float | None = None) -> AudioFile:
    """Note an object that the client keeps itself. Whatever it names, we neither open nor delete it."""
    if not 1 <= len(s3_key) <= S3_KEY_MAX_CHARACTERS:
        raise Unprocessable(f"Name the object in 1 to {S3_KEY_MAX_CHARACTERS:,} characters.", field="s3_key")
    if character := forbidden_character(s3_key):
        raise Unprocessable(f"The name holds a character that is not taken ({character}).", field="s3_key")
    if not 0 <= file_size <= FILE_SIZE_MAX:
        raise Unprocessable("The size is a number of bytes, 0 or more.", field="file_size")
    if duration is not None and not 0 <= duration <= DURATION_MAX:
        raise Unprocessable(f"The duration is a number of seconds from 0 to {DURATION_MAX:,}.", field="duration")
    return AudioFile.objects.create(user=by, s3_key=s3_key, file_size=file_size, duration=duration)


def delete_file(*, by: User, file: AudioFile) -> None:
    """Delete a file, its bytes too if we keep them. Of two who do so at once one is noted."""
    if erase(file):
        audit.record(user=file.user, event=Event.FILE_DELETED, words=str(file))


def delete_files(*, by: User, file_ids: Iterable[str]) -> tuple[list[str], list[str]]:
    """Delete files by their ids or old UUIDs: those that were deleted, and those that `by` does not have."""
    asked = {file_id: parse_id(file_id) for file_id in file_ids}
    files = AudioFile.objects.owned_by(by).in_bulk(list(asked.values()))
    for file in files.values():
        delete_file(by=by, file=file)
    deleted = [file_id for file_id, pk in asked.items() if pk in files]
    return deleted, [file_id for file_id in asked if file_id not in deleted]


def delete_all(user: User) -> None:
    """Delete every file of an account that ends."""
    for batch in in_batches(AudioFile.objects.owned_by(user)):
        for file in batch:
            erase(file)


def erase(file: AudioFile) -> bool:
    """Whether the row was still there. A voice model that was begun with it, but never finished, goes too.

    The bytes first: a row without them can be deleted again, bytes without a row are never found.
    """
    if file.is_stored:
        erase_bytes(file)
    rows = AudioFile.objects.filter(pk=file.pk)
    if tag := rows.values_list("clone_tag", flat=True).first():
        engine_deletions.delete_begun_later(tag=tag)
    deleted, _ = rows.delete()
    return bool(deleted)


def erase_bytes(file: AudioFile) -> None:
    """What is no file, as an import may have brought it, stays: the row, and its account, could never be deleted."""
    try:
        default_storage.delete(file.s3_key)
    except OSError as error:
        if disk_sentence(error):
            raise
        logger.warning("%s stays in the storage: %s", file.s3_key, error)


def files_of(file: AudioFile) -> Iterator[tuple[str, str]]:
    """The name and the place of the bytes that we keep."""
    if file.is_stored:
        yield file.download_name, file.s3_key
