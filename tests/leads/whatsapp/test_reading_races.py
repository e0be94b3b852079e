"""Many workers read at the same instant: nothing is lost, nothing counted twice."""

import random
from concurrent.futures import ThreadPoolExecutor
from contextlib import nullcontext

import pytest
from django.db import connection

from config import db, queue, times
from leads.actions.whatsapp import reading
from leads.models import Contact, ConversationSession, EarlyNews, Message, Step, TranscriptEvent
from tests.leads.whatsapp import payloads as made
from tests.leads.whatsapp.chats import make_channel
from tests.leads.whatsapp.replays import World, differences, furnish, portrait, sweep_away

pytestmark = pytest.mark.django_db(transaction=True)
WORKERS = 6


@pytest.fixture(autouse=True)
def no_workers(monkeypatch):
    monkeypatch.setattr(queue, "enqueue", lambda *words, **more: True)


@pytest.fixture(params=["with", "without"], autouse=True)
def transactions(request, monkeypatch):
    """A MongoDB server that stands alone has none."""
    if request.param == "without":
        monkeypatch.setattr(db, "transaction", nullcontext)


@pytest.fixture
def channel(alice):
    return make_channel(alice)


def at_once(work, things):
    def go(thing):
        try:
            return work(thing)
        finally:
            connection.close()

    with ThreadPoolExecutor(WORKERS) as pool:
        return list(pool.map(go, things))


def check_counts(messages):
    contact, session = Contact.objects.get(), ConversationSession.objects.get()
    assert Message.objects.count() == TranscriptEvent.objects.count() == messages
    assert (contact.message_count, contact.unread_count) == (messages, messages)
    assert (session.event_count, session.user_count, session.channel) == (messages, messages, "whatsapp")
    last = Message.objects.order_by("created_at", "pk").last()
    assert (contact.last_message_id, contact.last_message_at) == (last.pk, last.created_at)


def test_the_same_message_in_all_deliveries(channel, monkeypatch):
    monkeypatch.setattr("leads.actions.whatsapp.answering.should_answer", lambda *args: True)
    for _ in range(3):
        value = made.change(made.text())
        at_once(lambda _, value=value: reading.read(channel, value), range(WORKERS))
    check_counts(3)
    assert Step.objects.count() == 3


def test_many_messages_of_one_person(channel):
    at = times.now()
    values = [
        made.change(*(made.text(f"{number}/{each}", at=at) for each in range(3))) for number in range(WORKERS * 3)
    ]
    at_once(lambda value: reading.read(channel, value), values)
    check_counts(WORKERS * 9)


def test_a_message_with_its_edit_and_its_deletion(channel):
    at = times.now()
    for number in range(6):
        of = f"wamid.{number}"
        parts = [made.text("First", message_id=of, at=at), made.edit(of, "Second", at=at)]
        parts += [made.revoke(of, at=at)] if number % 2 else []
        at_once(lambda part: reading.read(channel, made.change(part)), parts * 2)
    said = dict(Message.objects.values_list("meta_message_id", "content"))
    assert said == {f"wamid.{number}": "" if number % 2 else "Second" for number in range(6)}
    told = dict(TranscriptEvent.objects.values_list("event_id", "content"))
    assert told == dict(Message.objects.values_list("pk", "content"))
    assert not EarlyNews.objects.exists()
    check_counts(6)


def test_all_kinds_twice_by_many_workers(alice):
    world = World(99, times.now().replace(microsecond=0))
    webhooks = world.webhooks(30)
    channels = furnish(alice, world)
    for number_id, value in webhooks:
        reading.read(channels[number_id], value)
    once = portrait()
    sweep_away()
    channels, twice = furnish(alice, world), webhooks * 2
    random.Random(99).shuffle(twice)  # noqa: S311
    at_once(lambda webhook: reading.read(channels[webhook[0]], webhook[1]), twice)
    assert differences(once, portrait()) == []
