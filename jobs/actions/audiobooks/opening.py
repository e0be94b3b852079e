"""Documents come in: looked at by their first bytes, kept, and given to a worker that reads them."""

from pathlib import Path, PurePosixPath
from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

from accounts.models import User
from config import limits, work
from config.errors import Conflict, TooLarge, Unprocessable, WrongType
from config.files import stored
from config.ids import new_id
from config.text import forbidden_character, one_line
from jobs.actions.audiobooks import voices
from jobs.documents import kinds
from jobs.documents.bounds import FILE_MAX_BYTES, TITLE_MAX_CHARACTERS
from jobs.documents.document import Unreadable
from jobs.models import DRAFTS_MAX, Audiobook

FOLDER = "documents"
NAME_MAX_CHARACTERS = 255
NO_NAME = "document"


class NotADocument(WrongType):
    code = "not_a_document"


def open_document(
    *,
    by: User,
    file: UploadedFile,
    title: str = "",
    author: str = "",
    keep: bool = True,
    start: bool = False,
    **voice: Any,
) -> Audiobook:
    """Have a worker read a document; with `start` its chapters are spoken after that, else they wait to be looked at.

    `voice` is what `columns_of` takes. TooLarge, NotADocument by its first bytes, Conflict when too many wait already.
    """
    limits.hit("upload", by.pk)
    check_file(Path(file.temporary_file_path()))
    check_drafts(by)
    row = Audiobook(pk=new_id(), user=by, source_name=clean_name(file.name or ""))
    row.title, row.author = checked(title, "title"), checked(author, "author")
    row.is_kept, row.starts_at_once = keep, start
    for column, value in voices.columns_of(by, **voice).items():
        setattr(row, column, value)
    keep_file(row, file)
    work.enqueue(row)
    return row


def check_file(path: Path) -> None:
    if path.stat().st_size > FILE_MAX_BYTES:
        raise TooLarge(f"This document is larger than {FILE_MAX_BYTES // 1024**2} MB. Cut it into parts.")
    with path.open("rb") as file:
        head = file.read(kinds.HEAD_BYTES)
    try:
        kinds.check_head(head)
    except Unreadable as error:
        raise NotADocument(str(error)) from error


def check_drafts(by: User) -> None:
    if Audiobook.objects.owned_by(by).drafts().count() >= DRAFTS_MAX:
        raise Conflict(f"{DRAFTS_MAX} documents of yours wait to be spoken. Start or delete some of them first.")


def clean_name(name: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2]
    return one_line(last)[-NAME_MAX_CHARACTERS:] or NO_NAME


def stem_of(name: str) -> str:
    """What a book is called whose document says nothing."""
    return PurePosixPath(name).stem[:TITLE_MAX_CHARACTERS] or NO_NAME


def checked(words: str, field: str) -> str:
    line = one_line(words)
    if len(line) > TITLE_MAX_CHARACTERS or forbidden_character(line):
        raise Unprocessable(f"The {field} has up to {TITLE_MAX_CHARACTERS} characters.", field=field)
    return line


def keep_file(row: Audiobook, file: UploadedFile) -> None:
    """Store the document with its row, or neither. Its ending tells Markdown from plain text, later."""
    ending = PurePosixPath(row.source_name).suffix.lower().removeprefix(".")
    name = f"{FOLDER}/{row.user_id}/{row.pk}.{ending if ending in kinds.EXTENSIONS else 'txt'}"
    row.source_path = name
    with stored(name, file):
        row.save(force_insert=True)


def drop_file(row: Audiobook) -> None:
    if row.source_path:
        default_storage.delete(row.source_path)
        row.change({"source_path": row.source_path}, source_path="")
