"""The chats of the old chatbot."""

import datetime as dt

import pytest

from config.ids import from_number
from config.times import iso
from leads.actions import session_counts
from leads.actions.whatsapp import imports
from leads.analytics.chats import chat_figures
from leads.models import Channel, Contact, ConversationSession, DirtyDay, Message, TranscriptEvent
from tests.leads.whatsapp.chatbot import (
    ANN,
    BEN,
    import_from,
    message,
    user,
    write,
)
from tests.leads.whatsapp.chats import make_channel, make_contact, make_message

MODELS = (Channel, Contact, Message, ConversationSession, TranscriptEvent, DirtyDay)
HERE = (1, 0, 1, 0)


@pytest.fixture
def run(alice, tmp_path):
    """Imports a chatbot.db that has these rows, and those that it had."""

    def go(users=(), messages=(), *options, owner=alice):
        return import_from(write(tmp_path / "chatbot.db", users, messages), "--owner", owner.email, *options)

    return go


def rows():
    return [list(each.objects.order_by("pk").values()) for each in MODELS]


def contents(contact=None):
    found = Message.objects.filter(contact=contact) if contact else Message.objects.all()
    return list(found.order_by("created_at", "pk").values_list("content", flat=True))


def test_all_keep_what_they_had(run, alice):
    counts, err = run(
        [user(), user(2, BEN, name=None, is_active=0)],
        [
            message(1, meta_message_id="wamid.1", status="read"),
            message(2, "Hello Ann.", role="assistant"),
            message(3, "Anybody?", user_id=2),
        ],
    )
    assert counts == {"users": (2, 2, 0, 0), "messages": (3, 3, 0, 0)}
    channel = Channel.objects.get()
    assert (channel.name, channel.phone_number_id, channel.team_id, channel.replies) == (
        "Imported chats",
        "",
        alice.team_id,
        False,
    )
    ann, ben = Contact.objects.get(phone_number=ANN), Contact.objects.get(phone_number=BEN)
    assert ann.pk == from_number(alice.team_id, "users", 1)
    assert (ann.name, ann.is_active, ann.message_count, ann.unread_count) == ("Ann Lee", True, 2, 0)
    assert (ben.name, ben.is_active, ben.message_count) == ("", False, 1)
    assert (iso(ann.created_at), iso(ann.updated_at)) == ("2025-08-12T10:00:00.000Z", "2025-08-12T11:00:00.000Z")
    assert iso(ann.last_inbound_at) == "2025-08-12T10:00:01.250Z"
    first, second = Message.objects.filter(contact=ann).order_by("created_at")
    assert first.pk == from_number(alice.team_id, "messages", 1)
    assert (first.role, first.content, first.meta_message_id, first.status) == ("user", "Hello.", "wamid.1", "read")
    assert (second.role, second.content, second.meta_message_id, second.status) == (
        "assistant",
        "Hello Ann.",
        "",
        "sent",
    )
    assert iso(second.created_at) == "2025-08-12T10:00:02.250Z"
    assert (ann.last_message_id, ann.last_message_at) == (second.pk, second.created_at)


def test_messages_are_conversations_and_count(run, alice):
    run([user()], [message(1), message(2, "Yes?", role="assistant"), message(3, created_at="2025-08-13 09:00:00")])
    first, second = ConversationSession.objects.order_by("start_time")
    contact = Contact.objects.get()
    assert first.session_id == f"whatsapp_{contact.pk}_20250812"
    assert (first.channel, first.country, first.event_count, first.user_count) == ("whatsapp", "DE", 2, 1)
    assert first.metadata["contact_id"] == contact.pk
    assert (iso(first.end_time), first.was_silent) == ("2025-08-12T10:00:02.250Z", True)
    assert second.event_count == 1
    event = TranscriptEvent.objects.order_by("timestamp").first()
    assert (event.event_id, event.role, event.source) == (Message.objects.earliest("created_at").pk, "user", "whatsapp")
    assert not session_counts.miscounted(alice.team_id)
    assert {str(day) for day in DirtyDay.objects.all()} >= {"2025-08-12", "2025-08-13"}
    figures = chat_figures(alice)
    assert (figures["total_users"], figures["total_messages"]) == (1, 3)


def test_a_second_run_changes_nothing(run):
    users, messages = [user(), user(2, BEN)], [message(number, user_id=1 + number % 2) for number in range(1, 9)]
    run(users, messages)
    before = rows()
    assert run()[0] == {"users": (2, 0, 2, 0), "messages": (8, 0, 8, 0)}
    assert rows() == before


def test_a_dry_run_counts_the_same_and_writes_nothing(run):
    users = [user(), user(2, BEN), user(3, "+49 151 1234-5678 "), user(4, "")]
    messages = [message(1), message(2, user_id=3), message(3, user_id=4), message(4, meta_message_id="wamid.1")]
    messages += [message(5, meta_message_id="wamid.1"), message(6, role="owl"), message(7, user_id=2)]
    dry = run(users[:2] + [user(3, "49 151 12345678"), user(4, "")], messages, "--dry-run")[0]
    assert not any(each.objects.exists() for each in MODELS)
    assert run()[0] == dry == {"users": (4, 2, 1, 1), "messages": (7, 4, 1, 2)}


def test_the_only_channel_of_the_team_has_the_contacts(run, alice, charlie):
    make_channel(charlie, phone_number_id="1")
    mine = make_channel(alice)
    run([user()], [message()])
    assert Contact.objects.get().channel == mine
    assert Channel.objects.count() == 2


def test_of_several_channels_none_has_them(run, alice):
    make_channel(alice, phone_number_id="1")
    make_channel(alice, phone_number_id="2")
    run([user()], [message()])
    assert Contact.objects.get().channel.name == imports.NAME
    run([user(2, BEN)])
    assert set(Contact.objects.values_list("channel__name", flat=True)) == {imports.NAME}


def test_a_channel_that_was_connected_meanwhile_stays_theirs(run, alice):
    run([user()], [message()])
    Channel.objects.update(phone_number_id="77", name="Shop")
    make_channel(alice, phone_number_id="2")
    assert run()[0] == {"users": HERE, "messages": HERE}
    assert Channel.objects.count() == 2


def test_a_contact_that_wrote_here_gets_the_old_messages(run, alice):
    known = make_contact(make_channel(alice), ANN, name="Ann")
    make_message(known, "New.")
    assert run([user(name="Other")], [message(), message(2, "Yes?", role="assistant")])[0]["users"] == HERE
    assert contents() == ["Hello.", "Yes?", "New."]
    known.refresh_from_db()
    assert (known.name, known.message_count, known.unread_count) == ("Ann", 3, 1)
    assert iso(known.created_at) == "2025-08-12T10:00:01.250Z"
    assert known.last_message_id == Message.objects.get(content="New.").pk
    assert run()[0] == {"users": HERE, "messages": (2, 0, 2, 0)}


def test_a_message_that_is_here_by_its_id_at_whatsapp_is_known(run, alice):
    known = make_contact(make_channel(alice), ANN)
    make_message(known, "Hello.", meta_message_id="wamid.1")
    assert run([user()], [message(meta_message_id="wamid.1")])[0]["messages"] == HERE
    assert Message.objects.count() == 1


def test_messages_of_the_same_time_keep_their_order(run):
    at = "2025-08-12 10:11:12"
    run([user()], [message(number, str(number), created_at=at) for number in range(1, 40)])
    assert contents() == [str(number) for number in range(1, 40)]
    times_kept = Message.objects.order_by("created_at").values_list("created_at", flat=True)
    assert iso(times_kept[0]) == "2025-08-12T10:11:12.000Z"
    assert times_kept[38] - times_kept[0] < dt.timedelta(milliseconds=40)
    said = TranscriptEvent.objects.order_by("timestamp", "arrival").values_list("content", flat=True)
    assert list(said) == contents()
    before = rows()
    run()
    assert rows() == before


def test_rows_that_are_not_in_order_of_time_keep_their_times(run):
    run([user()], [message(1, "second", created_at="2025-08-12 12:00:00"), message(2, "first")])
    assert contents() == ["first", "second"]


def test_a_run_that_is_cut_off_goes_on_where_it_ended(run, monkeypatch):
    users, messages = [user()], [message(number) for number in range(1, 4)]
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(imports, "save", lambda *args: (_ for _ in ()).throw(RuntimeError("cut off")))
        run(users, messages)
    assert not Message.objects.exists()
    assert run()[0]["messages"] == (3, 3, 0, 0)
    assert TranscriptEvent.objects.count() == Message.objects.count() == Contact.objects.get().message_count == 3
    assert ConversationSession.objects.get().event_count == 3


def test_two_users_of_one_number_are_one_contact(run):
    counts, _ = run([user(1, f"+{ANN}"), user(2, ANN)], [message(1), message(2, "Again.", user_id=2)])
    assert counts == {"users": (2, 1, 1, 0), "messages": (2, 2, 0, 0)}
    assert contents(Contact.objects.get()) == ["Hello.", "Again."]
