"""A worker reads a document, in a process of its own, and writes down its chapters: all of them, or none."""

import json
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path, PurePosixPath
from typing import Any

from django.core.files.storage import default_storage
from django.db import DatabaseError

from config import child, work
from config.db import STORE_ERRORS, atomic, batches
from config.errors import Gone, Unprocessable
from config.files import NO_FILE, work_folder
from config.leases import Lease, LeaseLost
from jobs.actions.audiobooks import opening, progress
from jobs.documents import bounds
from jobs.models import REVIEW, SPEAKING, UNREADABLE, Audiobook, Chapter, Step

PROGRAM = ["-m", "jobs.documents"]
ROWS = 50  # written at once: a chapter has up to 400 KB
GONE = "The document is not kept any more. Upload it again."
SLOW = "This document takes too long to read. Save it as plain text, or cut it into parts."
DIED = (
    "This document can't be read, or only with too much time or memory. Save it as DOCX or plain text, and upload that."
)


class UnreadableDocument(Unprocessable):
    code = UNREADABLE


def read(lease: Lease[Audiobook]) -> None:
    """It waits to be looked at after that, or is spoken. The document goes once it is read, or can't be."""
    row = lease.row
    with work_paths(lease) as (path, result):
        try:
            fetch(row, path)
            ask(lease, path, result)
        except UnreadableDocument:
            opening.drop_file(row)
            raise
        about, chapters = found_in(row, result)
    store(lease, about, chapters)
    opening.drop_file(row)
    if row.status == SPEAKING:
        progress.go_on(row)


@contextmanager
def work_paths(lease: Lease[Audiobook]) -> Iterator[tuple[Path, Path]]:
    """Where the document is read from, and where the process may write."""
    row = lease.row
    stem = work_folder() / f"{row.pk}-{row.lease_token}"
    path, result = stem.with_suffix(PurePosixPath(row.source_path).suffix), stem.with_suffix(".chapters")
    try:
        yield path, result
    finally:
        path.unlink(missing_ok=True)
        result.unlink(missing_ok=True)


def fetch(row: Audiobook, path: Path) -> None:
    try:
        with default_storage.open(row.source_path) as file, path.open("wb") as copy:
            shutil.copyfileobj(file, copy)
    except NO_FILE as error:
        raise Gone(GONE) from error


def ask(lease: Lease[Audiobook], path: Path, result: Path) -> None:
    report = work.reporter(lease, lambda done, total: {})
    try:
        answer = child.ask(PROGRAM, path, result, seconds=bounds.SECONDS, between=lambda: report(0, 1))
    except child.Slow as error:
        raise UnreadableDocument(SLOW) from error
    except child.Died as error:
        raise UnreadableDocument(DIED) from error
    if "refused" in answer:
        raise UnreadableDocument(answer["refused"])


def found_in(row: Audiobook, result: Path) -> tuple[dict[str, Any], list[Chapter]]:
    """What the document says of itself, and its chapters, not saved yet."""
    with result.open(encoding="utf-8") as file:
        about = json.loads(next(file))
        chapters = [make_chapter(row, number, **json.loads(line)) for number, line in enumerate(file, 1)]
    title = row.title or about["title"] or opening.stem_of(row.source_name)
    for chapter in chapters:
        chapter.title = chapter.title or title
    known = {"title": title, "author": row.author or about["author"], "language": about["language"]}
    return known | {"characters": sum(chapter.characters for chapter in chapters)}, chapters


def make_chapter(row: Audiobook, number: int, *, title: str, text: str) -> Chapter:
    return Chapter(
        audiobook_id=row.pk, user_id=row.user_id, number=number, title=title, text=text, characters=len(text)
    )


def store(lease: Lease[Audiobook], about: dict[str, Any], chapters: list[Chapter]) -> None:
    """LeaseLost, and no chapter, when somebody has taken the audiobook away."""
    try:
        store_all(lease, about, chapters)
    except STORE_ERRORS as error:
        raise DatabaseError(str(error)) from error  # whatever the database calls it, the lease runs out
    except LeaseLost:
        ours = [chapter.pk for chapter in chapters]
        Chapter.objects.filter(pk__in=ours).delete()  # what a MongoDB without transactions has kept
        raise


@atomic
def store_all(lease: Lease[Audiobook], about: dict[str, Any], chapters: list[Chapter]) -> None:
    row = lease.row
    lease.check()
    Chapter.objects.filter(audiobook_id=row.pk).delete()  # of a try that was cut off, where there are no transactions
    for some in batches(chapters, ROWS):
        Chapter.objects.bulk_create(some)
        lease.note_step()
    lease.end(SPEAKING if row.starts_at_once else REVIEW, step=Step.BIND, attempts=0, **about)
