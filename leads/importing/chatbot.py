"""Where the rows of the old chatbot lie: its SQLite file, else exported tables or a MongoDB database."""

import sqlite3
from collections.abc import Iterator, Sequence
from contextlib import closing
from pathlib import Path

from config.importing import Part, Row, Table, Unreadable
from config.importing.sources import MONGODB, find_parts, find_table

FILE_NAME = "chatbot.db"
MAGIC = b"SQLite format 3\x00"
SUFFIXES = (".db", ".sqlite", ".sqlite3")
URL = "sqlite"  # how the old setting begins: sqlite:///./chatbot.db
BATCH_ROWS = 500


def chatbot_parts(source: str, tables: Sequence[Table]) -> list[Part]:
    path = sqlite_path(source)
    return sqlite_parts(path, tables) if path else find_parts(source, tables)


def sqlite_path(source: str) -> Path | None:
    """The SQLite file that the source is, or that lies in it under its usual name."""
    if source.startswith(MONGODB):
        return None
    path = Path(source.partition(":///")[2] if source.startswith(URL) else source)
    if path.is_dir() and (path / FILE_NAME).is_file():
        return path / FILE_NAME
    is_meant = source.startswith(URL) or path.suffix in SUFFIXES
    return path if is_meant or (path.is_file() and begins(path) == MAGIC) else None


def begins(path: Path) -> bytes:
    try:
        with path.open("rb") as file:
            return file.read(len(MAGIC))
    except OSError as error:
        raise Unreadable(f"{path} can't be read: {error.strerror}.") from error


def sqlite_parts(path: Path, tables: Sequence[Table]) -> list[Part]:
    if begins(path) != MAGIC:
        raise Unreadable(f"{path} is not an SQLite database.")
    try:
        with closing(connect(path)) as database:
            found = database.execute("SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name").fetchall()
    except sqlite3.Error as error:
        raise Unreadable(f"{path} can't be read: {error}.") from error
    names = [name for (name,) in found]
    parts = [
        Part(table, name, lambda name=name: table_rows(path, name))
        for table in tables
        for name in names
        if find_table(name, tables) is table
    ]
    if not parts:
        known = ", ".join(name for table in tables for name in table.names)
        raise Unreadable(f"{path} has none of these tables: {known}.")
    return parts


def connect(path: Path) -> sqlite3.Connection:
    """To be read only. A byte that is not UTF-8 becomes half a surrogate pair, which refuses the row it stands in."""
    database = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True)
    database.text_factory = lambda text: text.decode("utf-8", "surrogateescape")
    return database


def table_rows(path: Path, name: str) -> Iterator[Row]:
    """The rows in the order of their numbers, of which some are in memory."""
    table = '"{}"'.format(name.replace('"', '""'))
    try:
        with closing(connect(path)) as database:
            columns = [column[1] for column in database.execute(f"PRAGMA table_info({table})")]
            order = ' ORDER BY "id"' if "id" in columns else ""
            rows = database.execute(f"SELECT * FROM {table}{order}")  # noqa: S608  quoted above
            while batch := rows.fetchmany(BATCH_ROWS):
                for number, values in enumerate(batch, 1):
                    row = dict(zip(columns, values, strict=True))
                    yield Row(f"{name} row {row.get('id', number)}", values=row)
    except sqlite3.Error as error:
        raise Unreadable(f"{path} can't be read any further: {error}.") from error
