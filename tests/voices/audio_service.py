"""Rows of the old user and audio-file service, and a run of its importer over them."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from argon2 import PasswordHasher
from django.core.management import call_command

from config.ids import from_uuid

UUID = "8c0b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"
FILE = "0b7e6a52-91c3-4d1f-8a55-3c2b1a0f9e8d"
USER_ID, FILE_ID = from_uuid(UUID), from_uuid(FILE)
SALT = "c2FsdCBvZiBhbiBvbGQga2V5LCAzMiBieXRlcyBsb25nIQ=="
PASSWORD = "old harbour 7"
HASH = PasswordHasher(time_cost=1, memory_cost=64, parallelism=1).hash(PASSWORD, salt=b"salt of the tests")
ALL = ("read", "imported", "known", "refused")


def person(**fields: Any) -> dict[str, Any]:
    row = {"user_id": UUID, "email": " Dana@Example.com ", "password_hash": HASH, "key_salt": SALT}
    return row | {"created_at": 1_700_000_000.25} | fields


def sound(**fields: Any) -> dict[str, Any]:
    row = {"file_id": FILE, "user_id": UUID, "s3_key": "dana/tide.wav", "file_size": 4096}
    return row | {"content_type": "audio/wav", "duration": 1.5, "uploaded_at": "2024-05-06T07:08:09.1234Z"} | fields


def importer(folder: Path) -> Callable[..., tuple[tuple[int, ...], tuple[int, ...], str]]:
    """Imports rows from files in the folder; the counts of people and of files as tuples of `ALL`, and stderr."""

    def run(*options: str, users: Any = (), files: Any = (), source: str | None = None) -> Any:
        for name, rows in (("panzoto-users.json", users), ("panzoto-audio-files.jsonl", files)):
            lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
            (folder / name).write_text("".join(f"{line}\n" for line in lines))
        return import_from(source or str(folder), *options)

    return run


def import_from(source: str | None, *options: str) -> tuple[tuple[int, ...], tuple[int, ...], str]:
    out, err = io.StringIO(), io.StringIO()
    words = (("--from", source) if source else ()) + options
    call_command("import_audio_service", *words, stdout=out, stderr=err)
    counts = json.loads(out.getvalue().splitlines()[-1])
    people, files = (tuple(counts[name][word] for word in ALL) for name in ("users", "audio_files"))
    return people, files, err.getvalue()
