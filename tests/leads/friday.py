"""What the old assistant wrote, made up, and a run of its importer over it."""

import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

from django.core.management import call_command

from config.ids import from_uuid

LEAD, OTHER = "65f0a1b2c3d4e5f601234511", "65f0a1b2c3d4e5f601234512"
UUID = "8c0b4f1e-2d3a-4b5c-9d6e-7f8091a2b3c4"
UUID_ID = from_uuid(UUID)
TABLES = ("leads", "conversation_sessions", "transcript_events")
ALL = ("read", "imported", "known", "refused")
NONE, NEW, HERE, REFUSED = (0, 0, 0, 0), (1, 1, 0, 0), (1, 0, 1, 0), (1, 0, 0, 1)
STAMP = "20250812_101112"
SESSION = f"session_{STAMP}"
Run = Callable[..., tuple[dict[str, tuple[int, ...]], str]]


def lead(**fields: Any) -> dict[str, Any]:
    row = {"name": "Dana Quay", "email": "Dana@Example.com ", "company": "Harbour Ropes", "interest": "tow lines"}
    return row | {"timestamp": "2025-08-12T10:12:00.250000", "status": "qualified"} | fields


def message(role: str, *texts: str, **fields: Any) -> dict[str, Any]:
    return {"id": f"item_{role}", "type": "message", "role": role, "content": list(texts)} | fields


def line(content: str = "How much is a tow line?", **fields: Any) -> dict[str, Any]:
    return {"timestamp": "2025-08-12T10:11:30Z", "role": "user", "content": content} | fields


def importer(folder: Path, owner: str) -> Run:
    """Imports what the assistant's folder has; the counts of each of `TABLES` as tuples of `ALL`, and stderr.

    `leads` and `sessions` are documents by the end of their file's name, `lines` those of transcripts.jsonl.
    """

    def run(*options: str, **exports: Any) -> Any:
        write(folder, **exports)
        return import_from(str(folder), "--owner", owner, *options)

    return run


def write(folder: Path, *, leads: Any = None, sessions: Any = None, lines: Any = None) -> None:
    for place in ("leads", "conversations"):
        (folder / place).mkdir(parents=True, exist_ok=True)
    for end, document in (leads or {}).items():
        write_file(folder / f"leads/lead_{end}.json", document)
    for end, document in (sessions or {}).items():
        write_file(folder / f"conversations/transcript_session_{end}.json", document)
    if lines is not None:
        text = "".join(f"{each if isinstance(each, str) else json.dumps(each)}\n" for each in lines)
        (folder / "conversations/transcripts.jsonl").write_text(text)


def write_file(path: Path, document: Any) -> None:
    path.write_bytes(document if isinstance(document, bytes) else json.dumps(document, indent=2).encode())


def import_from(source: str, *options: str) -> Any:
    out, err = io.StringIO(), io.StringIO()
    call_command("import_friday", "--from", source, *options, stdout=out, stderr=err)
    counts = json.loads(out.getvalue().splitlines()[-1])
    return {name: tuple(counts[name][word] for word in ALL) for name in TABLES}, err.getvalue()
