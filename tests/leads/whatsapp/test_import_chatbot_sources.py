"""Where the chats of the old chatbot lie."""

import datetime as dt
import gc
import os

import pytest
from bson import ObjectId
from django.core.management import CommandError, call_command
from pymongo import MongoClient

from config.times import iso
from leads.actions.whatsapp import imports
from leads.models import Contact, Message
from tests.leads.whatsapp.chatbot import (
    ANN,
    OBJECT_ID,
    OTHER_ID,
    UUID,
    UUID_ID,
    exported,
    import_from,
    message,
    user,
    write,
)

NEW, HERE = (1, 1, 0, 0), (1, 0, 1, 0)


@pytest.fixture
def run(alice, tmp_path):
    """Imports a chatbot.db that has these rows, and those that it had."""

    def go(users=(), messages=(), *options, owner=alice):
        return import_from(write(tmp_path / "chatbot.db", users, messages), "--owner", owner.email, *options)

    return go


@pytest.mark.parametrize(("own", "pk"), [(OBJECT_ID, OBJECT_ID), (UUID, UUID_ID), ({"$oid": OTHER_ID}, OTHER_ID)])
def test_the_later_database(alice, tmp_path, own, pk):
    users = [{"_id": own, "phone_number": ANN, "name": "Ann", "created_at": {"$date": "2025-08-12T10:00:00Z"}}]
    said = {"_id": own, "user_id": own, "role": "USER", "content": "Hello.", "created_at": "2025-08-12T10:00:00+02:00"}
    with exported(tmp_path / "dump", users=users, **{"chat-messages": [said]}) as folder:
        assert import_from(folder, "--owner", alice.email)[0] == {"users": NEW, "messages": NEW}
        assert (Contact.objects.get().pk, Message.objects.get().pk) == (pk, pk)
        assert iso(Message.objects.get().created_at) == "2025-08-12T08:00:00.000Z"
        assert import_from(folder, "--owner", alice.email)[0] == {"users": HERE, "messages": HERE}


def test_another_team_gets_the_same_chats_under_other_ids(alice, charlie, tmp_path):
    users = [{"_id": OBJECT_ID, "phone_number": ANN}]
    said = [{"_id": OTHER_ID, "user_id": OBJECT_ID, "role": "user", "content": "Hi", "created_at": "2025-08-12"}]
    with exported(tmp_path / "dump", users=users, messages=said) as folder:
        for owner in (alice, charlie, charlie):
            counts, _ = import_from(folder, "--owner", owner.email)
        assert counts == {"users": HERE, "messages": HERE}
    assert Contact.objects.count() == Message.objects.count() == 2
    for owner in (alice, charlie):
        mine = Message.objects.get(team=owner.team)
        assert mine.contact.team_id == owner.team_id


def test_what_else_a_message_has_is_kept(alice, tmp_path):
    users = [{"id": 1, "phone_number": ANN}]
    said = message(1, tokens=12, model={"name": "small"}, status="sending", metadata={"lang": "de"})
    with exported(tmp_path / "dump", users=users, messages=[said]) as folder:
        _, err = import_from(folder, "--owner", alice.email)
    made = Message.objects.get()
    assert made.metadata == {"lang": "de", "tokens": 12, "model": {"name": "small"}, "status": "sending"}
    assert made.status == "received"
    assert "imported as received" in err


def test_the_old_setting_names_the_file(run, alice, tmp_path, settings, capsys):
    write(tmp_path / "chatbot.db", [user()], [message()])
    settings.DATABASE_URL = f"sqlite:///{tmp_path}/chatbot.db"
    call_command("import_whatsapp_chatbot", "--owner", alice.email)
    assert '"imported": 1' in capsys.readouterr().out
    assert import_from(tmp_path, "--owner", alice.email)[0]["messages"] == HERE


@pytest.mark.parametrize(
    ("name", "content", "words"),
    [
        ("chatbot.db", b"", "not an SQLite database"),
        ("chatbot.db", b"garbage" * 100, "not an SQLite database"),
        ("chatbot.db", b"SQLite format 3\x00" + b"\xff" * 5_000, "can't be read"),
        ("chatbot.json", b"[]", "none of these tables"),
        ("messages.json", b"\xff\xfe", "not JSON"),
        ("", b"", "can't be read"),
    ],
)
def test_a_source_that_cannot_be_read(alice, tmp_path, name, content, words):
    path = tmp_path / (name or "nothing.db")
    if name:
        path.write_bytes(content)
    with pytest.raises(CommandError, match=words) as raised:
        import_from(path, "--owner", alice.email)
    assert raised.value.returncode == 2


def test_a_file_that_breaks_off(run, alice, tmp_path):
    path = write(tmp_path / "chatbot.db", [user()], [message(number, "x" * 200) for number in range(1, 2_000)])
    whole = path.read_bytes()
    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CommandError, match="can't be read") as raised:
        import_from(path, "--owner", alice.email)
    assert raised.value.returncode == 2


@pytest.mark.parametrize("options", [(), ("--owner", "nobody@example.com")])
def test_an_owner_is_needed(db, tmp_path, options):
    with pytest.raises(CommandError, match="--owner") as raised:
        import_from(write(tmp_path / "chatbot.db", [user()]), *options)
    assert raised.value.returncode == 2
    assert not Contact.objects.exists()


def test_the_old_file_is_not_touched(run, tmp_path):
    run([user()], [message()])
    path = tmp_path / "chatbot.db"
    before = path.read_bytes()
    path.chmod(0o400)
    run_again = import_from(path, "--owner", "alice@example.com")[0]
    assert (run_again, path.read_bytes()) == ({"users": HERE, "messages": HERE}, before)


def test_few_of_many_messages_are_in_memory(alice, tmp_path, monkeypatch):
    path = write(
        tmp_path / "chatbot.db",
        [user(number, str(49_000_000_000 + number)) for number in range(1, 21)],
        (message(number, f"Message {number}", user_id=1 + number % 20) for number in range(1, 4_001)),
    )
    import_messages, most = imports.import_messages, []

    def counted(**options):
        import_messages(**options)
        most.append(sum(type(each) is Message for each in gc.get_objects()))

    monkeypatch.setattr(imports, "import_messages", counted)
    assert import_from(path, "--owner", alice.email)[0]["messages"] == (4_000, 4_000, 0, 0)
    assert max(most) < 1_500
    assert sum(Contact.objects.values_list("message_count", flat=True)) == 4_000


@pytest.mark.skipif("MONGODB_URI" not in os.environ, reason="reads from a MongoDB server")
def test_a_database(alice):
    at = dt.datetime(2025, 8, 12, 10, tzinfo=dt.UTC)
    user_id, later = ObjectId(), ObjectId()
    name = f"test_chatbot_{user_id}"
    with MongoClient(os.environ["MONGODB_URI"]) as client:
        client[name].users.insert_one({"_id": user_id, "phone_number": ANN, "name": "Ann", "is_active": True})
        said = {"user_id": user_id, "role": "user", "content": "Hello.", "created_at": at}
        client[name].messages.insert_many([{"_id": later, **said}, {"_id": ObjectId(), **said, "content": "Again."}])
        try:
            source = f"{os.environ['MONGODB_URI'].rstrip('/')}/{name}"
            assert import_from(source, "--owner", alice.email)[0] == {"users": NEW, "messages": (2, 2, 0, 0)}
            assert import_from(source, "--owner", alice.email)[0] == {"users": HERE, "messages": (2, 0, 2, 0)}
        finally:
            client.drop_database(name)
    assert Contact.objects.get().pk == str(user_id)
    kept = Message.objects.order_by("created_at", "pk").values_list("content", "created_at")
    assert list(kept) == [("Hello.", at), ("Again.", at)]
