"""What lies in the journal: which records wait, of files whose writers live and of those that are left."""

import fcntl
import logging
import os
import re
import time
from dataclasses import dataclass, field
from pathlib import Path

from django.conf import settings

from leads import records
from leads.journal.writer import DROPPED, MARKS_SUFFIX, SUFFIX
from leads.records import Damaged, Deletions

logger = logging.getLogger(__name__)
MARK = re.compile(rb"(-?)(\d{19})$")  # of one that was cut off the next one still counts
SETTLING_SECONDS = 5  # in which a living writer notes that it has done a record


@dataclass(frozen=True, order=True)
class Entry:
    """Where a record lies that waits."""

    arrival: int  # nanoseconds since 1970
    path: Path
    offset: int
    length: int

    def line(self) -> bytes:
        """Damaged, or an OSError, when it isn't there any more."""
        with self.path.open("rb") as file:
            file.seek(self.offset)
            line = file.read(self.length)
        records.arrival_of(line)
        return line


@dataclass
class Known:
    """What is known of one file. It is read on where the last look ended: each byte once."""

    path: Path
    is_living: bool = True
    lines: int = 0
    damaged: int = 0
    last: int = 0  # the latest arrival
    waiting: dict[int, Entry] = field(default_factory=dict)
    dropped: set[int] = field(default_factory=set)
    deletions: Deletions = field(default_factory=dict)
    read_to: int = 0
    marks_to: int = 0
    inode: int = 0  # of what was read last

    @property
    def is_another(self) -> bool:
        """Whether its writer took back what it couldn't finish, or somebody has written it anew."""
        try:
            now = self.path.stat()
        except FileNotFoundError:
            return True
        return now.st_size < self.read_to or now.st_ino != self.inode

    @property
    def entries(self) -> list[Entry]:
        """What waits, in no order; a living writer is given the time to note what it has done."""
        latest = time.time_ns() - (SETTLING_SECONDS * 10**9 if self.is_living else 0)
        return [entry for entry in self.waiting.values() if entry.arrival <= latest or not self.is_living]

    def look(self, *, is_living: bool) -> None:
        """Whether its writer lives was asked before: of one that is gone all can be read."""
        self.is_living = is_living
        marks = self.new_marks()  # first: then the lines that they speak of are there too
        with self.path.open("rb") as file:
            self.inode = os.fstat(file.fileno()).st_ino
            file.seek(self.read_to)
            for line in file:
                if is_living and not line.endswith(b"\n"):
                    break  # it is being written
                self.take(line)
        for arrival, is_dropped in marks:
            self.waiting.pop(arrival, None)
            if is_dropped:
                self.dropped.add(arrival)

    def take(self, line: bytes) -> None:
        offset, self.read_to = self.read_to, self.read_to + len(line)
        try:
            arrival = records.arrival_of(line)
            self.deletions |= records.deleted_by(line)
        except Damaged:
            self.damaged += 1
            logger.error("%s is damaged at byte %s", self.path.name, offset)
            return
        self.lines += 1
        self.last = max(self.last, arrival)
        self.waiting[arrival] = Entry(arrival, self.path, offset, len(line))

    def new_marks(self) -> list[tuple[int, bool]]:
        """The arrivals that were marked since the last look, and whether the record was dropped."""
        path = self.path.with_suffix(MARKS_SUFFIX)
        if size_of(path) <= self.marks_to:
            return []
        with path.open("rb") as file:
            file.seek(self.marks_to)
            whole, end, _ = file.read().rpartition(b"\n")
        self.marks_to += len(whole) + len(end)
        found = filter(None, map(MARK.search, whole.split(b"\n")))
        return [(int(each[2]), each[1].decode() == DROPPED) for each in found]


class Backlog:
    """All files of the folder that are not compressed yet."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.files: dict[Path, Known] = {}

    def look(self, *, at_all: bool) -> list[Entry]:
        """What waits, in order of arrival; with `at_all` also what a living writer may be about to do itself."""
        known = (self.known(path) for path in written(self.folder))
        self.files = {file.path: file for file in known if file}
        lists = (file.waiting.values() if at_all else file.entries for file in self.files.values())
        return sorted(entry for entries in lists for entry in entries)

    @property
    def deletions(self) -> Deletions:
        """That are done, of leads in the files at hand."""
        return {
            key: arrival
            for file in self.files.values()
            for key, arrival in file.deletions.items()
            if arrival not in file.waiting and arrival not in file.dropped
        }

    def forget(self, entry: Entry) -> None:
        """It is done with."""
        if file := self.files.get(entry.path):
            file.waiting.pop(entry.arrival, None)

    def known(self, path: Path) -> Known | None:
        file = self.files.get(path)
        if not file or file.is_another:
            file = Known(path)
        try:
            file.look(is_living=is_living(path))
        except FileNotFoundError:
            return None  # it was compressed, or taken back, while we looked
        return file


def written(folder: Path | None = None) -> list[Path]:
    """The files that are not compressed yet."""
    return sorted((folder or Path(settings.JOURNAL_DIR)).glob(f"*{SUFFIX}"))


def is_living(path: Path) -> bool:
    """Whether the process that writes the file is still there: it holds a lock on it."""
    descriptor = os.open(path, os.O_RDONLY)
    try:
        fcntl.flock(descriptor, fcntl.LOCK_SH | fcntl.LOCK_NB)
    except BlockingIOError:
        return True
    finally:
        os.close(descriptor)
    return False


def size_of(path: Path) -> int:
    """In bytes; 0 without it."""
    try:
        return path.stat().st_size
    except FileNotFoundError:
        return 0
