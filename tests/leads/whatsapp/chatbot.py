"""What the old chatbot kept, made up, and a run of its importer over it."""

import io
import json
import sqlite3
from collections.abc import Iterable, Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.core.management import call_command

from config.ids import from_uuid

TABLES = ("users", "messages")
ALL = ("read", "imported", "known", "refused")
ANN, BEN = "4915112345678", "14155550100"
OBJECT_ID, OTHER_ID = "65f0a1b2c3d4e5f601234501", "65f0a1b2c3d4e5f601234502"
UUID = "8c0b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"
UUID_ID = from_uuid(UUID)
SCHEMA = """
CREATE TABLE user (
    id INTEGER PRIMARY KEY, phone_number VARCHAR UNIQUE, name VARCHAR, is_active BOOLEAN,
    created_at DATETIME, updated_at DATETIME
);
CREATE TABLE message (
    id INTEGER PRIMARY KEY, user_id INTEGER REFERENCES user (id), role VARCHAR, content TEXT,
    meta_message_id VARCHAR, status VARCHAR, created_at DATETIME
);
CREATE TABLE alembic_version (version_num VARCHAR);
"""


def user(number: int = 1, phone_number: str = ANN, **fields: Any) -> dict[str, Any]:
    row = {"id": number, "phone_number": phone_number, "name": "Ann Lee", "is_active": 1}
    return row | {"created_at": "2025-08-12 10:00:00.000000", "updated_at": "2025-08-12 11:00:00.000000"} | fields


def message(number: int = 1, content: Any = "Hello.", **fields: Any) -> dict[str, Any]:
    row = {"id": number, "user_id": 1, "role": "user", "content": content}
    return row | {"created_at": f"2025-08-12 10:{number // 60 % 60:02}:{number % 60:02}.250000"} | fields


def write(path: Path, users: Iterable[dict[str, Any]] = (), messages: Iterable[dict[str, Any]] = ()) -> Path:
    """A chatbot.db that has these rows, and those that it had."""
    is_new = not path.exists()
    with closing(sqlite3.connect(path)) as database, database:
        if is_new:
            database.executescript(SCHEMA)
        for table, rows in (("user", users), ("message", messages)):
            for row in rows:
                columns, marks = ", ".join(row), ", ".join("?" * len(row))
                database.execute(f"INSERT INTO {table} ({columns}) VALUES ({marks})", tuple(row.values()))  # noqa: S608
    return path


def import_from(source: str | Path, *options: str) -> tuple[dict[str, tuple[int, ...]], str]:
    """The counts of each table as tuples of `ALL`, and stderr."""
    out, err = io.StringIO(), io.StringIO()
    call_command("import_whatsapp_chatbot", "--from", str(source), *options, stdout=out, stderr=err)
    counts = json.loads(out.getvalue().splitlines()[-1])
    return {name: tuple(counts[name][word] for word in ALL) for name in TABLES}, err.getvalue()


@contextmanager
def exported(folder: Path, **tables: Iterable[dict[str, Any]]) -> Iterator[Path]:
    """A folder of exported collections."""
    folder.mkdir(exist_ok=True)
    for name, rows in tables.items():
        (folder / f"{name}.json").write_text("".join(json.dumps(row) + "\n" for row in rows))
    yield folder
