"""A channel is disconnected: its chats stay, or go with it."""

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.actions import deletion
from accounts.models import AuditEntry, User
from config import queue, times
from leads import tasks
from leads.actions.whatsapp import channel_deletion, channels, known_channels, message_rows
from leads.models import (
    Channel,
    Contact,
    ConversationSession,
    EarlyNews,
    Message,
    MessageMedia,
    TranscriptEvent,
    WebhookDelivery,
)
from tests.accounts.conftest import join_team_of
from tests.conftest import PASSWORD
from tests.leads.whatsapp.chats import make_channel, make_contact, make_media, make_message


@pytest.fixture
def channel(alice):
    return make_channel(alice, replies=True, problem="Old.", tested_at=times.now())


@pytest.fixture
def chat(channel):
    """A contact who sent two messages, one with a file."""
    contact = make_contact(channel)
    for number in range(2):
        message_rows.log(make_message(contact, f"Hello {number}", ago=60 - number))
    default_storage.save("whatsapp/202601/a.png", ContentFile(b"x"))
    make_media(Message.objects.order_by("pk").first(), status="completed", path="whatsapp/202601/a.png", size_bytes=1)
    return contact


def test_chats_stay(page, alice, channel, chat):
    path = f"/channels/{channel.pk}/disconnect"
    asked = page(alice).get(path).content.decode()
    assert "1 chat with 2 messages" in asked
    assert page(alice).post(path, {"chats": "keep"}).url == "/channels"
    row = Channel.objects.get()
    assert (row.phone_number_id, row.phone_number, row.replies, row.problem, row.tested_at) == ("", "", False, "", None)
    assert (row.sealed_token, row.sealed_app_secret, row.sealed_verify_token) == ("", "", "")
    assert (Contact.objects.count(), Message.objects.count()) == (1, 2)
    assert known_channels.snapshot() == []
    entry = AuditEntry.objects.get(event="channel_disconnected")
    assert (entry.user, entry.words, entry.address) == (alice, "Harbour shop", "127.0.0.1")
    assert "No number is connected" in page(alice).get(f"/channels/{channel.pk}").content.decode()


def test_the_number_can_be_connected_again(alice, charlie, channel):
    number_id = channel.phone_number_id
    channels.disconnect(by=alice, channel=channel)
    fields = {"name": "Ours", "phone_number_id": number_id, "token": "t", "app_secret": "s", "verify_token": "v"}
    assert channels.connect(by=charlie, **fields).team_id == charlie.team_id


def test_a_disconnected_one_is_connected_again(alice, channel, chat):
    number_id = channel.phone_number_id
    channels.disconnect(by=alice, channel=channel)
    row = Channel.objects.get()
    channels.change(by=alice, channel=row, phone_number_id=number_id, token="t", app_secret="s", verify_token="v")
    assert Contact.objects.get().channel.phone_number_id == number_id


def test_all_chats_go(page, alice, channel, chat, monkeypatch):
    asked = []
    monkeypatch.setattr(queue, "enqueue", lambda task, pk, **fields: asked.append((task, pk)))
    EarlyNews.objects.create(team=alice.team, channel=channel, meta_message_id="m")
    WebhookDelivery.objects.create(team=alice.team, channel=channel, body="[]")
    page(alice).post(f"/channels/{channel.pk}/disconnect", {"chats": "delete"})
    assert asked == [("leads.tasks.delete_channel", channel.pk)]
    assert page(alice).get(f"/channels/{channel.pk}").status_code == 404
    tasks.delete_channel(channel.pk)
    tasks.delete_channel(channel.pk)
    models = (Channel, Contact, Message, MessageMedia, TranscriptEvent, ConversationSession, EarlyNews, WebhookDelivery)
    assert [model.objects.count() for model in models] == [0] * len(models)
    assert not default_storage.exists("whatsapp/202601/a.png")
    assert AuditEntry.objects.get(event="channel_disconnected").words == "Harbour shop, with all chats"


def test_chats_of_other_channels_stay(alice, channel, chat):
    other = make_contact(make_channel(alice, phone_number_id="2"))
    message_rows.log(make_message(other))
    channels.disconnect(by=alice, channel=channel, with_chats=True)
    tasks.delete_channel(channel.pk)
    assert [Contact.objects.get(), Message.objects.get().contact] == [other, other]
    assert TranscriptEvent.objects.count() == 1


def test_a_channel_that_stays_is_never_deleted(channel, chat):
    tasks.delete_channel(channel.pk)
    assert (Channel.objects.count(), Message.objects.count()) == (1, 2)


def test_the_sweeper_goes_on(alice, channel, monkeypatch):
    asked = []
    monkeypatch.setattr(queue, "enqueue_missing", lambda task, rows: asked.extend(rows))
    channels.disconnect(by=alice, channel=channel, with_chats=True)
    channel_deletion.sweep()
    assert asked == []
    Channel.objects.update(deleted_at=times.now() - 2 * channel_deletion.WAITING)
    channel_deletion.sweep()
    assert asked == [(channel.pk, "bulk")]


def test_twice(page, alice, channel):
    path = f"/channels/{channel.pk}/disconnect"
    page(alice).post(path, {"chats": "delete"})
    assert page(alice).post(path, {"chats": "keep"}).status_code == 404
    assert AuditEntry.objects.filter(event="channel_disconnected").count() == 1


def test_the_account_is_closed(alice, charlie, channel, chat):
    """With the last member of the team its numbers go at once, its chats a little later."""
    others = make_channel(charlie, phone_number_id="1")
    deletion.close_account(by=join_team_of(alice, "mate"), password=PASSWORD)
    assert Channel.objects.connected().kept().count() == 2
    deletion.close_account(by=alice, password=PASSWORD)
    row = Channel.objects.get(pk=channel.pk)
    assert (row.phone_number_id, row.sealed_token, row.replies) == ("", "", False)
    assert [known.pk for known in known_channels.snapshot()] == [others.pk]
    tasks.delete_channel(channel.pk)
    assert (list(Channel.objects.all()), Contact.objects.count(), TranscriptEvent.objects.count()) == ([others], 0, 0)
    deletion.delete_account(user=User.objects.get(pk=alice.pk))
    assert not User.objects.filter(pk=alice.pk).exists()
