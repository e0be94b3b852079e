"""Records that can't be done: put aside with the reason, until somebody looks at them."""

import json
import os
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings

from config import times
from leads import records
from leads.journal.reading import Entry
from leads.journal.writer import NEW, PRIVATE, sync_folder, write_all

REFUSED_SUFFIX = ".refused"


@dataclass(frozen=True)
class Aside:
    """A line of the journal, and why what it says can't be done."""

    line: bytes
    reason: str
    at: str  # when it was refused last, ISO 8601

    def because(self, reason: str) -> "Aside":
        return Aside(self.line, reason, times.iso(times.now())) if reason else self

    def content(self) -> bytes:
        shown = {"reason": self.reason, "at": self.at, "line": self.line.decode().strip()}
        return json.dumps(shown).encode() + b"\n"


def put_aside(entry: Entry, line: bytes, reason: str) -> None:
    """On the disk when it returns: after that the record counts as done."""
    append(entry.path.with_suffix(REFUSED_SUFFIX), Aside(line, "", "").because(reason).content())


def append(path: Path, content: bytes) -> None:
    descriptor = os.open(path, NEW, PRIVATE)
    try:
        write_all(descriptor, content)
        os.fsync(descriptor)
    finally:
        os.close(descriptor)
    sync_folder(path.parent)


def files() -> list[Path]:
    return sorted(Path(settings.JOURNAL_DIR).glob(f"*{REFUSED_SUFFIX}"))


def read(path: Path) -> dict[int, Aside]:
    """By arrival, in order. A line that was cut off is left out: its record was not marked as done."""
    found = {}
    for content in path.read_bytes().splitlines():
        try:
            shown = json.loads(content)
            aside = Aside(shown["line"].encode(), shown["reason"], shown["at"])
            found[records.arrival_of(aside.line)] = aside
        except (ValueError, KeyError, TypeError):
            continue
    return dict(sorted(found.items()))


def rewrite(path: Path, left: list[Aside]) -> None:
    """Only these stay."""
    if not left:
        path.unlink()
        return
    part = path.with_name(f"{path.name}.part")
    part.unlink(missing_ok=True)
    append(part, b"".join(aside.content() for aside in left))
    part.rename(path)
    sync_folder(path.parent)
