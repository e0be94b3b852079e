"""The zip files that DOCX and EPUB are, read within bounds. Nothing is unpacked to the disk."""

import posixpath
import zipfile
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import unquote

from jobs.documents.bounds import ENTRIES_MAX, ENTRY_MAX_BYTES, UNPACKED_MAX_BYTES, UNPACKED_MAX_RATIO
from jobs.documents.document import Unreadable

TOO_MUCH = "This document unpacks to far more than its size. It is not read."
DAMAGED = "This document is damaged: it can't be unpacked. Save it again, or choose another one."
LOCKED = "This document is protected by a password. Remove that, then upload it again."
ENCRYPTED = 0x1  # a flag of an entry


@contextmanager
def opened(path: Path) -> Iterator["Archive"]:
    """Unreadable when it is damaged, locked, or more than is unpacked here."""
    try:
        with zipfile.ZipFile(path) as file:
            yield Archive(file, path.stat().st_size)
    except (zipfile.BadZipFile, zipfile.LargeZipFile, zlib.error, EOFError, OSError, NotImplementedError) as error:
        raise Unreadable(DAMAGED) from error


class Archive:
    """What its directory says is a bound too: Python unpacks no more of an entry than that says it has."""

    def __init__(self, file: zipfile.ZipFile, size: int) -> None:
        self.file, self.unpacked = file, 0
        entries = file.infolist()
        if len(entries) > ENTRIES_MAX:
            raise Unreadable(f"This document has more than {ENTRIES_MAX:,} files in it. It is not read.")
        announced = sum(entry.file_size for entry in entries)
        if announced > UNPACKED_MAX_BYTES or announced > max(UNPACKED_MAX_RATIO * size, ENTRY_MAX_BYTES):
            raise Unreadable(TOO_MUCH)
        if any(entry.flag_bits & ENCRYPTED for entry in entries):
            raise Unreadable(LOCKED)
        self.names = {entry.filename: entry for entry in entries}

    def read(self, name: str) -> bytes:
        """KeyError when there is no such entry."""
        with self.file.open(self.names[name]) as entry:
            content = entry.read(ENTRY_MAX_BYTES + 1)
        self.unpacked += len(content)
        if len(content) > ENTRY_MAX_BYTES or self.unpacked > UNPACKED_MAX_BYTES:
            raise Unreadable(TOO_MUCH)
        return content

    def find(self, name: str) -> bytes:
        """As `read`; b"" when there is no such entry."""
        return self.read(name) if name in self.names else b""


def beside(name: str, address: str) -> str:
    """The entry that an address in another entry means; one outside of the archive is no entry's name."""
    return posixpath.normpath(posixpath.join(posixpath.dirname(name), unquote(address)))
