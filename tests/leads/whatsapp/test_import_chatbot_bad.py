"""Rows of the old chatbot that are refused, or cut."""

import sqlite3
from contextlib import closing

import pytest

from config import times
from leads.models import Contact, ErasedContact, Message, TranscriptEvent
from leads.whatsapp.numbers import digest_of
from tests.leads.whatsapp.chatbot import (
    ANN,
    BEN,
    import_from,
    message,
    user,
    write,
)
from tests.leads.whatsapp.chats import make_channel, make_contact

HERE, REFUSED = (1, 0, 1, 0), (1, 0, 0, 1)


@pytest.fixture
def run(alice, tmp_path):
    """Imports a chatbot.db that has these rows, and those that it had."""

    def go(users=(), messages=(), *options, owner=alice):
        return import_from(write(tmp_path / "chatbot.db", users, messages), "--owner", owner.email, *options)

    return go


def contents(contact=None):
    found = Message.objects.filter(contact=contact) if contact else Message.objects.all()
    return list(found.order_by("created_at", "pk").values_list("content", flat=True))


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"role": "owl"}, "neither user nor assistant"),
        ({"role": None}, "neither user nor assistant"),
        ({"content": None}, "no content"),
        ({"content": "a\x00b"}, "U+0000"),
        ({"user_id": 9}, "Its user is not here"),
        ({"user_id": None}, "no user_id"),
        ({"user_id": "x"}, "no id that is known"),
        ({"created_at": None}, "no created_at"),
        ({"created_at": "soon"}, "not a time"),
        ({"created_at": "1066-10-14"}, "outside the years"),
        ({"created_at": "2190-01-01"}, "in the future"),
    ],
)
def test_messages_that_are_refused(run, fields, words):
    counts, err = run([user()], [message(1, **fields) if "content" not in fields else message(1, fields["content"])])
    assert counts["messages"] == REFUSED
    assert "message row 1: refused. " in err
    assert words in err
    assert not Message.objects.exists()
    assert not TranscriptEvent.objects.exists()


@pytest.mark.parametrize(
    ("fields", "words"),
    [
        ({"phone_number": None}, "no phone_number"),
        ({"phone_number": "9" * 200}, "no phone_number"),
        ({"is_active": "perhaps"}, "neither true nor false"),
        ({"created_at": "soon"}, "not a time"),
        ({"name": "a\x00b"}, "U+0000"),
    ],
)
def test_users_that_are_refused(run, fields, words):
    counts, err = run([user(**fields)], [message()])
    assert counts == {"users": REFUSED, "messages": REFUSED}
    assert words in err
    assert "Its user is not here, or was refused." in err


def test_bytes_that_are_no_utf8_refuse_their_row(run, tmp_path):
    run([user()], [message(1), message(2)])
    path = write(tmp_path / "other.db", [user()], [message(3), message(4)])
    with closing(sqlite3.connect(path)) as database, database:
        database.execute("UPDATE message SET content = CAST(x'6869ff' AS TEXT) WHERE id = 3")
    counts, err = import_from(path, "--owner", "alice@example.com")
    assert counts == {"users": HERE, "messages": (2, 1, 0, 1)}


def test_a_second_chatbot_does_not_get_mixed_up_with_the_first(run, alice, tmp_path):
    run([user()], [message()])
    other = write(tmp_path / "other.db", [user(1, BEN)], [message(1, "Other."), message(2, "More.")])
    counts, err = import_from(other, "--owner", alice.email)
    assert counts == {"users": REFUSED, "messages": (2, 0, 0, 2)}
    assert "comes from another chatbot" in err
    assert contents() == ["Hello."]


def test_who_was_erased_stays_gone(run, alice):
    channel = make_channel(alice)
    digest = digest_of(channel, ANN)
    ErasedContact.objects.create(team=alice.team, channel=channel, digest=digest, erased_at=times.now())
    assert run([user()], [message()])[0] == {"users": REFUSED, "messages": REFUSED}
    assert not Contact.objects.exists()
    back = make_contact(channel, ANN)
    counts, err = run()
    assert counts == {"users": HERE, "messages": REFUSED}
    assert "erased" in err
    assert not Message.objects.filter(contact=back).exists()


def test_long_texts_are_cut_and_kept_whole(run):
    _, err = run([user()], [message(1, "x" * 120_000)])
    made = Message.objects.get()
    assert (len(made.content), len(made.metadata["content"])) == (100_000, 120_000)
    assert "cut" in err
