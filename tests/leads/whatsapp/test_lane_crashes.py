"""Workers of lanes that are killed, stopped or taken for dead, and a Redis that was away: the sweeper sees to it."""

import datetime as dt
import threading

import pytest

from config import queue, times, work
from config.leases import ATTEMPTS_MAX, LEASE_SECONDS, Status
from leads.actions.whatsapp import lanes
from leads.models import Lane, LaneKind, Step
from tests.installation import soon
from tests.leads.whatsapp.chats import make_channel, make_contact
from tests.leads.whatsapp.lane_work import Doer, add, lane_of


@pytest.fixture
def contact(alice):
    return make_contact(make_channel(alice))


class Killed(BaseException):
    """As far as the code of the worker goes, it is gone."""


def die(step, lease):
    raise Killed


def age_heartbeat():
    lost = times.now() - dt.timedelta(seconds=LEASE_SECONDS + 1)
    assert Lane.objects.filter(status=Status.PROCESSING).update(heartbeat_at=lost)


def test_a_worker_that_is_killed(contact):
    """The sweeper queues the lane again, as often as it takes: its third loss is not the end of a chat."""
    add(contact, "one", "two")
    for _ in range(ATTEMPTS_MAX + 1):
        with pytest.raises(Killed):
            lanes.run(lane=lane_of(contact), do=die)
        age_heartbeat()
        lanes.sweep()
        Step.objects.update(due_at=times.now() - lanes.LEFT * 2)
        lanes.sweep()
        assert Lane.objects.get().status == Status.QUEUED
    do = Doer()
    lanes.run(lane=Lane.objects.get(), do=do)
    assert do.contents(contact) == ["one", "two"]


def test_a_worker_that_was_taken_for_dead(contact):
    """It is told before the next step, and changes nothing more."""
    add(contact, "one", "two")
    seen = []

    def do(step, lease):
        seen.append(step.message.content)
        lanes.drop(step)
        Lane.objects.update(status=Status.PROCESSING, lease_token="f" * 24)

    lanes.run(lane=lane_of(contact), do=do)
    assert (seen, Step.objects.count()) == (["one"], 1)
    assert Lane.objects.get().lease_token == "f" * 24


def test_a_step_that_breaks_is_put_off(contact):
    add(contact, "one", "two")

    def broken(step, lease):
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        lanes.run(lane=lane_of(contact), do=broken)
    step = Step.objects.order_by("position").first()
    assert step.tries == 1
    assert 55 < (step.due_at - times.now()).total_seconds() <= 60
    assert Lane.objects.get().status == Status.FAILED
    Step.objects.update(due_at=times.now() - lanes.LEFT * 2)
    lanes.sweep()
    do = Doer()
    lanes.run(lane=Lane.objects.get(), do=do)
    assert do.contents(contact) == ["one", "two"]


def test_the_sweeper_wakes_what_nobody_woke(contact):
    """Whoever added the step was killed before it woke the lane."""
    add(contact, "one")
    lanes.sweep()
    assert not Lane.objects.exists()
    Step.objects.update(due_at=times.now() - lanes.LEFT * 2)
    lanes.sweep()
    assert Lane.objects.get().status == Status.QUEUED


def test_the_sweeper_leaves_alone_what_waits(contact):
    add(contact, "one")
    lanes.put_off(Step.objects.get(), 60)
    lanes.sweep()
    assert not Lane.objects.exists()


def test_a_worker_that_is_asked_to_stop(contact, monkeypatch):
    add(contact, "one")
    stopping = threading.Event()
    stopping.set()
    monkeypatch.setattr(queue, "stopping", stopping)
    do = Doer()
    lanes.run(lane=lane_of(contact), do=do)
    assert (do.done, Lane.objects.get().status, Lane.objects.get().attempts) == ([], Status.QUEUED, 0)


@pytest.mark.parametrize(("kind", "name"), [(LaneKind.SEND, "network"), (LaneKind.ANSWER, "network-answers")])
def test_where_a_lane_waits_for_a_worker(contact, redis, kind, name):
    add(contact, "one", kind=kind)
    lane = lane_of(contact, kind)
    assert queue.task_id(lane.task, lane.pk) in queue.held(name)


def test_redis_comes_back(contact, redis):
    add(contact, "one")
    redis.stop()
    lane = lane_of(contact)
    redis.start()
    Lane.objects.update(created_at=times.now() - dt.timedelta(seconds=work.WAITING_SECONDS + 1))
    soon(lambda: lanes.sweep() or queue.task_id(lane.task, lane.pk) in queue.held("network"))
