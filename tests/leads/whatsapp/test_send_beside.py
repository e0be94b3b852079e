"""WhatsApp does not answer what we send: what comes in is taken, read and thought about all the same."""

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connection

from leads import tasks
from leads.actions.whatsapp import lanes, sending
from leads.models import LaneKind, Message, WebhookDelivery
from tests.installation import soon
from tests.leads.whatsapp.chats import make_channel, make_contact, make_message
from tests.leads.whatsapp.cloud_api_stub import Fault
from tests.leads.whatsapp.outbound import row, work
from tests.leads.whatsapp.payloads import SHEENA, body, change, text
from tests.leads.whatsapp.webhooks import assert_taken, post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def contact(alice, cloud_api):
    contact = make_contact(make_channel(alice), SHEENA)
    make_message(contact, ago=60)
    return contact


@pytest.fixture
def hanging(alice, contact, cloud_api):
    """A message to the contact, of which a worker waits for the answer."""
    message = sending.write_to(by=alice, contact=contact, text="Hello.")
    cloud_api.fail(Fault(how="silent"))

    def send():
        try:
            work(contact)
        finally:
            connection.close()

    with ThreadPoolExecutor(1) as pool:
        sent = pool.submit(send)
        soon(lambda: cloud_api.seen)
        yield message
        assert not sent.done()
        cloud_api.released.set()


def test_a_message_of_theirs_is_taken_and_read(hanging, contact):
    assert_taken(post(body(change(text("Anybody there?")))))
    tasks.read_delivery(WebhookDelivery.objects.get().pk)
    assert Message.objects.filter(contact=contact, content="Anybody there?").exists()
    assert row(hanging).status == ""


def test_the_assistant_thinks(hanging, contact):
    lanes.add(make_message(contact, "Anybody there?"), LaneKind.ANSWER)
    lanes.wake(team_id=contact.team_id, contact_id=contact.pk, kind=LaneKind.ANSWER)
    done = threading.Event()

    def think(step, lease):
        lanes.drop(step)
        done.set()

    lanes.run(lane=contact.lanes.get(kind=LaneKind.ANSWER), do=think)
    assert done.is_set()


def test_others_are_written_to(alice, hanging, contact, cloud_api):
    other = make_contact(contact.channel, "4915100000000")
    make_message(other)
    message = sending.write_to(by=alice, contact=other, text="Good morning.")
    work(other)
    assert row(message).status == "sent"
