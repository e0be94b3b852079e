"""Erased people leave the files of the journal on this host: each file with a line of theirs is written anew.

Which erasures are done here stands in a file of the folder, so each host does its own. A file whose writer lives is
replaced while nobody appends, once all in it has ended; its writer sees that, and begins another one.
"""

import datetime as dt
import json
import os
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import BinaryIO

from django.conf import settings

from config import times
from leads import records
from leads.journal import gate, history, keeping, reading, refused, writer
from leads.journal.erased import Erased, left_of
from leads.journal.reading import Known
from leads.journal.writer import MARKS_SUFFIX, PRIVATE, sync_folder
from leads.models import Erasure
from leads.records import Damaged

DONE = "forgotten"  # the file with the ids of the erasures that are done here
SETTLING = dt.timedelta(seconds=5)  # in which a write that came in before an erasure is in its file
RUN_SECONDS = 1.0  # after which the other files are left for the next time
KEPT_LONGER = dt.timedelta(days=2)  # than the files whose lines came in before the erasure
Change = Callable[[bytes], bytes | None]


class Seen:
    """The files that are through, for these erasures."""

    ids: frozenset[str] = frozenset()
    files: set[str] = set()


def sweep() -> int:
    """Take erased people out of some more files. How many files were written anew."""
    folder = Path(settings.JOURNAL_DIR)
    if not folder.is_dir():
        return 0
    since = times.now() - dt.timedelta(days=settings.JOURNAL_KEEP_DAYS) - KEPT_LONGER
    recent = Erasure.objects.filter(erased_at__gte=since, erased_at__lt=times.now() - SETTLING)
    known, done = set(recent.values_list("pk", flat=True)), read_done(folder)
    if not known - done:
        return 0
    with gate.one_at_a_time() as is_ours:
        return forget(folder, known - done, done & known) if is_ours else 0


def forget(folder: Path, open_ids: set[str], done: set[str]) -> int:
    if Seen.ids != open_ids:
        Seen.ids, Seen.files = frozenset(open_ids), set()
    until, count, is_through = time.monotonic() + RUN_SECONDS, 0, True
    change = change_for(Erasure.objects.filter(pk__in=list(open_ids)).defer("todo"))
    for path in files(folder):
        if path.name in Seen.files:
            continue
        if time.monotonic() > until:
            return count
        is_new = clean(path, change)
        if is_new is None:
            is_through = False
            continue
        count += is_new
        Seen.files.add(path.name)
    if is_through:
        write_done(folder, done | open_ids)
    return count


def files(folder: Path) -> list[Path]:
    return [*keeping.kept(folder), *reading.written(folder), *refused.files()]


def change_for(rows: Iterable[Erasure]) -> Change:
    """What becomes of a line: itself, another one, or None. What can't be read stays: nobody can tell whose it is."""
    teams: dict[str, list[Erased]] = {}
    for row in rows:
        teams.setdefault(row.team_id, []).append(Erased.read(row.arrival, row.data))
    marks = [f'"team_id":"{team_id}"'.encode() for team_id in teams]

    def change(line: bytes) -> bytes | None:
        if not any(mark in line for mark in marks):
            return line
        try:
            record = records.read(line)
            left = left_of(record, teams.get(record.team_id, ()))
        except (Damaged, KeyError, TypeError):
            return line
        return line if left is record else left and left.line()

    return change


def clean(path: Path, change: Change) -> bool | None:
    """Whether the file was written anew; None when it has to be done later."""
    if path.suffix == refused.REFUSED_SUFFIX:
        return clean_refused(path, change)
    if path.name.endswith(keeping.KEPT_SUFFIX):
        return clean_kept(path, change)
    try:
        return clean_living(path, change) if reading.is_living(path) else clean_left(path, change)
    except FileNotFoundError:
        return False  # its writer took it back
    except BlockingIOError:
        return None


def has_any(lines: Iterable[bytes], change: Change) -> bool:
    return any(change(line) != line for line in lines)


def changed(lines: Iterable[bytes], change: Change) -> Iterator[bytes]:
    return filter(None, map(change, lines))


def clean_refused(path: Path, change: Change) -> bool:
    found = list(refused.read(path).values())
    left = [refused.Aside(line, each.reason, each.at) for each in found if (line := change(each.line))]
    if left == found:
        return False
    refused.rewrite(path, left)
    return True


def clean_kept(path: Path, change: Change) -> bool:
    with keeping.opened(path) as file:
        if not has_any(history.whole_lines(file), change):
            return False
    with keeping.opened(path) as file:
        lines = changed(history.whole_lines(file), change)
        keeping.write_kept(path.with_suffix(""), lines, path.stat().st_mtime_ns)
    with keeping.opened(path) as file:
        is_empty = not file.read(1)
    if is_empty:
        path.unlink()
    return True


def clean_left(path: Path, change: Change) -> bool:
    """A file whose writer is gone."""
    with path.open("rb") as file:
        if not has_any(file, change):
            return False
        file.seek(0)
        with anew(path) as part:
            part.writelines(changed(file, change))
            put_in_place(part, path)
    return True


def clean_living(path: Path, change: Change) -> bool | None:
    """Most of it is written before writers are kept from appending; what came since, while they are."""
    known = Known(path)
    known.look(is_living=True)
    end = known.read_to
    with path.open("rb") as file:
        if not has_any(up_to(file, end), change):
            return False
        file.seek(0)
        with anew(path) as part:
            part.writelines(changed(up_to(file, end), change))
            part.flush()
            os.fsync(part.fileno())
            with writer.nobody_appends(path.parent):
                known.look(is_living=True)
                if known.waiting:
                    return None
                add_rest(part, path, end, change)
                put_in_place(part, path)
    return True


def up_to(file: BinaryIO, end: int) -> Iterator[bytes]:
    """The lines before that byte."""
    position = 0
    while position < end and (line := file.readline()):
        position += len(line)
        yield line


def add_rest(part: BinaryIO, path: Path, start: int, change: Change) -> None:
    """Opened again: of what was read before, its writer may have taken back the end."""
    with path.open("rb") as file:
        file.seek(start)
        part.writelines(changed(file, change))


@contextmanager
def anew(path: Path) -> Iterator[BinaryIO]:
    """A file beside it, which goes unless it is put in its place."""
    part = part_of(path)
    try:
        with os.fdopen(os.open(part, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, PRIVATE), "wb") as file:
            yield file
    finally:
        part.unlink(missing_ok=True)


def part_of(path: Path) -> Path:
    return path.with_name(f"{path.name}{keeping.PART_SUFFIX}")


def put_in_place(part: BinaryIO, path: Path) -> None:
    """On the disk under its name when it returns; a file with nothing in it goes, with its marks."""
    part.flush()
    os.fsync(part.fileno())
    if part.tell():
        part_of(path).rename(path)
    else:
        path.unlink()
        path.with_suffix(MARKS_SUFFIX).unlink(missing_ok=True)
    sync_folder(path.parent)


def read_done(folder: Path) -> set[str]:
    try:
        return set(json.loads((folder / DONE).read_bytes()))
    except (FileNotFoundError, ValueError):
        return set()


def write_done(folder: Path, ids: set[str]) -> None:
    path = folder / DONE
    with anew(path) as part:
        part.write(json.dumps(sorted(ids)).encode())
        put_in_place(part, path)
