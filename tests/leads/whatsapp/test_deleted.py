"""Messages that their senders edit or delete: here, in the transcript, and in its search."""

import datetime as dt

import pytest

from config import times
from leads.actions.whatsapp import message_rows, reading, transcripts
from leads.models import Contact, EarlyNews, Message, MessageMedia, TranscriptEvent
from leads.search import search
from tests.leads.whatsapp import payloads as made
from tests.leads.whatsapp.chats import make_channel, make_contact, make_message
from tests.leads.whatsapp.payloads import change, orders

pytestmark = pytest.mark.django_db
NOW = times.to_millis(dt.datetime.now(dt.UTC)).replace(microsecond=0) - dt.timedelta(hours=1)


@pytest.fixture
def channel(alice):
    return make_channel(alice)


def at(minute):
    return NOW + dt.timedelta(minutes=minute)


def said(message):
    message.refresh_from_db()
    event = TranscriptEvent.objects.get(event_id=message.pk)
    assert event.content == message.content
    return message.content


WRITTEN = made.text("Three pumpkins, my company pays", at=NOW, message_id="wamid.1")
EDITED = made.edit("wamid.1", "Four pumpkins", at=at(1))
EDITED_AGAIN = made.edit("wamid.1", "Five pumpkins", at=at(2))
SAME_SECOND = made.edit("wamid.1", "Fewer pumpkins", at=at(2))
DELETED = made.revoke("wamid.1", at=at(3))
DELETED_LATER = made.status("wamid.1", "deleted", at=at(4))


@pytest.mark.parametrize("order", orders([WRITTEN, EDITED, EDITED_AGAIN, SAME_SECOND]))
def test_the_last_edit_stands(channel, order):
    for part in order:
        reading.read(channel, change(part))
    message = Message.objects.get()
    assert (said(message), message.edited_at) == ("Five pumpkins", at(2)) or said(message) == "Fewer pumpkins"
    assert said(message) == max("Five pumpkins", "Fewer pumpkins")
    assert not EarlyNews.objects.exists()
    assert Contact.objects.get().message_count == 1
    assert TranscriptEvent.objects.get().meta == {"intent": "NO_LEAD_INTENT"}


@pytest.mark.parametrize("order", orders([WRITTEN, EDITED, DELETED, DELETED_LATER]))
def test_what_was_deleted_is_gone(channel, order):
    for part in order:
        reading.read(channel, change(part))
    message = Message.objects.get()
    assert (said(message), message.deleted_at, message.edited_at, message.metadata) == ("", at(3), None, {})
    assert not EarlyNews.objects.exists()
    contact = Contact.objects.get()
    assert (contact.message_count, contact.last_message_id) == (1, message.pk)


def test_the_search_follows(alice, channel):
    reading.read(channel, change(WRITTEN))
    assert found(alice, "three pumpkins")
    reading.read(channel, change(EDITED))
    assert (found(alice, "three"), found(alice, "four")) == (0, 1)
    reading.read(channel, change(DELETED))
    assert found(alice, "pumpkins") == 0


def found(user, words):
    return len(search(user, words).items)


@pytest.mark.parametrize("order", orders([made.image("Our cat", at=NOW, message_id="wamid.1"), DELETED]))
def test_its_file_goes(channel, order):
    for part in order:
        reading.read(channel, change(part))
    assert said(Message.objects.get()) == ""
    assert not MessageMedia.objects.exists()


def test_a_caption_is_edited(channel):
    reading.read(channel, change(made.image("Our cat", at=NOW, message_id="wamid.1")))
    reading.read(channel, change(made.edited_caption("wamid.1", "Our dog", at=at(1))))
    assert said(Message.objects.get()) == "Our dog"


def test_a_message_of_ours_is_not_edited_but_may_be_deleted(channel):
    message = make_message(make_contact(channel), "Hi!", role="assistant", meta_message_id="wamid.1")
    transcripts.log(message)
    reading.read(channel, change(EDITED))
    assert said(message) == "Hi!"
    reading.read(channel, change(DELETED_LATER))
    assert said(message) == ""
    assert message.status == "sent"


@pytest.mark.parametrize("part", [EDITED, DELETED])
def test_another_channel_does_not_touch_it(alice, channel, part):
    reading.read(channel, change(WRITTEN))
    reading.read(make_channel(alice, phone_number_id=made.OTHER_NUMBER_ID), change(part))
    assert said(Message.objects.get()).startswith("Three")


def test_an_edit_between_a_message_and_its_event(channel, monkeypatch):
    """Whoever tells the transcript looks at the message again."""
    write = transcripts.events.write_batches

    def late(*args):
        message_rows.change_content(Message.objects.select_related("contact").get(), "Four pumpkins", at(1))
        return write(*args)

    monkeypatch.setattr(transcripts.events, "write_batches", late)
    reading.read(channel, change(WRITTEN))
    assert said(Message.objects.get()) == "Four pumpkins"


def test_deleting_again_does_nothing(channel):
    reading.read(channel, change(WRITTEN))
    message = Message.objects.select_related("contact").get()
    assert message_rows.erase_content(message, at(3))
    assert not message_rows.erase_content(message, at(3))
    assert not message_rows.change_content(message, "x", at(9))
