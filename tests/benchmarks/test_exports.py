"""The memory and the time of exports of 1,000,000 events, in the web process and in a worker.

On SQLite, or with MONGODB_URI on that server. BENCH_SESSIONS says how many conversations of ten events there are.
"""

import os
import re
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from tests.benchmarks.conftest import Caller
from tests.benchmarks.desks import SERVER, filled
from tests.benchmarks.fill_desk import EVENTS
from tests.installation import soon

SESSIONS = int(os.environ.get("BENCH_SESSIONS", "100000"))
GOAL_MEGABYTES = 50
PART_BYTES = 1024 * 1024
PATHS = (
    "/api/transcripts/export?format=csv",
    "/api/transcripts/export?format=json",
    "/api/transcripts/export?format=xlsx",
    "/api/transcripts/export?rows=conversations&format=csv",
    "/api/sessions/export?format=csv",
    "/api/leads/export?format=csv",
)


def web_process(folder: Path) -> int:
    """The one that answers: the largest child of the web server, which itself only watches it."""
    server = int((folder / "run" / "web-1.pid").read_text())
    children = Path(f"/proc/{server}/task/{server}/children").read_text().split()
    return max([server, *map(int, children)], key=resident)


def resident(process: int) -> float:
    """What of a process lies in memory: MB."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())[1]) / 1024


@contextmanager
def peak_of(process: int) -> Iterator[Callable[[], float]]:
    """The most that it had in memory inside the block: MB."""
    most, is_over = resident(process), threading.Event()

    def watch() -> None:
        nonlocal most
        while not is_over.wait(0.05):
            most = max(most, resident(process))

    watcher = threading.Thread(target=watch, daemon=True)
    watcher.start()
    yield lambda: most
    is_over.set()
    watcher.join()


def fetch(caller: Caller, path: str) -> tuple[int, float]:
    """How many bytes came, and after how many seconds the first of them."""
    begun, size, first = time.monotonic(), 0, 0.0
    caller.connection.timeout = 3600
    caller.connection.request("GET", path, headers=caller.headers)
    answer = caller.connection.getresponse()
    assert answer.status == 200, answer.read()
    while part := answer.read(PART_BYTES):
        first = first or time.monotonic() - begun
        size += len(part)
    return size, first


def test_memory_of_exports(tmp_path_factory: pytest.TempPathFactory) -> None:
    with filled(tmp_path_factory, "fill_desk", SESSIONS) as desk:
        process = web_process(Path(desk.place["VAR_DIR"]))
        for path in PATHS:
            fetch(desk.caller, f"{path}&to=2000-01-01")  # what is loaded with the first of each kind stays
        idle = resident(process)
        print(
            f"\n\n{SERVER}: {SESSIONS:,} conversations, {SESSIONS * EVENTS:,} events; the web process has {idle:.0f} MB"
        )
        print("\n| door | size | seconds to the first byte | to the last | peak above idle |\n|---|---|---|---|---|")
        peaks = [measured(desk.caller, process, path, idle) for path in PATHS]
        assert max(peaks) <= GOAL_MEGABYTES
        assert soon(lambda: list(Path(desk.place["VAR_DIR"], "work").iterdir()) == [], 5)


def measured(caller: Caller, process: int, path: str, idle: float) -> float:
    begun = time.monotonic()
    with peak_of(process) as peak:
        size, first = fetch(caller, path)
    more = peak() - idle
    seconds = time.monotonic() - begun
    print(f"| `{path}` | {size / 1e6:,.0f} MB | {first:.1f} | {seconds:.1f} | {more:.0f} MB |", flush=True)
    return more
