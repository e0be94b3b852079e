"""A contact is erased, with all they wrote, and stays erased."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.models import AuditEntry, Event
from config import times
from config.errors import NotFound
from leads import analytics
from leads.actions import recount, replay
from leads.actions.restore import Restore
from leads.actions.whatsapp import contacts, erasing, lanes, message_rows, reading, suggestions
from leads.analytics import Period
from leads.models import (
    Contact,
    ConversationSession,
    ErasedContact,
    Lane,
    LaneKind,
    Lead,
    Message,
    MessageMedia,
    Step,
    TranscriptEvent,
)
from leads.pages import chats
from tests.leads.talks import make_event, make_session
from tests.leads.whatsapp import payloads as made
from tests.leads.whatsapp.chats import make_channel, make_contact, make_media, make_message
from tests.leads.whatsapp.payloads import change, text
from tests.leads.whatsapp.test_chat_page import path

OF_A_CHAT = (Contact, Message, MessageMedia, Step, Lane, TranscriptEvent, ConversationSession)
DAY = 86_400


@pytest.fixture
def channel(alice):
    return make_channel(alice)


@pytest.fixture
def sheena(channel):
    return make_contact(channel, made.SHEENA, name="Sheena")


def say(contact, content="Hello.", **fields):
    message = make_message(contact, content, **fields)
    message_rows.log(message)
    return message


def left():
    """How many rows there are of each kind, without those that have none."""
    return {model.__name__: number for model in OF_A_CHAT if (number := model.objects.count())}


def read(channel, *parts):
    reading.read(channel, change(*parts))


def test_everything_goes(alice, channel, sheena):
    say(sheena, ago=3 * DAY)
    message = say(sheena, kind="image")
    default_storage.save("chats/1.jpg", ContentFile(b"x"))
    make_media(message, status="completed", path="chats/1.jpg")
    lanes.add(message, LaneKind.SEND)
    lanes.wake(team_id=alice.team_id, contact_id=sheena.pk, kind=LaneKind.SEND)
    erasing.erase(by=alice, contact=sheena)
    assert (left(), default_storage.exists("chats/1.jpg")) == ({}, False)
    erased = ErasedContact.objects.get()
    assert (erased.channel, erased.contact_id) == (channel, "")
    assert made.SHEENA not in str(vars(erased))
    entry = AuditEntry.objects.get(event=Event.CONTACT_ERASED)
    assert (entry.user, "Sheena" in entry.words, made.SHEENA in entry.words) == (alice, False, False)


def test_nobody_elses_goes(alice, channel, sheena):
    omar = make_contact(channel, made.OMAR)
    say(omar)
    say(sheena)
    make_session(alice, f"whatsapp_{omar.pk}_odd")
    make_event(alice, session_id="call_1")
    before = left()
    erasing.erase(by=alice, contact=sheena)
    after = left()
    assert {name: before[name] - after[name] for name in before} == {
        "Contact": 1,
        "Message": 1,
        "TranscriptEvent": 1,
        "ConversationSession": 1,
    }
    assert Contact.objects.get() == omar


def test_a_long_chat(alice, sheena):
    rows = [
        Message(team_id=alice.team_id, contact=sheena, role="user", content=str(number), created_at=times.now())
        for number in range(450)
    ]
    Message.objects.bulk_create(rows)
    erasing.erase(by=alice, contact=sheena)
    assert left() == {}


def test_a_lead_that_was_made_of_it_stays(alice, sheena):
    say(sheena)
    lead = suggestions.accept(by=alice, contact=sheena, email="s@example.com")
    erasing.erase(by=alice, contact=sheena)
    assert (Lead.objects.get(), left()) == (lead, {})


def test_what_comes_again_is_not_taken(alice, channel):
    messages = [text("One.", message_id="wamid.1"), text("Two.", message_id="wamid.2")]
    read(channel, *messages)
    erasing.erase(by=alice, contact=Contact.objects.get())
    read(channel, *messages, text("Late.", at=times.now() - dt.timedelta(hours=1)))
    read(channel, made.edit("wamid.1", "Edited."), made.status("wamid.2", "read"))
    assert left() == {}


def test_who_writes_again_is_somebody_new(alice, channel):
    read(channel, text("One."))
    old = Contact.objects.get()
    contacts.rename(by=alice, contact=old, name="Known")
    erasing.erase(by=alice, contact=old)
    read(channel, text("Hello again.", at=times.now() + dt.timedelta(seconds=2)))
    new = Contact.objects.get()
    assert (new.pk != old.pk, new.name, new.message_count) == (True, "Sheena Nelson", 1)


def figures(user):
    said = analytics.conversation_figures(user, Period())
    return said["total_sessions"], analytics.chat_figures(user)["total_messages"]


def test_figures_follow(alice, channel, sheena):
    for days in (3, 2, 1):
        say(sheena, ago=days * DAY)
    recount.recount(team=alice.team)
    assert figures(alice) == (3, 3)
    erasing.erase(by=alice, contact=sheena)
    assert figures(alice) == (0, 0)
    assert list(recount.differences(team=alice.team)) == []


# Cut off, at once, and again


@pytest.mark.parametrize("step", ["empty", "delete_messages", "delete_talk"])
def test_what_a_crash_leaves_the_sweeper_deletes(alice, channel, sheena, monkeypatch, step):
    say(sheena)

    def crash(contact):
        raise KeyboardInterrupt

    with monkeypatch.context() as patch:
        patch.setattr(erasing, step, crash)
        with pytest.raises(KeyboardInterrupt):
            erasing.erase(by=alice, contact=sheena)
    erasing.sweep()
    assert left()  # somebody may be at it
    ErasedContact.objects.update(erased_at=times.now() - dt.timedelta(minutes=2))
    erasing.sweep()
    assert (left(), ErasedContact.objects.get().contact_id) == ({}, "")
    erasing.sweep()


def test_until_it_is_over_nobody_sees_it(page, alice, channel, sheena):
    say(sheena, "Secret words.")
    erasing.empty(sheena)
    client = page(alice)
    assert client.get(path(sheena)).status_code == 404
    assert "Sheena" not in client.get("/inbox").content.decode()
    assert chats.chat_page(alice, {"q": "sheena"}).items == []
    read(channel, text("Me again.", at=times.now() + dt.timedelta(seconds=1)))
    assert Contact.objects.kept().get().name == "Sheena Nelson"


def test_a_second_one_brings_the_first_to_its_end(alice, channel, monkeypatch):
    read(channel, text("One."))
    with monkeypatch.context() as patch:
        patch.setattr(erasing, "finish", lambda erased: None)
        erasing.erase(by=alice, contact=Contact.objects.get())
    erasing.empty(Contact.objects.get())
    read(channel, text("Two.", at=times.now() + dt.timedelta(seconds=2)))
    erasing.erase(by=alice, contact=Contact.objects.kept().get())
    assert (left(), ErasedContact.objects.count()) == ({}, 1)


def test_of_two_at_once_one_is_told(alice, sheena):
    say(sheena)
    erasing.erase(by=alice, contact=sheena)
    with pytest.raises(NotFound):
        erasing.erase(by=alice, contact=sheena)
    assert AuditEntry.objects.filter(event=Event.CONTACT_ERASED).count() == 1


def test_a_message_that_is_kept_this_instant(alice, sheena, monkeypatch):
    """Who has read the contact's row before it was emptied keeps nothing of the message."""
    message = Message(team_id=alice.team_id, contact=sheena, role="user", content="Now.")
    erasing.empty(Contact.objects.get())
    with pytest.raises(message_rows.ContactGone):
        message_rows.insert(message)
    assert not Message.objects.exists()


# The journal


def lose_everything():
    for model in (*OF_A_CHAT, ErasedContact):
        model.objects.all().delete()


def restored():
    return Restore(report=print, progress=lambda count: None).run()


def test_a_restore_brings_nobody_back(alice, channel):
    said = text("One.")
    read(channel, said)
    erasing.erase(by=alice, contact=Contact.objects.get())
    assert restored()["known"] == 1
    lose_everything()
    read(channel, said)  # as its webhook does, which is restored before
    assert restored()["restored"] == 1
    assert left() == {}


def test_a_restore_leaves_what_they_wrote_since(alice, channel):
    read(channel, text("One."))
    erasing.erase(by=alice, contact=Contact.objects.get())
    lose_everything()
    read(channel, text("Since then.", at=times.now() + dt.timedelta(seconds=2)))
    restored()
    assert (Message.objects.get().content, ErasedContact.objects.count()) == ("Since then.", 1)


def test_it_is_not_replayed(alice, sheena):
    say(sheena)
    erasing.erase(by=alice, contact=sheena)
    assert replay.replay().done == 0


# The page


def test_the_page_asks_first(page, alice, channel, sheena):
    say(sheena)
    client = page(alice)
    html = client.get(path(sheena, "/erase")).content.decode()
    for words in ("Erase <bdi>Sheena</bdi>?", "1 message,", "transcripts", "leaves the journal"):
        assert words in html
    assert "Erase the lead" not in html
    suggestions.accept(by=alice, contact=sheena, email="s@example.com")
    assert "Erase the lead" in client.get(path(sheena, "/erase")).content.decode()
    answer = client.post(path(sheena, "/erase"), follow=True)
    assert ("Sheena is erased." in answer.content.decode(), left()) == (True, {})
    assert client.post(path(sheena, "/erase")).status_code == 404


def test_nobody_else_erases_it(page, charlie, sheena):
    assert page(charlie).post(path(sheena, "/erase")).status_code == 404
    assert Contact.objects.exists()
