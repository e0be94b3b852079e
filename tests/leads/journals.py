"""What tests write into journals, and read there."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from accounts.models import User
from leads import journal, records
from leads.journal import reading
from leads.records import Kind, Record

ROOT = Path(__file__).parents[2]
TEAM, PERSON = "a" * 24, "b" * 24


def record_of(number: int, **fields: object) -> Record:
    made = {"kind": Kind.LEAD, "team_id": TEAM, "by_id": PERSON, "data": {"number": number}}
    return Record(**made | fields)


def of_person(person: User, number: int, **fields: object) -> Record:
    return record_of(number, team_id=person.team_id, by_id=person.pk, **fields)


def leave(*records: Record) -> None:
    """They wait, and all that comes after them."""
    for record in records:
        journal.append(record)
        journal.fall_behind(record)


def files(folder: Path, suffix: str = ".jsonl") -> list[Path]:
    return sorted(folder.glob(f"*{suffix}"))


def text(folder: Path) -> bytes:
    return b"".join(path.read_bytes() for path in files(folder))


def waiting(folder: Path) -> list[int]:
    """The numbers of the records that a replay would find, in files whose writers live too."""
    entries = reading.Backlog(folder).look(at_all=True)
    return [records.read(entry.line()).data["number"] for entry in entries]


@contextmanager
def writing(folder: Path, first: int = 0) -> Iterator[subprocess.Popen[str]]:
    """Another process that writes; the block kills it, if nothing else does."""
    command = [sys.executable, "-m", "tests.leads.journal_process", str(folder), str(first)]
    process = subprocess.Popen(command, cwd=ROOT, stdout=subprocess.PIPE, text=True)
    try:
        yield process
    finally:
        process.kill()
        process.communicate()
