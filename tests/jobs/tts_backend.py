"""Rows of the old TTS backend, and a run of its importer over them."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management import call_command

from config.ids import from_uuid

PERSON, JOB, SOUND = "65f0a1b2c3d4e5f601234501", "65f0a1b2c3d4e5f601234502", "65f0a1b2c3d4e5f601234503"
UUID = "8c0b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"
UUID_ID = from_uuid(UUID)
TABLES = ("users", "voices", "counters", "jobs", "temp_audio")
ALL = ("read", "imported", "known", "refused")
NONE, NEW, HERE, REFUSED = (0, 0, 0, 0), (1, 1, 0, 0), (1, 0, 1, 0), (1, 0, 0, 1)
Run = Callable[..., tuple[dict[str, tuple[int, ...]], str]]


def person(**fields: Any) -> dict[str, Any]:
    return {"_id": PERSON, "email": "Dana@example.com", "name": "Dana", "created_at": "2024-03-12T18:30:10Z"} | fields


def voice(**fields: Any) -> dict[str, Any]:
    row = {"id": "en_GB-cori-high", "display_name": "Cori", "language": "en_GB", "gender": "female", "engine": "piper"}
    return row | {"available": True} | fields


def job(**fields: Any) -> dict[str, Any]:
    row = {"_id": JOB, "job_id": 41, "user_id": PERSON, "text": "Ropes creak. A gull complains.", "language": "en"}
    row |= {"voice_id": "en_GB-cori-high", "status": "completed", "created_at": "2024-03-12T18:31:00.500Z"}
    return row | {"completed_at": "2024-03-12T18:31:04Z", "duration": 2.5, "audio_id": SOUND} | fields


def sound(**fields: Any) -> dict[str, Any]:
    row = {"audio_id": SOUND, "user_id": PERSON, "path": "old/gull.wav", "created_at": "2024-03-12T18:31:04Z"}
    return row | {"size_bytes": 3} | fields


def counter(value: Any = 57, **fields: Any) -> dict[str, Any]:
    return {"name": "jobs", "value": value} | fields


def importer(folder: Path) -> Run:
    """Imports rows from files in the folder; the counts of each of `TABLES` as tuples of `ALL`, and stderr."""

    def run(*options: str, **tables: Any) -> Any:
        for name in TABLES:
            lines = (row if isinstance(row, str) else json.dumps(row) for row in tables.get(name, ()))
            (folder / f"tts-{name}.json").write_text("".join(f"{line}\n" for line in lines))
        return import_from(str(folder), *options)

    return run


def import_from(source: str, *options: str) -> Any:
    out, err = io.StringIO(), io.StringIO()
    call_command("import_tts_backend", "--from", source, *options, stdout=out, stderr=err)
    counts = json.loads(out.getvalue().splitlines()[-1])
    return {name: tuple(counts[name][word] for word in ALL) for name in TABLES}, err.getvalue()
