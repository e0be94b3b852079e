"""Rows of the old voice-model studio, and a run of its importer over them."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management import call_command

from config.ids import from_uuid

PERSON, MODEL, ECHO = "65f0a1b2c3d4e5f601234501", "65f0a1b2c3d4e5f601234502", "65f0a1b2c3d4e5f601234503"
UUID = "8c0b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"
UUID_ID = from_uuid(UUID)
FISH_ID = "8ef4a238714b45718ce04243307c57a7"
TABLES = ("users", "voice_models", "echos")
ALL = ("read", "imported", "known", "refused")
NONE, NEW, HERE, REFUSED = (0, 0, 0, 0), (1, 1, 0, 0), (1, 0, 1, 0), (1, 0, 0, 1)
Counted = tuple[tuple[int, ...], tuple[int, ...], tuple[int, ...], str]


def person(**fields: Any) -> dict[str, Any]:
    row = {"_id": {"$oid": PERSON}, "email": "Dana@example.com", "name": "Dana"}
    return row | {"created_at": {"$date": "2024-03-12T18:30:10.250Z"}} | fields


def model(**fields: Any) -> dict[str, Any]:
    row = {"_id": {"$oid": MODEL}, "user_id": PERSON, "model_id": FISH_ID, "name": "Harbour", "echo_id": None}
    row |= {"audio_file_path": "/srv/uploads/harbour talk.mp4", "file_type": "video"}
    return row | {"created_at": {"$date": "2024-03-12T18:31:00Z"}} | fields


def echo(**fields: Any) -> dict[str, Any]:
    row = {"_id": {"$oid": ECHO}, "user_id": PERSON, "name": "Keeper", "description": "At the lighthouse"}
    row |= {"persona_prompt": "You keep a lighthouse.\nYou are calm.", "voice_model_id": None}
    return row | {"created_at": {"$date": "2024-03-12T18:32:00Z"}} | fields


def fish_id(number: int) -> str:
    return f"{number:032x}"


def object_id(number: int) -> str:
    return f"{number:024x}"


def importer(folder: Path) -> Callable[..., Counted]:
    """Imports rows from files in the folder; the counts of each of `TABLES` as tuples of `ALL`, and stderr."""

    def run(*options: str, users: Any = (), models: Any = (), echos: Any = ()) -> Counted:
        for name, rows in zip(TABLES, (users, models, echos), strict=True):
            lines = (row if isinstance(row, str) else json.dumps(row) for row in rows)
            (folder / f"{name}.json").write_text("".join(f"{line}\n" for line in lines))
        return import_from(str(folder), *options)

    return run


def import_from(source: str | None, *options: str) -> Counted:
    out, err = io.StringIO(), io.StringIO()
    words = (("--from", source) if source else ()) + options
    call_command("import_voice_studio", *words, stdout=out, stderr=err)
    counts = json.loads(out.getvalue().splitlines()[-1])
    return *(tuple(counts[name][word] for word in ALL) for name in TABLES), err.getvalue()
