"""Copies of the SQLite file."""

import sqlite3
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from urllib.parse import quote

KEPT = 5


def back_up(database: Path, folder: Path) -> Path:
    """A consistent copy of the database, others writing to it or not; the oldest copies beyond KEPT go.

    The copy is readable by its owner alone. sqlite3.Error when the file is no database.
    """
    folder.mkdir(parents=True, exist_ok=True)
    copy = folder / f"{database.stem}-{datetime.now(UTC):%Y%m%d-%H%M%S-%f}{database.suffix}"
    aside = folder / f"{database.stem}.part"
    aside.unlink(missing_ok=True)
    aside.touch(mode=0o600)
    with closing(existing(database)) as source, closing(sqlite3.connect(aside)) as target:
        source.backup(target)
    aside.rename(copy)
    prune(folder, f"{database.stem}-*{database.suffix}")
    return copy


def existing(database: Path) -> sqlite3.Connection:
    """A plain connect would make an empty database of a wrong path."""
    return sqlite3.connect(f"file:{quote(str(database))}?mode=rw", uri=True)


def prune(folder: Path, pattern: str) -> None:
    for old in sorted(folder.glob(pattern))[:-KEPT]:
        old.unlink()
