"""Jobs that call back, and workers that call, for the tests: import the fixtures where they are used."""

import datetime as dt

import pytest

from config import queue, times
from config.leases import Lease
from jobs import actions, tasks
from jobs.actions import callbacks, ended
from jobs.models import Callback
from tests.receiver import receiving


@pytest.fixture
def receiver(settings):
    settings.CALLBACK_ALLOW_PRIVATE = True
    with receiving() as receiver:
        yield receiver


@pytest.fixture
def later(monkeypatch):
    """Moves the clock on by so many seconds."""
    now, passed = times.now, [0.0]
    monkeypatch.setattr(times, "now", lambda: now() + dt.timedelta(seconds=passed[0]))

    def move(seconds):
        passed[0] += seconds

    return move


@pytest.fixture
def start(alice, demo, receiver):
    def start(by=alice, url=receiver.url):
        return actions.start_job(by=by, text="Ropes creak.", callback_url=url)

    return start


def end(job, error=""):
    """As its worker ends it, without the speech."""
    lease = Lease.claim(job)
    lease.fail(error, cause="crashed") if error else lease.complete()
    ended.job_ended(job=job)


def work():
    """What network workers do, with every callback that lies with them."""
    for pk in Callback.objects.sending().order_by("pk").values_list("pk", flat=True):
        tasks.call_back(pk)


def row(job):
    return Callback.objects.get(job=job.pk)


def in_redis():
    return queue.queue_of(callbacks.QUEUE).job_ids


def task_of(job):
    return queue.task_id(callbacks.TASK, row(job).pk)
