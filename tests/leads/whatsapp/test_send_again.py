"""A message that failed, sent once more."""

import pytest

from config.errors import Conflict
from leads.actions.whatsapp import news, sending
from leads.models import Contact, EarlyNews, Message, Step
from leads.whatsapp.failures import WindowClosed
from tests.leads.whatsapp.chats import make_channel, make_contact, make_message
from tests.leads.whatsapp.cloud_api_stub import error
from tests.leads.whatsapp.outbound import row, told, work


@pytest.fixture
def channel(alice, cloud_api):
    return make_channel(alice)


@pytest.fixture
def contact(channel):
    contact = make_contact(channel)
    make_message(contact, ago=60)
    return contact


@pytest.fixture
def failed(alice, contact, cloud_api):
    message = sending.write_to(by=alice, contact=contact, text="Hello.")
    cloud_api.fail(error(131026))
    work(contact)
    return row(message)


def test_it_is_sent(bob, failed, contact, cloud_api):
    sending.send_again(by=bob, message=failed)
    found = row(failed)
    assert (found.status, found.error, found.error_code, found.sent_by_id) == ("", "", "", failed.sent_by_id)
    work(contact)
    assert (row(failed).status, row(failed).meta_message_id) == ("sent", cloud_api.sent[0].id)
    contact.refresh_from_db()
    assert contact.message_count == 2


def test_one_that_failed_later_gets_a_new_id(alice, contact, channel, cloud_api):
    message = sending.write_to(by=alice, contact=contact, text="Hello.")
    work(contact)
    news.take(channel, told(cloud_api.sent[0], "failed", error="Undeliverable.", error_code="131026"))
    assert row(message).status == "failed"
    sending.send_again(by=alice, message=row(message))
    work(contact)
    assert (row(message).status, row(message).meta_message_id) == ("sent", cloud_api.sent[1].id)
    news.take(channel, told(cloud_api.sent[0], "failed", error="Undeliverable.", error_code="131026"))
    assert row(message).status == "sent"


@pytest.mark.parametrize("status", ["failed", "sent"])
def test_late_news_of_what_failed_is_not_that_of_the_next_try(alice, contact, channel, cloud_api, status):
    """It names the message too, which has no new id yet."""
    message = sending.write_to(by=alice, contact=contact, text="Hello.")
    work(contact)
    for _ in range(2):
        news.take(channel, told(cloud_api.sent[-1], "failed", error="Undeliverable.", error_code="131026"))
        sending.send_again(by=alice, message=row(message))
        for sent in cloud_api.sent:
            news.take(channel, told(sent, status))
        assert (row(message).status, row(message).meta_message_id) == ("", "")
        work(contact)
        assert (row(message).status, row(message).meta_message_id) == ("sent", cloud_api.sent[-1].id)
    assert (len(cloud_api.sent), EarlyNews.objects.count()) == (3, 0)


def test_twice_at_once(alice, failed):
    sending.send_again(by=alice, message=failed)
    with pytest.raises(Conflict):
        sending.send_again(by=alice, message=failed)
    assert Step.objects.count() == 1


def test_only_what_failed(alice, contact):
    message = sending.write_to(by=alice, contact=contact, text="Hello.")
    with pytest.raises(Conflict, match="failed"):
        sending.send_again(by=alice, message=message)
    with pytest.raises(Conflict, match="of yours"):
        sending.send_again(by=alice, message=Message.objects.get(role="user"))


def test_not_outside_the_window(alice, failed):
    Contact.objects.update(last_inbound_at=None)
    with pytest.raises(WindowClosed):
        sending.send_again(by=alice, message=row(failed))
    assert row(failed).status == "failed"
