"""The desk's figures over a year of 1,000,000 events, beside a year of 1,000, turn by turn.

On SQLite, or with MONGODB_URI on that server.
"""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

import pytest

from tests.benchmarks.browser import Browser
from tests.benchmarks.conftest import Caller, studio
from tests.benchmarks.fill_desk import EVENTS
from tests.benchmarks.turns import in_turns
from tests.installation import ROOT

FEW = 100
MANY = int(os.environ.get("BENCH_SESSIONS", "100000"))
ROUNDS = 60
GOAL = 2.0
ANALYTICS = ("/api/analytics/leads", "/api/analytics/conversations", "/api/analytics/transcripts")
OTHERS = (
    "/api/analytics/conversations?from=2000-01-01T10:00:00Z",
    "/api/reports/weekly",
    "/analytics?days=all",
)


@dataclass
class Desk:
    """One installation with so many sessions; what filling and counting them took."""

    caller: Caller
    browser: Browser
    rows_seconds: float
    count_seconds: float
    days: int

    def get(self, path: str) -> Callable[[], object]:
        return lambda: self.caller.json("GET", path) if path.startswith("/api") else self.browser.get(path)

    def close(self) -> None:
        self.caller.connection.close()
        self.browser.close()


@contextmanager
def filled(folders: pytest.TempPathFactory, sessions: int) -> Iterator[Desk]:
    with studio(folders, WORKERS="0") as place:
        command = [sys.executable, "-m", "tests.benchmarks.fill_desk", str(sessions)]
        done = subprocess.run(command, cwd=ROOT, env=os.environ | place, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        rows, count, days = done.stdout.split()[-3:]
        with closing(Desk(Caller(place), Browser(int(place["PORT"])), float(rows), float(count), int(days))) as desk:
            yield desk


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Desk]]:
    with ExitStack() as stack:
        yield [stack.enter_context(filled(tmp_path_factory, sessions)) for sessions in (FEW, MANY)]


def test_figures_of_a_million_events(desks: list[Desk]) -> None:
    few, many = desks
    assert many.get(ANALYTICS[2])()["total_events"] == MANY * EVENTS
    server = "MongoDB" if os.environ.get("MONGODB_URI") else "SQLite"
    print(
        f"\n\n{server}: {MANY:,} sessions, {MANY * EVENTS:,} events beside {FEW:,} and {FEW * EVENTS:,}, over one year"
    )
    print(f"rows stored in {many.rows_seconds:.0f} s, {many.days} days counted in {many.count_seconds:.1f} s\n")
    print(f"| door | {FEW * EVENTS:,} events | {MANY * EVENTS:,} | ratio |\n|---|---|---|---|")
    ratios = {path: ratio(path, few, many) for path in (*ANALYTICS, *OTHERS)}
    assert max(ratios[path] for path in ANALYTICS) <= GOAL


def ratio(path: str, few: Desk, many: Desk) -> float:
    first, second = in_turns(ROUNDS, (few.get(path),), (many.get(path),))
    print(f"| `GET {path}` | {first:.1f} ms | {second:.1f} ms | {second / first:.2f} |", flush=True)
    return second / first
