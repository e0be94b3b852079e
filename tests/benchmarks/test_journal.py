"""How many events a second the API takes with its journal, each on the disk first, beside the same without it."""

import itertools
import json
import os
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from config.management.commands import web
from tests.benchmarks.conftest import Caller, studio
from tests.installation import ROOT, Place, free_port, page, soon

CLIENTS, BATCH = 4, 50
ROUNDS, SECONDS = 5, 4.0
GOAL = 0.7
CONTENT = "I would like to know what a voice of our own costs for forty seats, and how long it takes."
numbers = itertools.count(1)


@contextmanager
def without_journal(place: Place) -> Iterator[Place]:
    """A second web server of the same installation."""
    other = place | {"PORT": str(free_port())}
    values = {"--port": other["PORT"], "--workers": place["WEB_PROCESSES"]}
    words = [values.get(last, word) for last, word in itertools.pairwise(web.command())]
    command = [sys.executable, *words[:-1], "tests.benchmarks.unjournaled:application"]
    process = subprocess.Popen(command, cwd=ROOT, env=os.environ | other, start_new_session=True)
    try:
        soon(lambda: page(other)[0] == 200, 60)
        yield other
    finally:
        process.terminate()
        process.wait()


def batch() -> dict[str, object]:
    session_id = f"call_{next(numbers)}"
    return {"events": [{"session_id": session_id, "role": "user", "content": CONTENT} for _ in range(BATCH)]}


def take_in(caller: Caller, until: float, taken: list[int]) -> None:
    while time.monotonic() < until:
        answer = caller.json("POST", "/api/transcripts/events", batch())
        assert answer["accepted"] == BATCH, json.dumps(answer)
        taken.append(BATCH)


def events_a_second(callers: list[Caller]) -> float:
    taken: list[int] = []
    started = time.monotonic()
    threads = [threading.Thread(target=take_in, args=(each, started + SECONDS, taken)) for each in callers]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return sum(taken) / (time.monotonic() - started)


def test_events_with_and_without_the_journal(tmp_path_factory):
    with studio(tmp_path_factory, WEB_PROCESSES="2") as place, without_journal(place) as bare:
        sides = [[Caller(each) for _ in range(CLIENTS)] for each in (place, bare)]
        for side in sides:
            events_a_second(side)
        rounds = [[events_a_second(side) for side in sides] for _ in range(ROUNDS)]
        journaled, unjournaled = (statistics.median(column) for column in zip(*rounds, strict=True))
        for caller in itertools.chain(*sides):
            caller.connection.close()
    ratio = statistics.median(one / other for one, other in rounds)
    print(f"\n\n{connection.vendor}, batches of {BATCH}, {CLIENTS} clients, {ROUNDS} rounds of {SECONDS:g} s in turns")
    print(f"events a second: {journaled:,.0f} with the journal, {unjournaled:,.0f} without, ratio {ratio:.2f}")
    assert ratio >= GOAL
