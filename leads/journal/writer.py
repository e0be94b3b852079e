"""The file of this process, and one fsync for all that come in together.

Whoever finds nobody writing writes all that lies there, its own lines and those of others, who wait for it. While
it does, the next lines gather.
"""

import datetime as dt
import fcntl
import logging
import os
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from django.conf import settings

from config import times
from config.ids import new_id
from leads.records import Record

logger = logging.getLogger(__name__)
SUFFIX, MARKS_SUFFIX, APPEND = ".jsonl", ".done", "append.lock"
FILE_MAX_BYTES = 64 * 1024 * 1024  # about: then the next one is begun
LOCK_TRIES, LOCK_PAUSE_SECONDS = 100, 0.005
DONE, DROPPED = "", "-"  # what stands before an arrival among the marks
NEW = os.O_WRONLY | os.O_CREAT | os.O_APPEND
PRIVATE = 0o600


class JournalFile:
    """A file that this process alone writes, under a lock that ends with it."""

    def __init__(self, folder: Path) -> None:
        self.descriptor, self.path = opened(folder)
        self.day, self.size, self.is_broken = today(), 0, False
        self.marks = -1  # the descriptor of the file beside it that says what is done
        self.open_records = 0

    def takes_more(self, folder: Path) -> bool:
        is_fresh = self.day == today() and self.size < FILE_MAX_BYTES and not self.is_broken
        return is_fresh and self.path.parent == folder and is_at(self.descriptor, self.path)

    def append(self, lines: bytes) -> None:
        """All on the disk when it returns; OSError when not, and then nothing."""
        try:
            write_all(self.descriptor, lines)
            os.fsync(self.descriptor)
        except OSError:
            self.take_back()
            raise
        self.size += len(lines)

    def take_back(self) -> None:
        """Nothing stays of lines that aren't acknowledged. After an error nobody knows what else of the file gets to
        the disk, and readers may have seen these lines: it is not written any more."""
        self.is_broken = True
        with suppress(OSError):
            os.ftruncate(self.descriptor, self.size)
            os.fsync(self.descriptor)
        if not self.size:
            with suppress(OSError):
                self.path.unlink()

    def mark(self, arrival: int, how: str) -> None:
        if self.marks < 0:
            self.marks = os.open(self.path.with_suffix(MARKS_SUFFIX), NEW, PRIVATE)
        os.write(self.marks, mark(arrival, how))

    def close(self) -> None:
        for descriptor in (self.descriptor, self.marks):
            if descriptor >= 0:
                os.close(descriptor)


class Batch:
    """Lines that are written together."""

    def __init__(self) -> None:
        self.records: list[Record] = []
        self.lines: list[bytes] = []
        self.is_over = False
        self.error: OSError | None = OSError("The write was cut off.")  # until it has succeeded


class Writer:
    def __init__(self) -> None:
        self.turn = threading.Condition()
        self.batch = Batch()
        self.is_writing = False
        self.file: JournalFile | None = None
        self.files: dict[int, JournalFile] = {}  # of records that haven't ended, by their arrival

    def append(self, records: list[Record]) -> None:
        lines = [record.line() for record in records]
        with self.turn:
            batch = self.batch
            batch.records += records
            batch.lines += lines
            while self.is_writing and not batch.is_over:
                self.turn.wait()
            if is_first := not batch.is_over:
                self.is_writing, self.batch = True, Batch()
        if is_first:
            self.write(batch)
        if batch.error:
            raise OSError(*batch.error.args) from batch.error

    def write(self, batch: Batch) -> None:
        try:
            with locked(settings.JOURNAL_DIR, fcntl.LOCK_SH):
                file = self.current()
                file.append(b"".join(batch.lines))
            batch.error = None
        except OSError as error:
            batch.error = error
        finally:
            with self.turn:
                if not batch.error:
                    self.files |= dict.fromkeys((record.arrival for record in batch.records), file)
                    file.open_records += len(batch.records)
                batch.is_over, self.is_writing = True, False
                self.turn.notify_all()

    def current(self) -> JournalFile:
        if self.file and self.file.takes_more(settings.JOURNAL_DIR):
            return self.file
        with self.turn:
            last, self.file = self.file, None
            if last and not last.open_records:
                last.close()
        self.file = JournalFile(settings.JOURNAL_DIR)
        return self.file

    def end(self, record: Record, how: str | None) -> None:
        with self.turn:
            if not (file := self.files.pop(record.arrival, None)):
                return
            if how is not None:
                try:
                    file.mark(record.arrival, how)
                except OSError as error:
                    logger.warning("%s is done, and will be done again: %s", record.id, error)
            file.open_records -= 1
            if file is not self.file and not file.open_records:
                file.close()

    def let_go(self) -> None:
        """In the child of a fork: the parent's files are the parent's, and so is its lock."""
        for file in {*self.files.values(), *([self.file] if self.file else [])}:
            file.close()


class Mine:
    writer = Writer()


def append(records: list[Record]) -> None:
    """All on the disk when it returns. OSError when not, and then nothing."""
    Mine.writer.append(records)


def end(record: Record, how: str | None = None) -> None:
    """This process has done with the record: it notes how, or nothing when the record waits."""
    Mine.writer.end(record, how)


def begin_anew() -> None:
    Mine.writer.let_go()
    Mine.writer = Writer()


os.register_at_fork(after_in_child=begin_anew)


@contextmanager
def nobody_appends(folder: Path) -> Iterator[None]:
    """No process of this host adds a line while it lasts: keep it short. A file that is replaced then is left alone.

    BlockingIOError when somebody appended all the time.
    """
    with locked(folder, fcntl.LOCK_EX | fcntl.LOCK_NB):
        yield


@contextmanager
def locked(folder: Path, how: int) -> Iterator[None]:
    descriptor = os.open(Path(folder, APPEND), os.O_RDWR | os.O_CREAT, PRIVATE)
    try:
        lock(descriptor, how)
        yield
    finally:
        os.close(descriptor)


def lock(descriptor: int, how: int) -> None:
    """One that may not wait tries for a while: appending takes milliseconds."""
    for _ in range(LOCK_TRIES if how & fcntl.LOCK_NB else 0):
        with suppress(BlockingIOError):
            fcntl.flock(descriptor, how)
            return
        time.sleep(LOCK_PAUSE_SECONDS)
    fcntl.flock(descriptor, how)


def opened(folder: Path) -> tuple[int, Path]:
    """A new file, locked before anybody can take it for one whose writer is gone."""
    while True:
        path = folder / f"{socket.gethostname()}-{new_id()}-{os.getpid()}{SUFFIX}"
        descriptor = os.open(path, NEW | os.O_EXCL, PRIVATE)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            sync_folder(folder)
        except OSError:
            os.close(descriptor)
            path.unlink(missing_ok=True)
            raise
        if is_at(descriptor, path):
            return descriptor, path
        os.close(descriptor)


def is_at(descriptor: int, path: Path) -> bool:
    """Whether the open file is the one that lies there."""
    try:
        return os.path.samestat(os.fstat(descriptor), path.stat())
    except FileNotFoundError:
        return False


def sync_folder(folder: Path) -> None:
    """The names in it are on the disk when it returns."""
    descriptor = os.open(folder, os.O_RDONLY | os.O_DIRECTORY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def write_all(descriptor: int, content: bytes) -> None:
    rest = memoryview(content)
    while rest:
        rest = rest[os.write(descriptor, rest) :]


def mark(arrival: int, how: str) -> bytes:
    """What says in the file beside it that a record is done. It isn't synced: a record may be done twice."""
    return f"{how}{arrival:019d}\n".encode()


def mark_done(path: Path, arrival: int) -> None:
    """The same of a record in another process's file."""
    descriptor = os.open(path.with_suffix(MARKS_SUFFIX), NEW, PRIVATE)
    try:
        os.write(descriptor, mark(arrival, DONE))
    finally:
        os.close(descriptor)


def today() -> dt.date:
    return times.now().date()
