"""A long text gives way: a short one that waits is made between two of its sentences."""

import logging
import time
from types import SimpleNamespace

import pytest

from config import leases, queue
from config.errors import DomainError
from jobs import actions, synthesis
from jobs.actions import making
from jobs.models import Job
from tests.installation import soon
from tests.jobs.stage import SENTENCES, TEXT, stage

__all__ = ["stage"]
TASKS = "rq:job:*"


@pytest.fixture
def long(alice, demo, redis):
    """A text of Alice's that no worker has taken yet."""
    actions.start_job(by=alice, text=TEXT)
    queue.queue_of("interactive").empty()
    Job.objects.update(queue="default")
    return Job.objects.get()


@pytest.fixture
def short(charlie):
    """Charlie asks for something short."""

    def post():
        job = actions.start_job(by=charlie, text="Somebody else sings.")
        soon(lambda: queue.held("interactive"))
        return job

    return post


def statuses():
    return [*Job.objects.order_by("job_id").values_list("status", flat=True)]


def seen_before(stage, *numbers):
    """How the jobs stand before each of these sentences of the long text."""
    seen = []
    for number in numbers:
        stage.before(number, lambda: seen.append(statuses()))
    return seen


def test_a_short_text_is_made_between_two_sentences(long, short, stage):
    stage.before(3, short)
    seen = seen_before(stage, 4)
    actions.run_job(job=long)
    assert seen == [["processing", "completed"]]
    assert statuses() == ["completed", "completed"]
    first, second = Job.objects.order_by("job_id")
    assert second.completed_at < first.completed_at
    assert [words for _, _, words in first.sentences] == [*SENTENCES]
    assert (queue.held("interactive"), queue.connection().keys(TASKS)) == (set(), [])


def test_its_own_first_sound_comes_first(long, short, stage):
    stage.before(1, short)
    seen = seen_before(stage, 2, 3)
    actions.run_job(job=long)
    assert seen == [["processing", "queued"], ["processing", "completed"]]


def test_the_seconds_of_the_other_one_are_not_its_own(long, monkeypatch):
    naps = []

    def nap(name):
        naps.append(0.2)
        time.sleep(0.2)

    monkeypatch.setattr(making.queue, "run_next", nap)
    actions.run_job(job=long)
    timings = Job.objects.get().timings
    assert naps
    assert timings["synthesis"] + timings["encoding"] + sum(naps) <= timings["total"]


def test_it_is_not_taken_away_while_a_short_one_takes_long(long, monkeypatch):
    monkeypatch.setattr(leases, "STILL_SECONDS", 0.0)
    monkeypatch.setattr(leases, "HEARTBEAT_SECONDS", 0.01)
    beats, waited = [], []
    monkeypatch.setattr(leases.Lease, "_renew", lambda lease: beats.append(lease))

    def wait(name):
        before = len(beats)
        soon(lambda: len(beats) > before + 1)  # one may have been on its way
        waited.append(name)

    monkeypatch.setattr(making.queue, "run_next", wait)
    actions.run_job(job=long)
    assert (bool(waited), statuses()) == (True, ["completed"])


def test_they_take_half_of_its_time_at_most(monkeypatch):
    clock = SimpleNamespace(seconds=0.0, perf_counter=lambda: clock.seconds)
    monkeypatch.setattr(synthesis, "time", clock)
    watch = synthesis.Stopwatch(lambda *done: None, None)
    for ours, theirs, has_run_longer in ((1, 0, True), (0, 5, False), (3, 0, False), (1, 0, True)):
        clock.seconds += ours
        with watch.stopped():
            clock.seconds += theirs
        assert watch.has_run_longer == has_run_longer
    assert watch.now() == 5


@pytest.mark.parametrize("error", [DomainError("The voice is broken."), RuntimeError("broken")])
def test_one_that_fails_does_not_end_the_long_one(long, short, stage, caplog, error):
    def fail():
        raise error

    def post():
        short()
        stage.before(1, fail)  # of its own

    stage.before(3, post)
    with caplog.at_level(logging.ERROR, "config.queue"):
        actions.run_job(job=long)
    assert statuses() == ["completed", "failed"]
    assert bool(caplog.records) == isinstance(error, RuntimeError)
    assert (queue.held("interactive"), queue.connection().keys(TASKS)) == (set(), [])


@pytest.mark.parametrize("name", ["interactive", "network-long"])
def test_who_is_short_or_elsewhere_gives_no_way(long, short, stage, name):
    Job.objects.update(queue=name)
    stage.before(3, short)
    actions.run_job(job=Job.objects.get())
    assert statuses() == ["completed", "queued"]


def test_a_redis_that_goes_away_is_asked_once(long, stage, redis, monkeypatch):
    asked, run_next = [], making.queue.run_next

    def ask(name):
        asked.append(name)
        return run_next(name)

    monkeypatch.setattr(making.queue, "run_next", ask)
    stage.before(3, redis.stop)
    actions.run_job(job=long)
    assert statuses() == ["completed"]
    assert len(asked) < 4


@pytest.mark.parametrize("kept", [{}, {"created_at": "never", "data": b"?"}])
def test_a_task_that_redis_has_lost_or_garbled_is_no_task(redis, kept):
    queue.connection().rpush(queue.queue_of("interactive").key, "jobs-tasks-run-aa-bb")
    if kept:
        queue.connection().hset("rq:job:jobs-tasks-run-aa-bb", mapping=kept)
    queue.run_next("interactive")
    assert not queue.held("interactive")
