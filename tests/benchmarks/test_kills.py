"""1,000 jobs while workers, then Redis, then a worker again are killed: all of them are completed, each once."""

import os
import re
import signal
import threading
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from subprocess import Popen
from typing import Any

import pytest

from tests.benchmarks import talkers
from tests.benchmarks.conftest import Caller, furnished
from tests.installation import Place, pid, running, soon

JOBS, POSTERS = 1_000, 4
POSTS_A_SECOND = 25
KILLED = {250: ("worker-1", "worker-2"), 500: ("redis-1",), 750: ("worker-1",)}  # when so many are posted
END_SECONDS = 900
READY = re.compile(r"Job (\d+) is ready")


class Log:
    """What the installation says, read as it comes: nobody waits for a full pipe."""

    def __init__(self, up: "Popen[str]") -> None:
        self.ready: list[str] = []
        self.thread = threading.Thread(target=self.read, args=(up,), daemon=True)
        self.thread.start()

    def read(self, up: "Popen[str]") -> None:
        for line in up.stdout:
            self.ready += READY.findall(line)


class Posts:
    """Jobs posted by several clients at a steady pace; at some of them parts of the installation are killed."""

    def __init__(self, place: Place) -> None:
        self.place, self.lock, self.ids = place, threading.Lock(), list[str]()

    def post(self, jobs: int) -> None:
        caller = Caller(self.place)
        for _ in range(jobs):
            job = caller.json("POST", "/api/jobs", {"text": talkers.text_of(1), "format": "mp3"})
            self.note(job["_id"])
            time.sleep(POSTERS / POSTS_A_SECOND)
        caller.connection.close()

    def note(self, job_id: str) -> None:
        with self.lock:
            self.ids.append(job_id)
            for part in KILLED.get(len(self.ids), ()):
                os.kill(pid(self.place, part), signal.SIGKILL)


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with furnished(tmp_path_factory, WORKERS="2", LOG_LEVEL="INFO") as place:
        yield place


def test_1000_jobs_while_parts_are_killed(place: Place) -> None:
    with running(place) as up:
        log, posts, started = Log(up), Posts(place), time.perf_counter()
        with ThreadPoolExecutor(POSTERS) as pool:
            list(pool.map(posts.post, [JOBS // POSTERS] * POSTERS))
        posting, caller = time.perf_counter() - started, Caller(place)
        soon(lambda: not any_open(caller), END_SECONDS)
        seconds = time.perf_counter() - started
        jobs = list(every_job(caller))
        caller.connection.close()
        up.terminate()
        log.thread.join()
    check(place, posts.ids, jobs, log)
    tries = Counter(job["attempts"] for job in jobs)
    again = sum(number for attempts, number in tries.items() if attempts > 1)
    print("\n\n| jobs | posted within | all completed after | ready twice | lost | tried more than once |")
    print(f"{'|---' * 6}|\n| {len(jobs):,} | {posting:.0f} s | {seconds:.0f} s | 0 | 0 | {again} |")


def any_open(caller: Caller) -> bool:
    time.sleep(0.5)
    return any(caller.json("GET", f"/api/jobs?status={status}&limit=1")["items"] for status in ("queued", "processing"))


def every_job(caller: Caller) -> Iterator[dict[str, Any]]:
    cursor: str | None = ""
    while cursor is not None:
        found = caller.json("GET", f"/api/jobs?limit=100&cursor={cursor}")
        yield from found["items"]
        cursor = found["next"]


def check(place: Place, posted: list[str], jobs: list[dict[str, Any]], log: Log) -> None:
    """Every job that was posted is there and completed, has one sound, and was told to be ready once at most."""
    assert sorted(job["_id"] for job in jobs) == sorted(posted)
    assert Counter(job["status"] for job in jobs) == {"completed": JOBS}
    assert len({job["job_id"] for job in jobs}) == len({job["audio_id"] for job in jobs}) == JOBS
    assert len(list(Path(place["VAR_DIR"], "media", "temp").glob("*/*.mp3"))) == JOBS
    assert max(Counter(log.ready).values()) == 1
