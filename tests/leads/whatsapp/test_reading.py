"""From what WhatsApp sends to contacts, messages, conversations."""

import datetime as dt
import logging

import pytest

from config import queue, times
from config.ids import new_id
from leads.actions import idle
from leads.actions.whatsapp import answering, lanes, people, reading
from leads.models import (
    Contact,
    ConversationSession,
    EarlyNews,
    Lane,
    LaneKind,
    Message,
    MessageMedia,
    Step,
    TranscriptEvent,
)
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


def test_a_message(alice, channel):
    at = times.now().replace(microsecond=0) - dt.timedelta(minutes=5)
    read(channel, text("Are you open today?", at=at, message_id="wamid.1", context=made.context("wamid.0")))
    contact, message = Contact.objects.get(), Message.objects.get()
    assert (contact.channel, contact.team_id, contact.phone_number) == (channel, alice.team_id, made.SHEENA)
    assert (contact.name, contact.named_at) == ("Sheena Nelson", at)
    assert contact.created_at == contact.last_message_at == contact.last_inbound_at == at
    assert (contact.message_count, contact.unread_count, contact.last_message_id) == (1, 1, message.pk)
    assert (message.contact, message.team_id, message.role, message.kind) == (contact, alice.team_id, "user", "text")
    assert (message.content, message.meta_message_id) == ("Are you open today?", "wamid.1")
    assert (message.status, message.created_at) == ("received", at)
    assert message.metadata == {"context": made.context("wamid.0")}


def test_it_is_in_the_transcript(alice, channel):
    at = times.now().replace(microsecond=0)
    read(channel, text("How much is it?", at=at))
    contact, message = Contact.objects.get(), Message.objects.get()
    session, event = ConversationSession.objects.get(), TranscriptEvent.objects.get()
    assert session.session_id == f"whatsapp_{contact.pk}_{at:%Y%m%d}"
    assert (session.channel, session.country, session.team_id) == ("whatsapp", "US", alice.team_id)
    assert session.metadata == {"contact_id": contact.pk, "phone": "+16505551234", "country": "US"}
    assert (session.start_time, session.event_count, session.user_count) == (at, 1, 1)
    assert (event.session_id, event.event_id, event.timestamp) == (session.session_id, message.pk, at)
    assert (event.role, event.source, event.content) == ("user", "whatsapp", "How much is it?")
    assert event.meta == {"intent": "LEAD_OPPORTUNITY"}


def test_one_conversation_a_day(channel):
    day = times.now().replace(hour=12, minute=0, second=0, microsecond=0) - dt.timedelta(days=3)
    for hours in (0, 24, 1, 25):
        read(channel, text(at=day + hours * AN_HOUR))
    sessions = ConversationSession.objects.order_by("start_time")
    assert [(each.start_time, each.event_count) for each in sessions] == [(day, 2), (day + 24 * AN_HOUR, 2)]


def test_a_conversation_ends_and_opens_again(channel, settings):
    """Silence is told by the times of messages, also when they come late."""
    settings.SESSION_IDLE_MINUTES = 30
    at = times.now().replace(minute=0, second=0, microsecond=0) - 2 * AN_HOUR
    read(channel, text(at=at))
    idle.end_silent()
    assert ConversationSession.objects.filter(start_time=at).get().end_time == at
    read(channel, text(at=at + dt.timedelta(minutes=3)))
    idle.end_silent()
    session = ConversationSession.objects.filter(start_time=at).get()
    assert (session.end_time, session.duration_seconds) == (at + dt.timedelta(minutes=3), 180)
    read(channel, text(at=times.now()))
    assert ConversationSession.objects.order_by("-active_at").first().end_time is None


def test_sent_again(channel):
    value = change(text(), text(), made.image())
    for _ in range(3):
        reading.read(channel, value)
    assert Message.objects.count() == TranscriptEvent.objects.count() == 3
    contact, session = Contact.objects.get(), ConversationSession.objects.get()
    assert contact.message_count == contact.unread_count == session.event_count == 3
    assert session.recounts == 0


def test_several_people(channel):
    read(channel, text(), text(sender=made.OMAR), text(sender=made.USER_ID), names={made.USER_ID: "Ann"})
    found = dict(Contact.objects.values_list("phone_number", "name"))
    assert found == {made.SHEENA: "Sheena Nelson", made.OMAR: "Omar Yılmaz", made.USER_ID: "Ann"}
    countries = sorted(ConversationSession.objects.values_list("country", flat=True))
    assert countries == ["DE", "US", "US"]


def test_one_number_at_two_channels(alice, channel):
    other = make_channel(alice, phone_number_id=made.OTHER_NUMBER_ID)
    read(channel, text())
    read(other, text())
    assert Contact.objects.filter(phone_number=made.SHEENA).count() == 2


def test_the_latest_name_stands(channel):
    now = times.now()
    for name, minutes in (("New", 5), ("Old", 9), ("Newer", 1), ("", 0)):
        read(channel, text(at=now - dt.timedelta(minutes=minutes)), names={made.SHEENA: name})
    contact = Contact.objects.get()
    assert contact.name == "Newer"
    assert contact.created_at == Message.objects.order_by("created_at").first().created_at
    assert (
        contact.last_message_at == contact.last_inbound_at == Message.objects.order_by("created_at").last().created_at
    )


def test_a_file_waits_to_be_fetched(channel, monkeypatch):
    asked = []
    monkeypatch.setattr(queue, "enqueue", lambda task, pk, **more: asked.append((task, pk)) or True)
    read(channel, made.document("offer.pdf", media_id="77"))
    media = MessageMedia.objects.get()
    assert (media.media_id, media.file_name, media.status, media.message) == (
        "77",
        "offer.pdf",
        "queued",
        Message.objects.get(),
    )
    assert (media.task, media.pk) in asked


def test_a_blocked_contact_waits_for_nobody(channel, monkeypatch):
    monkeypatch.setattr(answering, "should_answer", lambda *args: True)
    read(channel, text())
    Contact.objects.update(is_active=False, unread_count=0)
    Step.objects.all().delete()
    read(channel, text("Anybody?"))
    contact = Contact.objects.get()
    assert (contact.message_count, contact.unread_count) == (2, 0)
    assert not Step.objects.exists()


def test_the_assistant_is_asked(channel, monkeypatch):
    seen = []
    monkeypatch.setattr(answering, "should_answer", lambda *args: seen.append(args) or True)
    read(channel, text())
    message, step = Message.objects.get(), Step.objects.get()
    assert seen == [(channel, message.contact, message)]
    assert (step.kind, step.message, step.position) == (LaneKind.ANSWER, message, message.created_at)
    assert Lane.objects.get().kind == LaneKind.ANSWER


def test_only_new_messages_are_answered(channel, monkeypatch):
    asked, value = [], change(text(message_id="wamid.1"))
    monkeypatch.setattr(answering, "should_answer", lambda *args: asked.append(args))
    reading.read(channel, value)
    assert len(asked) == 1
    reading.read(channel, value)
    read(channel, made.edit("wamid.1", "Better"), made.revoke("wamid.1"), made.status("wamid.1", "read"))
    assert len(asked) == 1


def test_what_cannot_be_used_stops_nothing(channel, caplog):
    parts = [text() | {"id": None}, text("Fine"), made.message("edit"), made.status("", "read"), text("Fine too")]
    reading.read(channel, change(*parts) | {"errors": [made.error(130429)]})
    assert sorted(Message.objects.values_list("content", flat=True)) == ["Fine", "Fine too"]
    logged = [record.message for record in caplog.records if record.levelno == logging.WARNING]
    assert len(logged) == 4
    assert "130429" in logged[0]
    assert "Fine" not in caplog.text


def test_what_fails_stops_nothing_and_is_raised_in_the_end(channel, monkeypatch):
    count = people.count

    def failing(message, name):
        if message.content == "Bad":
            raise KeyError("a bug")
        return count(message, name)

    monkeypatch.setattr(people, "count", failing)
    value = change(text("Bad"), text("Fine"))
    with pytest.raises(KeyError):
        reading.read(channel, value)
    monkeypatch.setattr(people, "count", count)
    reading.read(channel, value)
    assert sorted(Message.objects.values_list("content", flat=True)) == ["Bad", "Fine"]
    assert Contact.objects.get().message_count == 2


@pytest.mark.parametrize("value", [None, 3, [], "x", {}, {"messages": [None, {}, []], "statuses": [4, {}]}])
def test_values_that_are_none(channel, value):
    reading.read(channel, value)
    assert not Message.objects.exists()


def test_an_id_that_another_channel_has(alice, charlie, channel):
    other = make_channel(charlie, phone_number_id=made.OTHER_NUMBER_ID)
    read(channel, text("Mine", message_id="wamid.1"))
    read(other, text("Theirs", message_id="wamid.1"), made.edit("wamid.1", "Changed"), made.revoke("wamid.1"))
    message = Message.objects.get()
    assert (message.content, message.contact.channel) == ("Mine", channel)
    assert not EarlyNews.objects.exists()


def test_its_lane_is_woken(channel, monkeypatch):
    woken = []
    monkeypatch.setattr(answering, "should_answer", lambda *args: True)
    monkeypatch.setattr(lanes, "wake", lambda **fields: woken.append(fields))
    read(channel, text(message_id=new_id()))
    assert woken == [{"team_id": channel.team_id, "contact_id": Contact.objects.get().pk, "kind": LaneKind.ANSWER}]
