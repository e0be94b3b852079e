"""Where the rows lie: the folders that the assistant wrote, or exported tables."""

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from config.importing import Part, Row, Table, Unreadable
from config.importing.documents import NOT_JSON, ROW_MAX_BYTES, document_row
from config.importing.sources import MONGODB, files, find_parts

LEAD, SESSION = "lead_*.json", "transcript_session_*.json"
FOLDERS = ("", "leads", "conversations")
NOTHING = (
    "{} has neither leads/lead_*.json nor conversations/transcripts.jsonl or transcript_session_*.json, "
    "nor one of these tables: {}."
)


@dataclass(frozen=True)
class FileRow(Row):
    """A row that is a file of its own."""

    stem: str = ""


def friday_parts(source: str, tables: Sequence[Table], patterns: dict[str, str]) -> list[Part]:
    """What the source holds, in the order of the tables; `patterns` has the names of files that are one row each."""
    if source.startswith(MONGODB):
        return find_parts(source, tables)
    path = Path(source)
    found = [part for place in places(path) for part in parts_of(place, tables, patterns)]
    if not found:
        raise Unreadable(NOTHING.format(path, ", ".join(name for table in tables for name in table.names)))
    return sorted(found, key=lambda part: tables.index(part.table))


def places(path: Path) -> list[Path]:
    """The folder and the two in it, or the file."""
    return [path / name for name in FOLDERS if not name or (path / name).is_dir()]


def parts_of(place: Path, tables: Sequence[Table], patterns: dict[str, str]) -> Iterator[Part]:
    for table in tables:
        if table.name in patterns and (paths := matching(place, patterns[table.name])):
            label = f"{place.name}/{patterns[table.name]}" if place.is_dir() else place.name
            yield Part(table, label, lambda paths=paths: (read_file(path) for path in paths))
    if not place.is_file() or not any(fnmatch(place.name, pattern) for pattern in patterns.values()):
        yield from files(place, tables)


def matching(place: Path, pattern: str) -> list[Path]:
    try:
        paths = list(place.iterdir()) if place.is_dir() else [place]
        return sorted(path for path in paths if fnmatch(path.name, pattern) and (path.is_file() or path.is_symlink()))
    except OSError as error:
        raise Unreadable(f"{place} can't be read: {error.strerror}.") from error


def read_file(path: Path) -> Row:
    """The one row of a file; a broken one as such."""
    place = f"{path.parent.name}/{path.name}"
    try:
        if path.stat().st_size > ROW_MAX_BYTES:
            return Row(place, broken=f"The file is larger than {ROW_MAX_BYTES // 2**20} MB.")
        document = json.loads(path.read_bytes().decode("utf-8-sig"))
    except OSError as error:
        return Row(place, broken=f"The file can't be read: {error.strerror}.")
    except (ValueError, RecursionError):
        return Row(place, broken=NOT_JSON)
    row = document_row(document, place)
    return FileRow(place, row.values, row.broken, path.stem)


def stem_of(row: Row) -> str:
    """The name of the file that is this row; '' for a row among others."""
    return row.stem if isinstance(row, FileRow) else ""
