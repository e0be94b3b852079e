"""Whose callback is next, and what a crash, a lost worker or Redis leaves behind."""

import datetime as dt
import socket

import pytest

from config import hooks, posts, queue, times
from jobs import actions, tasks
from jobs.actions import callbacks
from jobs.models import Callback, Job
from tests.jobs.callbacks import end, in_redis, later, receiver, row, start, task_of, work

__all__ = ["later", "receiver", "start"]
MINUTE = dt.timedelta(minutes=1)


def test_a_row_whose_job_has_gone_goes(start, receiver):
    first, second = start(), start()
    end(first)
    Job.objects.all().delete()
    work()
    actions.catch_up()
    assert Callback.objects.get().job_id == second.pk  # its job may be on its way into the database
    Callback.objects.update(created_at=times.now() - 2 * MINUTE)
    actions.catch_up()
    assert not Callback.objects.exists()


def test_while_redis_is_away_it_waits(redis, start, receiver, later):
    redis.stop()
    job = start()
    end(job)
    actions.enqueue_due()
    assert (row(job).state, row(job).tries) == ("sending", 0)
    redis.start()
    actions.enqueue_due()
    assert in_redis() == []  # what has just been taken from Redis is not handed out again
    later(6)
    for _ in range(2):
        actions.enqueue_due()
    assert in_redis() == [task_of(job)]


def test_a_worker_killed_in_the_middle(redis, start, receiver, later):
    job = start()
    end(job)
    for tries in (1, 2, 3):
        assert callbacks.begin(row(job))
        queue.queue_of(callbacks.QUEUE).empty()
        actions.enqueue_due()
        tasks.call_back(row(job).pk)
        assert (in_redis(), row(job).tries) == ([], tries)  # it may still be at it
        later(36)
        actions.enqueue_due()
        assert in_redis() == [task_of(job)]
    work()
    kept = row(job)
    assert (kept.state, kept.error) == ("failed", "The worker stopped in the middle of the last try.")
    assert receiver.seen == []


@pytest.mark.parametrize(
    ("status", "state"), [("completed", "sending"), ("failed", "sending"), ("cancelled", "resting")]
)
def test_a_crash_between_the_end_and_the_callback(start, status, state):
    job, open_job = start(), start()
    Job.objects.filter(pk=job.pk).update(status=status)
    actions.catch_up()
    assert (row(job).state, row(open_job).state) == (state, "waiting")


def test_of_two_who_hand_out_at_once_one_does(redis, alice, start, monkeypatch):
    for job in [start(), start()]:
        end(job)
    Callback.objects.update(state="due")
    due, asked = posts.PostQuerySet.due, []

    def interrupted(rows):
        asked.append(rows)
        if len(asked) == 1:
            callbacks.hand_out(alice.pk)
        return due(rows)

    monkeypatch.setattr(posts.PostQuerySet, "due", interrupted)
    callbacks.hand_out(alice.pk)
    assert sorted(Callback.objects.values_list("state", flat=True)) == ["due", "sending"]


def test_of_each_account_one_is_with_a_worker(redis, start, charlie, receiver):
    jobs = [start() for _ in range(3)]
    for job in jobs:
        end(job)
    other = start(by=charlie)
    end(other)
    assert in_redis() == [task_of(jobs[0]), task_of(other)]
    actions.enqueue_due()
    assert len(in_redis()) == 2
    for job in jobs:
        assert [row(each).state for each in jobs].count("sending") == 1
        tasks.call_back(row(job).pk)
    assert [row(each).state for each in jobs] == ["delivered"] * 3
    assert in_redis() == [task_of(jobs[0]), task_of(other), task_of(jobs[1]), task_of(jobs[2])]


def test_a_host_that_gives_no_answer_rests(start, receiver, later, settings):
    with socket.create_server(("127.0.0.1", 0)) as server:
        dead = f"http://127.0.0.1:{server.getsockname()[1]}/"
    jobs = [start(url=dead), start(url=dead), start(url=receiver.url.replace("127.0.0.1", "localhost"))]
    for job in jobs:
        end(job)
    work()
    assert [row(job).state for job in jobs] == ["due", "due", "sending"]
    assert row(jobs[1]).tries == 0
    assert row(jobs[1]).due_at > times.now() + dt.timedelta(seconds=5)
    work()
    assert row(jobs[2]).state == "delivered"
    later(11)
    actions.enqueue_due()
    assert [row(job).state for job in jobs[:2]].count("sending") == 1


def test_many_accounts_get_their_turns(redis, start, charlie, receiver, monkeypatch):
    monkeypatch.setattr(callbacks, "ROWS", 2)
    mine, theirs = [start() for _ in range(3)], start(by=charlie)
    for job in (*mine, theirs):
        end(job)
    Callback.objects.update(state="due", due_at=times.now())
    queue.queue_of(callbacks.QUEUE).empty()
    for _ in range(2):  # the first sweep sees no further than the account with many
        actions.enqueue_due()
    assert in_redis() == [task_of(mine[0]), task_of(theirs)]


def test_the_sweeps_are_registered():
    registered = {sweep.run: sweep.every for sweep in hooks.sweeps}
    assert registered[actions.enqueue_due] <= 5
    assert registered[actions.catch_up] <= 60
    assert callbacks.HELD.total_seconds() > 2 * callbacks.SECONDS
