"""The desk's figures over a year of 1,000,000 events, beside a year of 1,000, turn by turn.

On SQLite, or with MONGODB_URI on that server.
"""

import os
from collections.abc import Iterator

import pytest

from tests.benchmarks.desks import SERVER, Desk, few_and_many, ratio
from tests.benchmarks.fill_desk import EVENTS

FEW = 100
MANY = int(os.environ.get("BENCH_SESSIONS", "100000"))
GOAL = 2.0
ANALYTICS = ("/api/analytics/leads", "/api/analytics/conversations", "/api/analytics/transcripts")
PAGES = ("/analytics", "/analytics?days=90", "/analytics?days=all")
OTHERS = (
    "/api/analytics/conversations?from=2000-01-01T10:00:00Z",
    "/api/reports/weekly",
    "/conversations?lead=converted&from=2000-01-01",
    "/conversations?country=NO&weekday=7&hour=23",
    "/leads?company=Company+7",
)


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Desk]]:
    with few_and_many(tmp_path_factory, "fill_desk", (FEW, MANY)) as desks:
        yield desks


def test_figures_of_a_million_events(desks: list[Desk]) -> None:
    few, many = desks
    assert many.get(ANALYTICS[2])()["total_events"] == MANY * EVENTS
    print(
        f"\n\n{SERVER}: {MANY:,} sessions, {MANY * EVENTS:,} events beside {FEW:,} and {FEW * EVENTS:,}, over one year"
    )
    print(f"rows stored in {many.rows_seconds:.0f} s, {many.days} days counted in {many.count_seconds:.1f} s\n")
    print(f"| door | {FEW * EVENTS:,} events | {MANY * EVENTS:,} | ratio |\n|---|---|---|---|")
    ratios = {path: ratio(path, few, many) for path in (*ANALYTICS, *PAGES, *OTHERS)}
    assert max(ratios[path] for path in (*ANALYTICS, *PAGES)) <= GOAL
