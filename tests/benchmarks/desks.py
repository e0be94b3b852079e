"""Installations whose desks have been filled, few rows beside many, and what their doors take."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, closing, contextmanager
from dataclasses import dataclass

import pytest

from tests.benchmarks.browser import Browser
from tests.benchmarks.conftest import Caller, studio
from tests.benchmarks.turns import in_turns
from tests.installation import ROOT, Place

ROUNDS = 60
SERVER = "MongoDB" if os.environ.get("MONGODB_URI") else "SQLite"


@dataclass
class Desk:
    """One installation; what filling it and counting its days took."""

    caller: Caller
    browser: Browser
    rows_seconds: float
    count_seconds: float
    days: int
    place: Place

    def get(self, path: str) -> Callable[[], object]:
        return lambda: self.caller.json("GET", path) if path.startswith("/api") else self.browser.get(path)

    def close(self) -> None:
        self.caller.connection.close()
        self.browser.close()


@contextmanager
def filled(folders: pytest.TempPathFactory, module: str, number: int) -> Iterator[Desk]:
    with studio(folders, WORKERS="0") as place:
        command = [sys.executable, "-m", f"tests.benchmarks.{module}", str(number)]
        done = subprocess.run(command, cwd=ROOT, env=os.environ | place, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        rows, count, days = done.stdout.split()[-3:]
        caller, browser = Caller(place), Browser(int(place["PORT"]))
        with closing(Desk(caller, browser, float(rows), float(count), int(days), place)) as desk:
            yield desk


@contextmanager
def few_and_many(folders: pytest.TempPathFactory, module: str, numbers: Sequence[int]) -> Iterator[list[Desk]]:
    """One desk for each number, filled by that module."""
    with ExitStack() as stack:
        yield [stack.enter_context(filled(folders, module, number)) for number in numbers]


def ratio(path: str, few: Desk, many: Desk) -> float:
    """How much longer the second takes; prints the row of a table."""
    first, second = in_turns(ROUNDS, (few.get(path),), (many.get(path),))
    print(f"| `GET {path}` | {first:.1f} ms | {second:.1f} ms | {second / first:.2f} |", flush=True)
    return second / first
