"""All that the journal keeps, in the order in which it came in: what a restore plays again and a check goes through."""

import heapq
import itertools
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from leads import records
from leads.journal import keeping, reading, refused
from leads.journal.reading import Known
from leads.journal.writer import SUFFIX
from leads.records import Damaged, Deletions, Record

ROOM = 256  # lines: those of threads that wrote at once may have changed places


@dataclass(frozen=True, order=True)
class Line:
    arrival: int  # nanoseconds since 1970
    content: bytes

    def record(self) -> Record:
        return records.read(self.content)


Damage = Callable[[Path, int], object]  # told of the file and the number of the line


def lines(on_damage: Damage = lambda path, number: None) -> Iterator[Line]:
    """Every line that is kept, waiting ones too, but none that its sender saw refused. A few hundred are in memory."""
    starts = sorted((first.arrival, path) for path in files() if (first := next(in_order(of_file(path)), None)))
    heads: list[tuple[Line, int, Iterator[Line]]] = []
    for number, (arrival, path) in enumerate(starts):
        yield from until(heads, arrival)
        push(heads, number, in_order(of_file(path, on_damage)))
    yield from until(heads, None)


def until(heads: list[tuple[Line, int, Iterator[Line]]], arrival: int | None) -> Iterator[Line]:
    """The next lines of the files that are open, as far as another begins."""
    while heads and (arrival is None or heads[0][0].arrival <= arrival):
        line, number, rest = heapq.heappop(heads)
        yield line
        push(heads, number, rest)


def push(heads: list[tuple[Line, int, Iterator[Line]]], number: int, rest: Iterator[Line]) -> None:
    if line := next(rest, None):
        heapq.heappush(heads, (line, number, rest))


def in_order(found: Iterator[Line]) -> Iterator[Line]:
    heap = list(itertools.islice(found, ROOM))
    heapq.heapify(heap)
    for line in found:
        yield heapq.heappushpop(heap, line)
    while heap:
        yield heapq.heappop(heap)


def of_file(path: Path, on_damage: Damage = lambda path, number: None) -> Iterator[Line]:
    known = looked_at(path) if path.suffix == SUFFIX else Known(path, is_living=False)
    with keeping.opened(path) as file:
        for number, content in enumerate(whole_lines(file), 1):
            if known.is_living and not content.endswith(b"\n"):
                return  # it is being written
            try:
                line = Line(records.arrival_of(content), content)
            except Damaged:
                on_damage(path, number)
                continue
            if line.arrival not in known.dropped:
                yield line


def whole_lines(file: Iterator[bytes]) -> Iterator[bytes]:
    """A compressed file that was damaged ends early, with a line that is none."""
    try:
        yield from file
    except (OSError, EOFError, zlib.error):
        yield b""


def looked_at(path: Path) -> Known:
    """What is known of a file that isn't compressed."""
    known = Known(path)
    known.look(is_living=reading.is_living(path))
    return known


def deletions() -> Deletions:
    """Of all leads."""
    found: Deletions = {}
    for line in lines():
        found |= records.deleted_by(line.content)
    return found


def erasures() -> Iterator[Record]:
    """Of all leads and contacts."""
    return (line.record() for line in lines() if line.content.startswith(records.ERASURES))


def waiting() -> set[int]:
    """The arrivals of what isn't done yet."""
    return {arrival for path in reading.written() for arrival in looked_at(path).waiting}


def put_aside() -> set[int]:
    """The arrivals of what could not be done."""
    return {arrival for path in refused.files() for arrival in refused.read(path)}


def files() -> list[Path]:
    return [*keeping.kept(Path(settings.JOURNAL_DIR)), *reading.written()]
