"""What becomes of a file when all in it is done: it is compressed, kept for a restore, and deleted in the end."""

import fcntl
import gzip
import os
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from leads import records
from leads.journal import gate
from leads.journal.reading import Known, written
from leads.journal.writer import MARKS_SUFFIX, PRIVATE, SUFFIX, is_at, sync_folder
from leads.privacy import retention
from leads.records import Damaged

KEPT_SUFFIX = f"{SUFFIX}.gz"
PART_SUFFIX = ".part"
RUN_SECONDS = 2.0  # after which the rest is left for the next time
DAY_SECONDS = 86_400
LEVEL = 6


def compress_finished() -> int:
    """Compress the files whose writers are gone and whose records are all done. How many went."""
    if not Path(settings.JOURNAL_DIR).is_dir():
        return 0
    until, count = time.monotonic() + RUN_SECONDS, 0
    with gate.one_at_a_time() as is_ours:
        for path in written() if is_ours else ():
            if time.monotonic() > until:
                break
            count += compress(path)
    return count


def compress(path: Path) -> bool:
    """Whether the file was finished, and is compressed or, with nothing in it, gone."""
    with left_behind(path) as file:
        if not file:
            return False
        known = Known(path)
        known.look(is_living=False)
        if known.waiting:
            return False
        if known.lines + known.damaged > len(known.dropped):
            write_kept(path, kept_lines(file, known.dropped), known.last)
        path.unlink()
    path.with_suffix(MARKS_SUFFIX).unlink(missing_ok=True)
    return True


@contextmanager
def left_behind(path: Path) -> Iterator[BinaryIO | None]:
    """The file, held, if its writer is gone."""
    with path.open("rb") as file:
        try:
            fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            yield None
        else:
            yield file if is_at(file.fileno(), path) else None


def kept_lines(file: BinaryIO, dropped: set[int]) -> Iterator[bytes]:
    """All but those that were refused; what is damaged stays as it is."""
    for line in file:
        try:
            is_dropped = records.arrival_of(line) in dropped
        except Damaged:
            is_dropped = False
        if not is_dropped:
            yield line if line.endswith(b"\n") else line + b"\n"


def write_kept(path: Path, lines: Iterable[bytes], last: int) -> None:
    """On the disk under its new name when it returns, as old as the last record in it."""
    part = path.with_name(f"{path.name}.gz{PART_SUFFIX}")
    with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "wb") as raw:
        with gzip.GzipFile(fileobj=raw, mode="wb", compresslevel=LEVEL, mtime=0) as packed:
            packed.writelines(lines)
        raw.flush()
        os.utime(raw.fileno(), ns=(last, last))
        os.fsync(raw.fileno())
    part.rename(path.with_name(f"{path.name}.gz"))
    sync_folder(path.parent)


def purge() -> int:
    """Delete what is kept longer than JOURNAL_KEEP_DAYS, or than texts are; and what a process that was killed has left
    half written."""
    if not Path(settings.JOURNAL_DIR).is_dir():
        return 0
    count = 0
    with gate.one_at_a_time() as is_ours:
        for path in old_files() if is_ours else ():
            path.unlink(missing_ok=True)
            count += 1
    return count


def old_files() -> list[Path]:
    """A half written file is nobody's while we are the only one at it; so are marks without their file."""
    folder, oldest = Path(settings.JOURNAL_DIR), time.time() - retention.journal_days() * DAY_SECONDS
    kept = [path for path in folder.glob(f"*{KEPT_SUFFIX}") if path.stat().st_mtime < oldest]
    marks = [path for path in folder.glob(f"*{MARKS_SUFFIX}") if not path.with_suffix(SUFFIX).exists()]
    return [*kept, *marks, *folder.glob(f"*{PART_SUFFIX}")]


def kept(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{KEPT_SUFFIX}"))


def opened(path: Path) -> BinaryIO:
    """To be read line by line, compressed or not."""
    return gzip.open(path, "rb") if path.name.endswith(KEPT_SUFFIX) else path.open("rb")
