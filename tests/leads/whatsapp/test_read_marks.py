"""Whoever opens a chat is shown to have read it. Nothing depends on that."""

import time

import pytest

from config import queue
from leads import tasks
from leads.actions.whatsapp import sending
from leads.whatsapp import cloud_api as client
from tests.leads.whatsapp.chats import make_channel, make_contact, make_message
from tests.leads.whatsapp.cloud_api_stub import Fault, error


@pytest.fixture
def contact(alice, cloud_api):
    contact = make_contact(make_channel(alice))
    make_message(contact, ago=60, meta_message_id="wamid.1")
    make_message(contact, ago=30, meta_message_id="wamid.2")
    make_message(contact, ago=10, role="assistant", meta_message_id="wamid.3")
    return contact


def test_their_last_message(contact, cloud_api):
    tasks.mark_read(contact.pk)
    [mark] = cloud_api.reads
    assert (mark["message_id"], "typing_indicator" in mark) == ("wamid.2", False)


def test_a_worker_for_the_network_does_it(contact, cloud_api, redis):
    sending.mark_read(contact)
    assert queue.task_id("leads.tasks.mark_read", contact.pk) in queue.held("network")
    assert cloud_api.seen == []


def test_redis_is_away(contact):
    sending.mark_read(contact)


@pytest.mark.parametrize("fault", [error(131000), error(190), Fault(500), Fault(how="gone"), Fault(how="silent")])
def test_it_fails_nothing(contact, cloud_api, monkeypatch, fault):
    monkeypatch.setattr(client, "CALL_SECONDS", 0.5)
    cloud_api.fail(fault)
    began = time.monotonic()
    tasks.mark_read(contact.pk)
    assert time.monotonic() - began < 5


def test_nobody_has_written(alice, cloud_api):
    tasks.mark_read(make_contact(make_channel(alice)).pk)
    tasks.mark_read("f" * 24)
    assert cloud_api.seen == []


def test_a_channel_without_a_number(contact):
    type(contact.channel).objects.update(phone_number_id="", sealed_token="")
    tasks.mark_read(contact.pk)
