"""The figures of chats over a year of 1,000,000 messages, beside a year of 1,000, turn by turn.

On SQLite, or with MONGODB_URI on that server.
"""

import os
from collections.abc import Iterator

import pytest

from tests.benchmarks.desks import SERVER, Desk, few_and_many, ratio

FEW, MANY = 1_000, int(os.environ.get("BENCH_MESSAGES", "1000000"))
GOAL = 2.0
STATS = "/api/v1/admin/stats"
OTHERS = ("/api/v1/admin/users", "/api/v1/admin/users?skip=10000", "/api/v1/admin/chats/latest", "/inbox")


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Desk]]:
    with few_and_many(tmp_path_factory, "fill_chats", (FEW, MANY)) as desks:
        yield desks


def test_figures_of_a_million_messages(desks: list[Desk]) -> None:
    few, many = desks
    assert many.get(STATS)()["total_messages"] == MANY
    print(f"\n\n{SERVER}: {MANY:,} messages of {MANY // 100:,} contacts beside {FEW:,} of {FEW // 100}, over one year")
    print(f"rows stored in {many.rows_seconds:.0f} s, {many.days} days counted in {many.count_seconds:.1f} s\n")
    print(f"| door | {FEW:,} messages | {MANY:,} | ratio |\n|---|---|---|---|")
    ratios = {path: ratio(path, few, many) for path in (STATS, *OTHERS)}
    assert ratios[STATS] <= GOAL
