"""Days are marked before their messages and contacts are written: no figure forgets what a crash has cut off."""

import pytest

from leads.actions import recount, rollups
from leads.actions.whatsapp import erasing, message_rows, reading
from leads.models import Contact, DirtyDay, Message
from tests.leads.figures import ago, settle
from tests.leads.whatsapp.chats import make_channel
from tests.leads.whatsapp.payloads import change, text


@pytest.fixture
def channel(alice):
    rollups.known_today.clear()
    return make_channel(alice)


def wrong(user):
    """What the figures say otherwise than the rows, once all marked days are counted."""
    settle()
    return list(recount.differences(team=user.team))


def read(channel, *parts):
    reading.read(channel, change(*parts))


def crash(*args, **kwargs):
    raise KeyboardInterrupt


def marked():
    return set(DirtyDay.objects.values_list("day", flat=True))


@pytest.mark.parametrize("days", [0, 3])
def test_a_message_that_no_transcript_knows(alice, channel, monkeypatch, days):
    """Its writer was killed once it was saved."""
    monkeypatch.setattr(message_rows, "log", crash)
    with pytest.raises(KeyboardInterrupt):
        read(channel, text(at=ago(days)))
    assert (Message.objects.count(), marked()) == (1, {ago(days).date()})
    assert wrong(alice) == []


def test_a_contact_without_a_message(alice, channel, monkeypatch):
    monkeypatch.setattr(message_rows, "insert", crash)
    with pytest.raises(KeyboardInterrupt):
        read(channel, text(at=ago(3)))
    assert (Contact.objects.count(), wrong(alice)) == (1, [])


def test_a_contact_of_an_earlier_day_than_was_thought(alice, channel):
    read(channel, text("Later.", at=ago(3)))
    assert wrong(alice) == []
    read(channel, text("Before.", at=ago(5)))
    assert Contact.objects.get().created_at == ago(5)
    assert wrong(alice) == []


def test_a_day_that_is_counted_while_a_long_chat_is_deleted(alice, channel, monkeypatch):
    """The sweeper takes a day's mark away a minute after it was set; a deletion may take longer."""
    read(channel, *(text(str(number), at=ago(3)) for number in range(3)))
    settle()

    def slowly(erase):
        def erased(contact):
            settle()
            erase(contact)

        return erased

    for step in ("delete_messages", "delete_talk"):
        monkeypatch.setattr(erasing, step, slowly(getattr(erasing, step)))
    erasing.erase(by=alice, contact=Contact.objects.get())
    assert (Message.objects.count(), wrong(alice)) == (0, [])
