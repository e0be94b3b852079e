"""Contacts that are erased, and workers that are killed, while messages come in."""

import datetime as dt

import pytest

from config import times
from leads.actions.whatsapp import news, people, reading, transcripts
from leads.actions.whatsapp.message_rows import ContactGone
from leads.models import (
    Contact,
    ConversationSession,
    EarlyNews,
    ErasedContact,
    Message,
    TranscriptEvent,
)
from leads.whatsapp.numbers import digest_of
from tests.leads.whatsapp import payloads as made
from tests.leads.whatsapp.chats import make_channel
from tests.leads.whatsapp.payloads import change, text

pytestmark = pytest.mark.django_db
AN_HOUR = dt.timedelta(hours=1)


@pytest.fixture
def channel(alice):
    return make_channel(alice)


def read(channel, *parts, **more):
    reading.read(channel, change(*parts, **more))


def test_who_was_erased_stays_gone(channel):
    at = times.now()
    digest = digest_of(channel, made.SHEENA)
    ErasedContact.objects.create(team_id=channel.team_id, channel=channel, digest=digest, erased_at=at)
    read(channel, made.revoke("wamid.1", sender=made.OMAR, at=at))
    read(channel, text(at=at - AN_HOUR, message_id="wamid.1"), made.edit("wamid.1", "x", at=at - AN_HOUR))
    assert not Contact.objects.exists()
    assert not EarlyNews.objects.exists()
    read(channel, text("Me again", at=at + dt.timedelta(seconds=2)), text(sender=made.OMAR, at=at - AN_HOUR))
    assert Contact.objects.count() == 2


def test_erased_while_a_message_comes_in(channel, monkeypatch):
    read(channel, text("Before"))
    old, note = Contact.objects.get(), people.find

    def erased_since(*args):
        contact = note(*args)
        Contact.objects.filter(pk=old.pk).update(phone_number=f"erased {old.pk}")
        return contact

    monkeypatch.setattr(people, "find", erased_since)
    read(channel, text("After"))
    assert Message.objects.get(content="After").contact_id != old.pk
    assert Contact.objects.get(pk=old.pk).message_count == 1


def test_a_contact_that_is_always_gone(channel, monkeypatch):
    monkeypatch.setattr(people, "count", lambda *args: False)
    with pytest.raises(ContactGone):
        read(channel, text())
    assert not Message.objects.exists()


def test_erased_before_it_was_told(channel):
    """Its event goes with it, and so does the conversation that has nothing else."""
    read(channel, text())
    message = Message.objects.select_related("contact").get()
    Message.objects.all().delete()
    transcripts.log(message)
    assert not TranscriptEvent.objects.exists()
    assert not ConversationSession.objects.exists()


def test_what_a_crash_left_undone(channel, monkeypatch):
    """It was inserted, and nothing more."""
    value = change(text(message_id="wamid.1"))
    EarlyNews.objects.create(
        team_id=channel.team_id, channel=channel, meta_message_id="wamid.1",
        news={"kind": "edit", "meta_id": "wamid.1", "at": "2026-01-01T00:00:00Z", "content": "Better"},
    )  # fmt: skip
    with monkeypatch.context() as patch:
        patch.setattr(news, "catch_up", lambda message: (_ for _ in ()).throw(KeyError("killed")))
        with pytest.raises(KeyError):
            reading.read(channel, value)
    assert not TranscriptEvent.objects.exists()
    reading.read(channel, value)
    assert (Message.objects.get().content, TranscriptEvent.objects.get().content) == ("Better", "Better")
    assert not EarlyNews.objects.exists()


def test_an_event_that_was_not_counted(channel):
    value = change(text())
    reading.read(channel, value)
    ConversationSession.objects.update(event_count=0)
    reading.read(channel, value)
    assert ConversationSession.objects.get().event_count == 1
