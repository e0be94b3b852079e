"""What a worker says of itself with each heartbeat, and how that is read."""

import json
import logging
import os
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from config import hooks

logger = logging.getLogger(__name__)
BEATS_KEPT = 21  # of three seconds each: the share of work is that of the last minute
MEMORY = Path("/proc/self/statm")


class Diary:
    """What this process works on, and has worked on."""

    def __init__(self) -> None:
        self._now: tuple[str, str, float] | None = None  # the task, its row, since when
        self._busy = 0.0  # seconds, of tasks that have ended
        self._tasks = self._crashes = 0
        self._beats = deque([(time.monotonic(), 0.0)], maxlen=BEATS_KEPT)

    @contextmanager
    def working_on(self, task: str, row: str) -> Iterator[None]:
        began = time.monotonic()
        self._now = task, row, began
        try:
            yield
        finally:
            self._now, self._busy = None, self._busy + time.monotonic() - began

    def note_end(self, *, is_done: bool) -> None:
        self._tasks += is_done
        self._crashes += not is_done

    def entry(self) -> dict[str, Any]:
        """What a heartbeat carries: numbers, names and seconds that need no other machine's clock."""
        now, work = time.monotonic(), self._now
        busy = self._busy + (now - work[2] if work else 0.0)
        self._beats.append((now, busy))
        since, busy_then = self._beats[0]
        task, row, began = work or ("", "", now)
        return {
            "pid": os.getpid(),
            "task": task,
            "row": row,
            "task_seconds": round(now - began, 1),
            "tasks": self._tasks,
            "crashes": self._crashes,
            "busy_seconds": round(busy, 1),
            "busy_share": round(min(1.0, max(0.0, busy - busy_then) / max(now - since, 0.001)), 3),
            "memory_bytes": memory_bytes(),
        } | told()


def told() -> dict[str, Any]:
    """What the apps add. A heartbeat does not stop for a figure."""
    figures: dict[str, Any] = {}
    for tell in hooks.worker_figures:
        try:
            figures |= tell()
        except Exception:
            logger.exception("A worker's figures are incomplete: %s", tell)
    return figures


def memory_bytes() -> int:
    """What of this process lies in memory; 0 where the system does not say."""
    try:
        return int(MEMORY.read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE")
    except (OSError, ValueError, IndexError):
        return 0


diary = Diary()


@dataclass(frozen=True)
class Heartbeat:
    """The last one of a worker. `silent_seconds` is None when nobody knows how old it is."""

    name: str
    silent_seconds: float | None
    said: dict[str, Any] = field(default_factory=dict)

    @property
    def kind(self) -> str:
        return self.name.partition("-")[0]


def read(name: str, value: bytes, *, silent_seconds: float | None) -> Heartbeat:
    """A heartbeat as it lay in Redis; one of an older version says nothing but its pid."""
    try:
        said = json.loads(value)
    except ValueError:
        said = {}
    return Heartbeat(name, silent_seconds, said if isinstance(said, dict) else {})
