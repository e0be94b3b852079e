"""Erased people leave the journal's files."""

import fcntl
import gzip
import json

import pytest
from django.core.management import call_command

from leads import journal
from leads.actions import events, lead_erasing, replay
from leads.actions.whatsapp import erasing
from leads.journal import erased, forgetting, gate, history, keeping, reading, refused, writer
from leads.models import Contact, ErasedContact, Erasure, TranscriptEvent, WebhookDelivery
from leads.records import Clock, Kind, Record
from tests.leads.leads import make_lead
from tests.leads.privacy.people import EMAIL, as_if_later, make_person, said
from tests.leads.whatsapp import payloads as made
from tests.leads.whatsapp.chats import make_channel, make_contact
from tests.leads.whatsapp.payloads import change, status, text

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def folder(settings):
    return settings.JOURNAL_DIR


def forget() -> int:
    """All that the sweeper would do after a while."""
    as_if_later()
    return forgetting.sweep()


def content(folder) -> str:
    """All that can be read in the folder."""
    paths = [path for path in folder.iterdir() if path.is_file()]
    return b"".join(gzip.decompress(p.read_bytes()) if p.suffix == ".gz" else p.read_bytes() for p in paths).decode()


def found(folder) -> set[str]:
    text = content(folder)
    return {word for word in (EMAIL, "I am Ann", "Ann speaks", "call:1", "Hello Ann") if word in text}


def erase(alice, lead):
    lead_erasing.erase_lead(by=alice, lead=lead)


def test_the_file_of_a_running_process(alice, folder):
    lead = make_person(alice)
    make_lead(alice, email="ben@acme.example")
    events.log_events(by=alice, events=[said("Ann again."), said("Ben speaks.", "call:2")])
    (path,) = reading.written()
    assert len(found(folder)) == 5
    erase(alice, lead)
    assert (forgetting.sweep(), len(found(folder))) == (0, 5)  # what came in before may not be in its file yet
    assert (forget(), found(folder)) == (1, set())
    kinds = [line.record().kind for line in history.lines()]
    assert kinds == [Kind.LEAD, Kind.EVENTS, Kind.LEAD_ERASED]
    assert "Ben speaks." in content(folder)
    assert path.stat().st_mode & 0o777 == 0o600
    events.log_events(by=alice, events=[said("Later.", "call:3")])
    assert len(reading.written()) == 2  # its writer has seen it
    call_command("journal", "verify")
    assert keeping.compress_finished() == 1
    assert (forgetting.sweep(), forget()) == (0, 0)


def test_kept_left_and_refused_files(alice, folder):
    lead = make_person(alice)
    writer.begin_anew()
    keeping.compress_finished()
    (kept,) = keeping.kept(folder)
    last = kept.stat().st_mtime_ns
    events.log_events(by=alice, events=[said("I am Ann."), said("Ben speaks.", "call:2")])
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(journal, "settle", journal.fall_behind)
        events.log_events(by=alice, events=[said("I am Ann.")])
    writer.begin_anew()
    (path,) = reading.written()
    entry = reading.Backlog(folder).look(at_all=True)[0]
    refused.put_aside(entry, entry.line(), "Broken.")
    erase(alice, lead)
    writer.begin_anew()
    count = forget()
    assert found(folder) == set()
    assert count == 3
    assert not refused.files()
    assert not keeping.kept(folder) or kept.stat().st_mtime_ns == last
    assert replay.replay().left == 0
    assert set(TranscriptEvent.objects.values_list("content", flat=True)) == {"Ben speaks."}
    call_command("journal", "verify")


def test_a_file_in_which_something_goes_on_is_done_later(alice, folder):
    lead = make_person(alice)
    record = Record(Kind.LEAD, alice.team_id, alice.pk, {"email": "ben@acme.example"})
    journal.append(record)
    erase(alice, lead)
    assert (forget(), len(found(folder))) == (0, 5)
    journal.settle(record)
    assert (forgetting.sweep(), found(folder)) == (1, set())


def test_lines_that_come_while_it_is_written_anew_stay(alice, folder, monkeypatch):
    lead = make_person(alice)
    erase(alice, lead)
    nobody_appends = writer.nobody_appends

    def late(path):
        events.log_events(by=alice, events=[said("Ben speaks.", "call:2")])
        return nobody_appends(path)

    monkeypatch.setattr(writer, "nobody_appends", late)
    assert (forget(), found(folder)) == (1, set())
    assert [line.record().kind for line in history.lines()] == [Kind.LEAD_ERASED, Kind.EVENTS]


def test_not_while_somebody_appends(alice, folder, monkeypatch):
    erase(alice, make_person(alice))
    monkeypatch.setattr(writer, "LOCK_TRIES", 1)
    with writer.locked(folder, fcntl.LOCK_SH):
        assert forget() == 0
    with gate.one_at_a_time():
        assert forgetting.sweep() == 0
    assert forgetting.sweep() == 1


@pytest.mark.parametrize("step", ["put_in_place", "write_done"])
def test_cut_off_it_is_done_again(alice, folder, monkeypatch, step):
    erase(alice, make_person(alice))
    before = [line.content for line in history.lines()]

    def killed(*args):
        raise OSError("killed")

    with monkeypatch.context() as patch, pytest.raises(OSError, match="killed"):
        patch.setattr(forgetting, step, killed)
        forget()
    if step == "put_in_place":
        assert [line.content for line in history.lines()] == before
    forgetting.Seen.ids = frozenset()  # another process
    forgetting.sweep()
    keeping.purge()
    assert found(folder) == set()
    assert len(json.loads((folder / forgetting.DONE).read_text())) == 1
    assert not [*folder.glob("*.part")]


def test_each_host_forgets_in_its_own_files(alice, folder, settings, tmp_path):
    """Another folder is another host's."""
    here, there = folder, tmp_path / "there"
    there.mkdir()
    lead = make_person(alice)
    settings.JOURNAL_DIR = there
    events.log_events(by=alice, events=[said("I am Ann.")])
    erase(alice, lead)
    assert (forget(), found(there), len(found(here))) == (1, set(), 5)
    settings.JOURNAL_DIR = here
    assert (forgetting.sweep(), found(here)) == (1, set())


def test_a_replay_sees_that_a_file_is_another_one(alice, folder):
    lead = make_person(alice)
    for number in range(20):
        events.log_events(by=alice, events=[said(f"Number {number}.", "call:2")])
    backlog = reading.Backlog(folder)
    backlog.look(at_all=True)
    for number in range(20):
        events.log_events(by=alice, events=[said(f"More {number}.", "call:2")])
    (path,) = reading.written()
    erase(alice, lead)
    forget()
    backlog.look(at_all=True)
    assert backlog.files[path].damaged == 0


def test_without_the_folder_there_is_nothing_to_do(alice, folder, settings):
    settings.JOURNAL_DIR = folder / "gone"
    assert forgetting.sweep() == 0


# Chats


def test_webhooks_lose_what_they_say_of_a_contact(alice, folder, settings):
    channel = make_channel(alice)
    sheena = make_contact(channel, made.SHEENA)
    mixed = [change(text("Sheena writes."), names={made.SHEENA: "Sheena"}), change(text("Omar.", sender=made.OMAR))]
    alone = [change(text("Sheena again.")), change(status("wamid.9", "read", to=made.SHEENA))]
    for body in (mixed, alone):
        data = {"channel_id": channel.pk, "body": json.dumps(body, separators=(",", ":"))}
        record = Record(Kind.WEBHOOK, channel.team_id, "", data)
        journal.append(record)
        journal.settle(record)
        fields = {"team_id": channel.team_id, "channel": channel, "body": data["body"], "created_at": record.at}
        WebhookDelivery.objects.create(pk=record.id, status="failed", **fields)
    erasing.erase(by=alice, contact=sheena)
    assert [json.loads(row.body) for row in WebhookDelivery.objects.order_by("created_at")] == [mixed[1:], []]
    assert forget() == 1
    lines = [line.record() for line in history.lines()]
    assert [line.kind for line in lines] == [Kind.WEBHOOK, Kind.CONTACT_ERASED]
    assert json.loads(lines[0].data["body"]) == mixed[1:]
    assert made.SHEENA not in content(folder)
    call_command("journal", "verify")
    for model in (Erasure, ErasedContact):  # an older database: the journal tells again
        model.objects.all().delete()
    call_command("journal", "restore")
    assert (Erasure.objects.count(), Contact.objects.count()) == (1, 0)


def test_records_without_erased_people():
    team = "a" * 24
    one = erased.Erased(
        10**19 - 1, frozenset({"b" * 24}), erased.digest(team, EMAIL), frozenset({erased.digest(team, "s")})
    )

    def left(kind, record_id="c" * 24, **data):
        record = Record(kind, team, "", data, record_id, Clock.tick())
        result = one.left_of(record)
        return "same" if result is record else result and result.data

    assert {
        "by id": left(Kind.LEAD, "b" * 24, email="x"),
        "by e-mail": left(Kind.LEAD, email=EMAIL),
        "another": left(Kind.LEAD, email="ben@acme.example"),
        "session": left(Kind.SESSION, session_id="s"),
        "change": left(Kind.SESSION_CHANGE, session_id="s"),
        "other session": left(Kind.SESSION, session_id="t"),
        "deletion": left(Kind.LEAD_DELETED, ids=["b" * 24]),
        "events": left(Kind.EVENTS, events=[{"session_id": "s"}, {"session_id": "t"}]),
        "all events": left(Kind.EVENTS, events=[{"session_id": "s"}]),
        "webhook": left(Kind.WEBHOOK, channel_id="d" * 24, body="[]"),
    } == {
        "by id": None,
        "by e-mail": None,
        "another": "same",
        "session": None,
        "change": None,
        "other session": "same",
        "deletion": "same",
        "events": {"events": [{"session_id": "t"}]},
        "all events": None,
        "webhook": "same",
    }
    assert erased.left_of(Record(Kind.LEAD, team, "", {"email": EMAIL}, arrival=10**19), [one])
