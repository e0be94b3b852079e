"""Search in a million transcript events, beside an installation that stores a thousand, turn by turn.

It runs on SQLite, or on the server of MONGODB_URI.
"""

import os
import sqlite3
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager
from urllib.parse import quote

import pytest
from pymongo import MongoClient

from tests.benchmarks.conftest import Caller, studio
from tests.benchmarks.turns import in_turns
from tests.installation import ROOT

FEW = 1_000
MANY = int(os.environ.get("BENCH_EVENTS", "1000000"))
ROUNDS = 20
ASKED = {
    "a word in ten events": "zanzibar",
    "a word in every event": "the",
    "a phrase in one of a hundred": '"price list"',
    "two words, one frequent and one rare": "the zanzibar",
    "a word that nobody said": "harbour",
}


@contextmanager
def filled(folders: pytest.TempPathFactory, events: int) -> Iterator[Caller]:
    with studio(folders, WORKERS="0") as place:
        command = [sys.executable, "-m", "tests.benchmarks.fill_events", str(events)]
        began = time.monotonic()
        done = subprocess.run(command, cwd=ROOT, env=os.environ | place, capture_output=True, text=True)
        assert done.returncode == 0, done.stderr
        print(f"\n{events:,} events stored in {time.monotonic() - began:.0f} s", flush=True)
        with closing((caller := Caller(place)).connection):
            yield caller


@pytest.fixture(scope="module")
def desks(tmp_path_factory: pytest.TempPathFactory) -> Iterator[list[Caller]]:
    with ExitStack() as stack:
        yield [stack.enter_context(filled(tmp_path_factory, events)) for events in (FEW, MANY)]


def server() -> str:
    uri = os.environ.get("MONGODB_URI")
    if not uri:
        return f"SQLite {sqlite3.sqlite_version}"
    with MongoClient(uri) as client:
        return f"a server that says it is MongoDB {client.server_info()['version']}"


def found(caller: Caller, q: str) -> int:
    return len(caller.json("GET", f"/api/transcripts/search?q={quote(q)}")["items"])


def test_search_in_a_million_events(desks: list[Caller]) -> None:
    few, many = desks
    print(f"\n\n{MANY:,} events beside {FEW:,}, nine in ten of one team, median of {ROUNDS} rounds, on {server()}\n")
    print(f"| looked for | found | in {FEW:,} events | in {MANY:,} events | ratio |\n|---|---|---|---|---|")
    for words, q in ASKED.items():
        one, other = in_turns(ROUNDS, (found, few, q), (found, many, q))
        shown = found(many, q)
        print(f"| {words} | {shown} | {one:.1f} ms | {other:.1f} ms | {other / one:.2f} |", flush=True)
