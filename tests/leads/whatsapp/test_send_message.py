"""Writing to a contact: queued, sent in order, known by its statuses."""

import pytest

from config import times
from config.errors import DomainError, NotFound, Unprocessable
from config.leases import Status
from leads.actions.whatsapp import lanes, news, sending
from leads.models import Contact, EarlyNews, Lane, Message, Step, TranscriptEvent
from leads.whatsapp.failures import NotConnected, WindowClosed
from tests.leads.whatsapp.chats import NUMBER, make_channel, make_contact, make_message
from tests.leads.whatsapp.outbound import row, told, work

DAY = 24 * 3600


@pytest.fixture
def channel(alice, cloud_api):
    return make_channel(alice)


@pytest.fixture
def contact(channel):
    contact = make_contact(channel)
    make_message(contact, ago=60)
    return contact


@pytest.fixture
def slow_answer(channel, cloud_api, monkeypatch):
    """WhatsApp tells what became of a message before its answer to the call is here."""
    call = sending.call

    def come(status, then=lambda: None, **fields):
        def slow(*args):
            meta_id = call(*args)
            news.take(channel, told(cloud_api.sent[-1], status, **fields))
            then()
            return meta_id

        monkeypatch.setattr(sending, "call", slow)

    return come


def test_it_is_sent_with_its_id(alice, contact, cloud_api):
    message = sending.write_to(by=alice, contact=contact, text=" Good morning! 🌊\r\nWe open at nine. ")
    assert (row(message).status, row(message).meta_message_id, row(message).sent_by) == ("", "", alice)
    work(contact)
    [sent] = cloud_api.sent
    assert (sent.to, sent.text, sent.callback_data) == (NUMBER, "Good morning! 🌊\nWe open at nine.", message.pk)
    assert (row(message).status, row(message).meta_message_id) == ("sent", sent.id)
    assert not Step.objects.exists()
    assert Lane.objects.get().status == Status.COMPLETED


def test_it_counts_and_is_an_event(alice, contact, cloud_api):
    message = sending.write_to(by=alice, contact=contact, text="Hello.")
    contact.refresh_from_db()
    assert (contact.message_count, contact.unread_count, contact.last_message_id) == (2, 1, message.pk)
    assert TranscriptEvent.objects.get(event_id=message.pk).role == "assistant"


def test_an_id_instead_of_a_number(alice, channel, cloud_api):
    contact = make_contact(channel, "US.13491208655302741918")
    make_message(contact)
    sending.write_to(by=alice, contact=contact, text="Hello.")
    work(contact)
    assert cloud_api.sent[0].body["recipient"] == "US.13491208655302741918"
    assert "to" not in cloud_api.sent[0].body


@pytest.mark.parametrize("text", ["", " \n ", "a" * 4_097, "a\x00b", "a\ud800b"])
def test_texts_that_whatsapp_does_not_take(alice, contact, text):
    with pytest.raises(Unprocessable) as refused:
        sending.write_to(by=alice, contact=contact, text=text)
    assert refused.value.field == "text"
    assert Message.objects.count() == 1


def test_the_longest_text(alice, contact, cloud_api):
    sending.write_to(by=alice, contact=contact, text="é" * 4_096)
    work(contact)
    assert len(cloud_api.sent[0].text) == 4_096


def test_not_outside_the_window(alice, channel):
    contact = make_contact(channel)
    make_message(contact, ago=DAY + 1)
    with pytest.raises(WindowClosed) as refused:
        sending.write_to(by=alice, contact=contact, text="Hello.")
    assert (refused.value.status, refused.value.code) == (409, "window_closed")
    assert Message.objects.count() == 1


def test_nobody_who_has_never_written(alice, channel):
    with pytest.raises(WindowClosed):
        sending.write_to(by=alice, contact=make_contact(channel), text="Hello.")


def test_nobody_who_is_blocked(alice, contact):
    contact.is_active = False
    with pytest.raises(DomainError) as refused:
        sending.write_to(by=alice, contact=contact, text="Hello.")
    assert (refused.value.status, refused.value.code) == (409, "contact_blocked")


@pytest.mark.parametrize("column", ["phone_number_id", "sealed_token"])
def test_not_without_a_number_or_a_token(alice, contact, channel, column):
    setattr(channel, column, "")
    with pytest.raises(NotConnected) as refused:
        sending.write_to(by=alice, contact=contact, text="Hello.")
    assert refused.value.status == 409


def test_a_chat_that_was_erased_meanwhile(alice, contact):
    Contact.objects.get(pk=contact.pk).delete()
    with pytest.raises(NotFound):
        sending.write_to(by=alice, contact=contact, text="Hello.")
    assert not Message.objects.exists()


# Meanwhile, before it is sent


def test_the_window_has_closed(alice, contact, cloud_api):
    message = sending.write_to(by=alice, contact=contact, text="Hello.")
    Contact.objects.update(last_inbound_at=None)
    work(contact)
    assert (row(message).status, row(message).error_code) == ("failed", "window_closed")
    assert "template" in row(message).error
    assert (cloud_api.seen, Step.objects.count()) == ([], 0)


def test_the_contact_was_blocked(alice, contact, cloud_api):
    message = sending.write_to(by=alice, contact=contact, text="Hello.")
    Contact.objects.update(is_active=False)
    work(contact)
    assert (row(message).error_code, cloud_api.seen) == ("contact_blocked", [])


def test_the_channel_was_disconnected(alice, contact, channel, cloud_api):
    message = sending.write_to(by=alice, contact=contact, text="Hello.")
    type(channel).objects.update(phone_number_id="", sealed_token="")
    work(contact)
    assert (row(message).status, row(message).error_code, cloud_api.seen) == ("failed", "not_connected", [])


def test_the_chat_was_erased(alice, contact, cloud_api):
    sending.write_to(by=alice, contact=contact, text="Hello.")
    lane = Lane.objects.get()
    Contact.objects.get().delete()
    lanes.run(lane=lane, do=sending.send)
    assert cloud_api.seen == []


def test_the_chat_is_erased_during_the_call(alice, contact, slow_answer):
    message = sending.write_to(by=alice, contact=contact, text="Hello.")
    slow_answer("delivered", then=Contact.objects.get().delete)
    lanes.run(lane=Lane.objects.get(), do=sending.send)
    assert not Message.objects.filter(pk=message.pk).exists()
    assert not Step.objects.exists()


def test_it_was_deleted(alice, contact, cloud_api):
    message = sending.write_to(by=alice, contact=contact, text="Hello.")
    Message.objects.filter(pk=message.pk).update(deleted_at=times.now(), content="")
    work(contact)
    assert (cloud_api.seen, Step.objects.count()) == ([], 0)


# Statuses


def test_a_status_before_the_answer_stays(alice, contact, cloud_api, slow_answer):
    message = sending.write_to(by=alice, contact=contact, text="Hello.")
    slow_answer("delivered")
    work(contact)
    assert (row(message).status, row(message).meta_message_id) == ("delivered", cloud_api.sent[0].id)
    assert not Step.objects.exists()


def test_a_status_that_does_not_name_the_message(alice, contact, slow_answer):
    """Without our id in it, it waits until the message has WhatsApp's."""
    message = sending.write_to(by=alice, contact=contact, text="Hello.")
    slow_answer("read", row_id="")
    work(contact)
    assert (row(message).status, EarlyNews.objects.count()) == ("read", 0)


def test_an_id_that_another_message_has(alice, contact, cloud_api):
    """It was sent: it is not sent again because its id can't be kept."""
    make_message(contact, meta_message_id="wamid.HBgN1000000000000001")
    message = sending.write_to(by=alice, contact=contact, text="Hello.")
    work(contact)
    assert (row(message).status, row(message).meta_message_id) == ("sent", "")
    assert (len(cloud_api.sent), Step.objects.count()) == (1, 0)
