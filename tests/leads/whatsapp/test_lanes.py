"""Lanes: what is done for one contact, in order, however many workers there are and whatever happens to them."""

import threading

import pytest
from django.db import connection

from config import times
from config.leases import Status
from leads.actions.whatsapp import lanes
from leads.models import Lane, LaneKind, Step
from tests.leads.whatsapp.chats import make_channel, make_contact, make_message
from tests.leads.whatsapp.lane_work import Doer, add, lane_of

MESSAGES, WORKERS = 12, 4


@pytest.fixture
def channel(alice):
    return make_channel(alice)


@pytest.fixture
def contact(channel):
    return make_contact(channel)


def test_in_order_of_their_messages(contact):
    do = Doer()
    late = make_message(contact, "three")
    lanes.add(late, LaneKind.SEND)
    add(contact, "one", "two")
    lanes.run(lane=lane_of(contact), do=do)
    assert do.contents(contact) == ["one", "two", "three"]
    assert Lane.objects.get().status == Status.COMPLETED


def test_a_lane_goes_to_the_end_of_its_queue(contact):
    """After some steps others have their turn; the rest is done in the next one."""
    do = Doer()
    add(contact, *map(str, range(lanes.STEPS_AT_ONCE + 2)))
    lane = lane_of(contact)
    lanes.run(lane=lane, do=do)
    assert len(do.done) == lanes.STEPS_AT_ONCE
    assert Lane.objects.get().status == Status.QUEUED
    lanes.run(lane=Lane.objects.get(), do=do)
    assert do.contents(contact) == [str(number) for number in range(lanes.STEPS_AT_ONCE + 2)]


def test_one_that_waits_keeps_the_later_ones_waiting(contact):
    do = Doer()
    add(contact, "one", "two")
    lanes.put_off(Step.objects.order_by("position").first(), 60)
    lanes.run(lane=lane_of(contact), do=do)
    assert (do.done, Lane.objects.get().status) == ([], Status.COMPLETED)
    Step.objects.update(due_at=times.now())
    lanes.run(lane=lane_of(contact), do=do)
    assert do.contents(contact) == ["one", "two"]


def test_no_lane_waits_for_another(channel, contact):
    other, do = make_contact(channel, "4915100000000"), Doer()
    add(contact, "one")
    add(other, "uno")
    add(contact, "answer this", kind=LaneKind.ANSWER)
    lanes.put_off(Step.objects.get(contact=contact, kind=LaneKind.SEND), 60)
    lanes.run(lane=lane_of(contact), do=do)
    lanes.run(lane=lane_of(other), do=do)
    lanes.run(lane=lane_of(contact, LaneKind.ANSWER), do=do)
    assert sorted(content for _, content in do.done) == ["answer this", "uno"]


def test_what_comes_while_the_lane_is_at_work(contact):
    """Who wakes it then finds it awake: the worker looks once more when it is done."""
    add(contact, "one")
    lane, seen = lane_of(contact), []

    def do(step, lease):
        seen.append(step.message.content)
        lanes.drop(step)
        if len(seen) < 3:
            lease.complete()  # as if it came right after the last look
            add(contact, f"more {len(seen)}")

    lanes.run(lane=lane, do=do)
    while Lane.objects.get().status == Status.QUEUED:
        lanes.run(lane=Lane.objects.get(), do=do)
    assert seen == ["one", "more 1", "more 2"]


@pytest.mark.django_db(transaction=True)
def test_many_workers_at_once(channel):
    """Each tries every lane, again and again, as if the queue had handed the same task to all of them."""
    contacts = [make_contact(channel, f"49151000000{number:02}") for number in range(3)]
    for contact in contacts:
        add(contact, *map(str, range(MESSAGES)))
        lane_of(contact)
    do, together = Doer(0.002), threading.Barrier(WORKERS)

    def work_on():
        together.wait()
        try:
            while Step.objects.exists():
                for lane in Lane.objects.all():
                    lanes.run(lane=lane, do=do)
        finally:
            connection.close()

    threads = [threading.Thread(target=work_on) for _ in range(WORKERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert do.overlaps == 0
    for contact in contacts:
        assert do.contents(contact) == [str(number) for number in range(MESSAGES)]


@pytest.mark.django_db(transaction=True)
def test_many_wake_a_new_lane(contact):
    together, errors = threading.Barrier(8), []

    def wake():
        together.wait()
        try:
            lane_of(contact)
        except Exception as error:  # noqa: BLE001 - a thread must not hide it
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=wake) for _ in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (errors, Lane.objects.count()) == ([], 1)
