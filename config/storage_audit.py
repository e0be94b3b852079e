"""Whether files and rows belong together: files in the storage that no row names, rows whose file is not there.

Both are read in one long walk, some at a time, so that a million of them take no more memory than a thousand.
"""

import datetime as dt
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import PurePosixPath

from django.core.files.storage import default_storage

from config import files, hooks, times
from config.db import batches
from config.errors import Unavailable
from config.files import Stored
from config.hooks import StoredFiles
from config.ids import OBJECT_ID

BATCH = 500  # files or rows at once
YOUNG = dt.timedelta(hours=1)  # a file that its row may still follow
SAFE = dt.timedelta(hours=24)  # after which nobody is at work on a file any more
NO_STORAGE = "The storage is not there, though rows name files in it. Is it mounted?"
OTHER_DATABASE = "No row names any file: this may be another database than that of the files. Nothing was deleted."


@dataclass(frozen=True)
class Finding:
    """A file without a row, or a row without its file; `row` is '' for the former."""

    kind: str
    name: str  # in the storage
    row: str = ""
    changed_at: dt.datetime | None = None  # of a file

    @property
    def is_deletable(self) -> bool:
        return not self.row and self.changed_at is not None and times.now() - self.changed_at > SAFE


class Audit:
    """One look at everything; `rows` and `files` count what has been looked at, and `report` is told now and then."""

    def __init__(self, report: Callable[["Audit"], object]) -> None:
        self.rows = self.files = 0
        self._report = report

    def findings(self) -> Iterator[Finding]:
        """All findings, rows first. Whatever the storage and the database raise, when one is away."""
        is_there = storage_is_there()
        for kind in hooks.stored_files:
            for batch in batches(kind.named(), BATCH):
                if not is_there:
                    raise Unavailable(NO_STORAGE)
                self.rows += len(batch)
                self._report(self)
                yield from rows_without_files(kind, batch)
        for kind in hooks.stored_files:
            for folder in kind.folders:
                for found in batches(files.walk(folder), BATCH):
                    self.files += len(found)
                    self._report(self)
                    yield from files_without_rows(kind, found)


def storage_is_there() -> bool:
    """On a disk the first file makes the folder; of S3 whatever it raises."""
    try:
        default_storage.listdir(".")
    except FileNotFoundError:
        return False
    return True


def owners_in(names: Iterable[str]) -> set[str]:
    """The ids of the people in whose folders files lie."""
    return {part for name in names if OBJECT_ID.fullmatch(part := PurePosixPath(name).parent.name)}


def rows_without_files(kind: StoredFiles, rows: Sequence[tuple[str, str]]) -> Iterator[Finding]:
    """A row that has gone, or has another file, since it was read is none."""
    gone = files.missing([name for _, name in rows])
    still = kind.known(gone) if gone else set()
    yield from (Finding(kind.kind, name, row=row) for row, name in rows if name in still)


def files_without_rows(kind: StoredFiles, found: Sequence[Stored]) -> Iterator[Finding]:
    """A file in one kind's folder may be that of another kind's row: importers take names as they find them."""
    now = times.now()
    names = {file.name for file in found if now - file.changed_at > YOUNG}
    names = {name for name in names if not kind.goes_by_itself(name)}
    for each in (kind, *(other for other in hooks.stored_files if other is not kind)):
        if names:
            names -= each.known(sorted(names))
    yield from (Finding(kind.kind, file.name, changed_at=file.changed_at) for file in found if file.name in names)


def delete(finding: Finding, audit: Audit) -> bool:
    """Delete a file that no row names and nobody works on; nothing else. Unavailable when no row names any file."""
    if not finding.is_deletable:
        return False
    if not audit.rows:
        raise Unavailable(OTHER_DATABASE)
    default_storage.delete(finding.name)
    return True
