"""What a worker says of itself with its heartbeat."""

import json
import os

import pytest

from config import hooks, queue, workers
from config.workers import Diary
from tests.installation import soon
from tests.jobs.conftest import start, start_worker

__all__ = ["start", "start_worker"]


@pytest.fixture
def clock(monkeypatch):
    """Seconds that go on when a test says so."""

    class Clock:
        now = 1_000.0

        def monotonic(self):
            return self.now

    clock = Clock()
    monkeypatch.setattr(workers, "time", clock)
    return clock


@pytest.fixture
def told(monkeypatch):
    hook = hooks.Hook()
    monkeypatch.setattr(hooks, "worker_figures", hook)
    return hook


def test_an_idle_worker_says_so(clock, told):
    entry = Diary().entry()
    assert (entry["task"], entry["tasks"], entry["busy_seconds"], entry["busy_share"]) == ("", 0, 0, 0)
    assert entry["memory_bytes"] > 1_000_000


def test_a_busy_worker_says_with_what_and_for_how_long(clock, told):
    diary = Diary()
    with diary.working_on("jobs.tasks.run", "a1"):
        clock.now += 12
        entry = diary.entry()
    assert (entry["task"], entry["row"], entry["task_seconds"]) == ("jobs.tasks.run", "a1", 12)
    assert (entry["busy_seconds"], entry["busy_share"]) == (12, 1)
    clock.now += 4
    assert (diary.entry()["task"], diary.entry()["busy_seconds"], diary.entry()["busy_share"]) == ("", 12, 0.75)


def test_the_share_is_of_the_last_minute(clock, told):
    diary = Diary()
    with diary.working_on("jobs.tasks.run", "a1"):
        clock.now += 600
    for _ in range(workers.BEATS_KEPT):
        clock.now += queue.HEARTBEAT_SECONDS
        entry = diary.entry()
    assert (entry["busy_share"], entry["busy_seconds"]) == (0, 600)


def test_work_that_breaks_is_over_too(clock, told):
    diary = Diary()
    with pytest.raises(KeyError), diary.working_on("jobs.tasks.run", "a1"):
        raise KeyError
    diary.note_end(is_done=False)
    assert (diary.entry()["task"], diary.entry()["tasks"], diary.entry()["crashes"]) == ("", 0, 1)


def test_the_apps_add_theirs_and_break_no_heartbeat(told, caplog):
    told.register(lambda: 1 / 0)
    told.register(lambda: {"voices": ["demo"]})
    assert Diary().entry()["voices"] == ["demo"]
    assert "A worker's figures are incomplete" in caplog.text


def test_without_the_systems_word_memory_is_unknown(monkeypatch, tmp_path):
    monkeypatch.setattr(workers, "MEMORY", tmp_path / "nothing")
    assert workers.memory_bytes() == 0


def test_heartbeats_are_read_with_their_age(redis):
    queue.connection().set(f"{queue.WORKER_KEYS}speech-b-2", json.dumps({"tasks": 3}), ex=4)
    queue.connection().set(f"{queue.WORKER_KEYS}network-a-1", 17)
    old, new = queue.heartbeats()
    assert (old.name, old.kind, old.said, old.silent_seconds) == ("network-a-1", "network", {}, None)
    assert (new.kind, new.said) == ("speech", {"tasks": 3})
    assert 6 <= new.silent_seconds <= 10  # a heartbeat lies there for ten seconds


@pytest.mark.parametrize("owner", ["", "0123456789abcdef01234567"])
def test_a_task_is_known_by_its_id(owner):
    assert queue.task_and_row(queue.task_id("jobs.tasks.run", "a1", owner)) == ("jobs.tasks.run", "a1")


@pytest.mark.django_db(transaction=True)
def test_a_real_worker_says_what_it_has_done(api, alice, demo, start_worker):
    process = start_worker()
    assert os.getpriority(os.PRIO_PROCESS, process.pid) > os.getpriority(os.PRIO_PROCESS, 0)  # behind those that wait
    api(alice).post("/api/jobs", {"text": "Ropes creak."}, "application/json")
    soon(lambda: queue.heartbeats()[0].said.get("jobs_completed") == 1)
    said = queue.heartbeats()[0].said
    assert (said["tasks"], said["crashes"], said["jobs_failed"], said["voices"]) == (1, 0, 0, [demo.voice_id])
    assert said["memory_bytes"] > 50_000_000
