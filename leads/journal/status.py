"""What the journal is like now, in figures."""

import datetime as dt
import time
from typing import Any

from django.conf import settings

from config import times
from leads.journal import gate, history, keeping, reading, refused


def status() -> dict[str, Any]:
    """Files, bytes, and what waits; nothing is changed. OSError without the folder."""
    files = [known for path in reading.written() if (known := looked_at(path))]
    waiting = [arrival for known in files for arrival in known.waiting]
    kept = keeping.kept(settings.JOURNAL_DIR)
    return {
        "folder": str(settings.JOURNAL_DIR),
        "is_behind": gate.is_behind(),
        "waiting": len(waiting),
        "oldest_waiting": times.iso(moment(min(waiting))) if waiting else None,
        "oldest_waiting_seconds": round(time.time() - min(waiting) / 1e9, 1) if waiting else None,
        "refused": len(history.put_aside()),
        "damaged": sum(known.damaged for known in files),
        "files": {"living": sum(known.is_living for known in files), "written": len(files), "kept": len(kept)},
        "bytes": sum(reading.size_of(path) for path in (*(known.path for known in files), *kept, *refused.files())),
    }


def looked_at(path: Any) -> reading.Known | None:
    try:
        return history.looked_at(path)
    except FileNotFoundError:
        return None  # it was compressed meanwhile


def moment(arrival: int) -> dt.datetime:
    return dt.datetime.fromtimestamp(arrival / 1e9, dt.UTC)
