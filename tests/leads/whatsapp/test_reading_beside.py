"""Webhooks are read while something else happens.

While somebody erases the contact or deletes the channel, nothing of them stays; while others are read, nothing is lost.
"""

import datetime as dt

import pytest

from config import times
from leads.actions.whatsapp import channel_deletion, channels, erasing, lanes, message_rows, news, people, reading
from leads.models import (
    Channel,
    Contact,
    ConversationSession,
    EarlyNews,
    Lane,
    Message,
    MessageMedia,
    Step,
    TranscriptEvent,
)
from tests.leads.whatsapp import payloads as made
from tests.leads.whatsapp.chats import make_channel
from tests.leads.whatsapp.payloads import change, text

ROWS = (Contact, Message, MessageMedia, Step, Lane, TranscriptEvent, ConversationSession, EarlyNews)


@pytest.fixture
def channel(alice, settings):
    return make_channel(alice, replies=True)


def read(channel, *parts):
    reading.read(channel, change(*parts))


def erase_all(user):
    for contact in Contact.objects.kept():
        erasing.erase(by=user, contact=contact)


def delete(user, channel):
    channels.disconnect(by=user, channel=channel, with_chats=True)
    channel_deletion.delete(channel=Channel.objects.get(pk=channel.pk))


def left():
    return {model.__name__: number for model in ROWS if (number := model.objects.count())}


def nothing():
    pass


def first(monkeypatch, place, name, act=nothing, *, then=nothing):
    """Act once, right before the function is called for the first time; `then`, right after."""
    go_on = getattr(place, name)

    def call(*args, **kwargs):
        monkeypatch.setattr(place, name, go_on)
        act()
        answer = go_on(*args, **kwargs)
        then()
        return answer

    monkeypatch.setattr(place, name, call)


STEPS = {
    "find": people,
    "is_erased": people,
    "make": people,
    "insert": message_rows,
    "write": message_rows,
    "log": message_rows,
    "wake": lanes,
}
CASES = [(name, is_known) for name in STEPS for is_known in (False, True) if name != "make" or not is_known]


@pytest.mark.parametrize(("name", "is_known"), CASES)
def test_erased_before(alice, channel, monkeypatch, name, is_known):
    """What was written before does not come back, whichever step of reading it the erasure came before."""

    def write_and_erase():
        read(channel, text("Before."))
        erase_all(alice)

    if is_known:
        read(channel, text("Long before."))
    first(monkeypatch, STEPS[name], name, write_and_erase)
    read(channel, made.image("Mine.", at=times.now() - dt.timedelta(seconds=2)))
    assert left() == {}


@pytest.mark.parametrize(("name", "is_known"), CASES)
def test_channel_deleted_before(alice, channel, monkeypatch, name, is_known):
    if is_known:
        read(channel, text("Before."))
    first(monkeypatch, STEPS[name], name, lambda: delete(alice, channel))
    read(channel, made.image("Mine."))
    assert left() == {}


def test_channel_deleted_before_news(alice, channel, monkeypatch):
    first(monkeypatch, news, "keep", lambda: delete(alice, channel))
    read(channel, made.status("wamid.x", "read"), made.edit("wamid.y", "Edited."))
    assert left() == {}


@pytest.mark.parametrize("name", ["find", "keep", "look_again"])
@pytest.mark.parametrize("when", ["act", "then"])
def test_message_comes_while_its_deletion_is_read(channel, monkeypatch, name, when):
    first(monkeypatch, news, name, **{when: lambda: read(channel, text("First.", message_id="wamid.1"))})
    read(channel, made.revoke("wamid.1"))
    assert list(Message.objects.values_list("content", flat=True)) == [""]
    assert not EarlyNews.objects.exists()


def test_another_channels_message_comes_while_news_are_read(alice, channel, monkeypatch):
    other = make_channel(alice, phone_number_id=made.OTHER_NUMBER_ID)
    first(monkeypatch, news, "keep", lambda: read(other, text("First.", message_id="wamid.1")))
    read(channel, made.revoke("wamid.1"))
    assert list(Message.objects.values_list("content", flat=True)) == ["First."]
    assert not EarlyNews.objects.exists()


def test_who_writes_after_the_erasure_is_kept(alice, channel, monkeypatch):
    """A later message of theirs comes in beside the earlier one, and stays."""
    soon = times.now() + dt.timedelta(seconds=5)
    read(channel, text("Before."))

    def erase_and_write():
        erase_all(alice)
        read(channel, text("After.", at=soon))

    first(monkeypatch, message_rows, "insert", erase_and_write)
    read(channel, text("Mine.", at=times.now() - dt.timedelta(seconds=2)))
    assert list(Message.objects.values_list("content", flat=True)) == ["After."]
    assert Contact.objects.get().message_count == 1
