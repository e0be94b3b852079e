"""Many workers at once: one reply for each message, in order for each contact, also when leases are lost."""

import random
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from config.leases import Lease, LeaseLost, Status
from leads.actions.whatsapp import answering, lanes
from leads.assistant import replies
from leads.assistant.replies import Reply
from leads.models import Lane, LaneKind, Message, MessageRole, Step
from tests.leads.whatsapp.chats import make_channel, make_contact, make_message

WORKERS, CONTACTS, MESSAGES = 6, 3, 8
chance = random.Random(8)  # noqa: S311


@pytest.fixture
def contacts(alice, monkeypatch):
    """Each has written some messages. The model thinks for a moment, now and then a longer one."""

    def think(channel, contact, history):
        time.sleep(chance.choice((0, 0.005, 0.03)))
        return Reply(f"To {history[-1].content}")

    monkeypatch.setattr(replies, "reply", think)
    monkeypatch.setattr(answering, "TRIES_MAX", 1_000)
    monkeypatch.setattr(answering, "show_typing", lambda channel, message: None)
    channel = make_channel(alice, replies=True)
    made = [make_contact(channel, str(number)) for number in range(CONTACTS)]
    for number in range(MESSAGES):
        for contact in made:
            lanes.add(make_message(contact, str(number), ago=60 - number), LaneKind.ANSWER)
    for contact in made:
        lanes.wake(team_id=contact.team_id, contact_id=contact.pk, kind=LaneKind.ANSWER)
    return made


def at_once(work):
    def go(number):
        try:
            return work(number)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(go, range(WORKERS)))


def answers_are_left() -> bool:
    return Step.objects.filter(kind=LaneKind.ANSWER).exists()


def check(contacts):
    wanted = [f"To {number}" for number in range(MESSAGES)]
    for contact in contacts:
        ours = Message.objects.filter(contact=contact, role=MessageRole.ASSISTANT)
        assert [each.content for each in ours.order_by("created_at", "pk")] == wanted
        steps = Step.objects.filter(contact=contact, kind=LaneKind.SEND).order_by("position", "pk")
        assert [each.message.content for each in steps.select_related("message")] == wanted
        contact.refresh_from_db()
        assert contact.message_count == 2 * MESSAGES


@pytest.mark.django_db(transaction=True)
def test_replies_come_in_order(contacts):
    def work(number):
        until = time.monotonic() + 60
        while answers_are_left() and time.monotonic() < until:
            for lane in chance.sample(list(Lane.objects.filter(kind=LaneKind.ANSWER)), CONTACTS):
                lanes.run(lane=lane, do=answering.answer)

    at_once(work)
    check(contacts)


@pytest.mark.django_db(transaction=True)
def test_workers_that_have_lost_their_lane_go_on_and_answer_nothing_twice(contacts):
    """The worst case: all take the same step at the same time, and none learns that it has lost the lane."""

    class Blind(Lease):
        def check(self):
            pass

    def work(number):
        until = time.monotonic() + 60
        while answers_are_left() and time.monotonic() < until:
            for contact in contacts:
                lane = Lane(status=Status.PROCESSING, contact_id=contact.pk, kind=LaneKind.ANSWER)
                if step := lanes.due_step(lane):
                    answering.answer(step, Blind(lane))

    at_once(work)
    check(contacts)


@pytest.mark.django_db(transaction=True)
def test_lanes_that_are_taken_away_in_the_middle(contacts):
    def take_away():
        for _ in range(20):
            time.sleep(chance.uniform(0.02, 0.1))
            Lane.objects.filter(status=Status.PROCESSING).update(status=Status.QUEUED, lease_token="", attempts=0)

    def work(number):
        until = time.monotonic() + 60
        while answers_are_left() and time.monotonic() < until:
            if number == 0:
                take_away()
                return
            for lane in Lane.objects.filter(kind=LaneKind.ANSWER):
                try:
                    lanes.run(lane=lane, do=answering.answer)
                except LeaseLost:
                    continue

    at_once(work)
    check(contacts)
