"""The list of jobs where a million are stored, beside an installation that stores a thousand, turn by turn."""

import os
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest

from tests.benchmarks.browser import Browser
from tests.benchmarks.conftest import Caller, studio
from tests.benchmarks.turns import in_turns
from tests.installation import ROOT, Place

FEW = 1_000
MANY = int(os.environ.get("BENCH_JOBS", "1000000"))
PAGE_ROWS = 20
DEEP_PAGE = MANY // 100
ROUNDS = 60
DOORS = {"GET /api/jobs": "/api/jobs?limit=20", "GET /jobs": "/jobs?"}


class Desk:
    """One installation with so many jobs: pages of its list, and where a deep one begins."""

    def __init__(self, place: Place, cursor: str) -> None:
        self.caller, self.browser, self.cursor = Caller(place), Browser(int(place["PORT"])), cursor
        self.close()  # until the first question the server would do so

    def close(self) -> None:
        self.caller.connection.close()
        self.browser.close()

    def page(self, path: str, *, is_deep: bool) -> Callable[[], object]:
        address = f"{path}&cursor={self.cursor}" if is_deep else path
        return lambda: self.caller.json("GET", address) if path.startswith("/api") else self.browser.get(address)


@contextmanager
def filled(folders: pytest.TempPathFactory, jobs: int) -> Iterator[Desk]:
    with studio(folders, WORKERS="0") as place:
        rank = (DEEP_PAGE - 1) * PAGE_ROWS
        command = [sys.executable, "-m", "tests.benchmarks.fill_jobs", str(jobs), str(rank)]
        done = subprocess.run(command, cwd=ROOT, env=os.environ | place, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        with closing(Desk(place, done.stdout.strip())) as desk:
            yield desk


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Desk]]:
    with ExitStack() as stack:
        yield [stack.enter_context(filled(tmp_path_factory, jobs)) for jobs in (FEW, MANY)]


def test_lists_of_a_million_jobs(desks: list[Desk]) -> None:
    few, many = desks
    print(f"\n\n{MANY:,} jobs beside {FEW:,}, nine in ten of one account, median of {ROUNDS} rounds, turn by turn\n")
    deep = f"page {DEEP_PAGE:,} of {MANY:,}"
    print(f"| door | first page of {FEW:,} | first of {MANY:,} | ratio | {deep} | ratio |\n|---|---|---|---|---|---|")
    for name, path in DOORS.items():
        acts = [few.page(path, is_deep=False), many.page(path, is_deep=False), many.page(path, is_deep=True)]
        if path.startswith("/api"):
            assert all(len(act()["items"]) == PAGE_ROWS for act in acts)
        one, first, last = in_turns(ROUNDS, *((act,) for act in acts))
        print(
            f"| `{name}` | {one:.1f} ms | {first:.1f} ms | {first / one:.2f} | {last:.1f} ms | {last / one:.2f} |",
            flush=True,
        )
