"""`manage.py journal`: what it says, does, and ends with."""

import datetime as dt
import json
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import OperationalError

from config import breaker, hooks, sweeper
from config.errors import Conflict
from leads import journal
from leads.actions import leads, replay
from leads.journal import forgetting, gate, keeping, writer
from leads.models import ConversationSession, Lead, LeadAlias, TranscriptEvent
from leads.records import Kind
from tests.leads.journals import files, record_of
from tests.leads.leads import make_lead

EVENT = {"session_id": "call_1", "role": "user", "content": "Hello", "event_id": "e1"}


class Said:
    def __init__(self, *words):
        out, err, self.code = StringIO(), StringIO(), 0
        try:
            call_command("journal", *words, stdout=out, stderr=err)
        except SystemExit as end:
            self.code = end.code
        self.out, self.err = out.getvalue(), err.getvalue()


@pytest.fixture
def desk(api, alice):
    """A conversation, its lead, and a change of each, through the API."""
    client = api(alice)
    for path, body in (
        ("/api/transcripts/events", EVENT),
        ("/api/transcripts/events", {"events": [EVENT | {"event_id": f"e{number}"} for number in (2, 3)]}),
    ):
        assert client.post(path, body, "application/json").status_code == 201
    assert (
        client.patch("/api/sessions/call_1", {"metadata": {"topic": "prices"}}, "application/json").status_code == 200
    )
    make_lead(alice, session_id="call_1")
    make_lead(alice, phone="+44 20 7946 0000")
    return client


def shown():
    """What the desk has, as far as a restore brings it back."""
    session = ConversationSession.objects.get()
    lead = Lead.objects.get()
    return (
        sorted(TranscriptEvent.objects.values_list("event_id", "content", "timestamp", "arrival")),
        (session.session_id, session.metadata, session.event_count, session.lead_id, session.lead_generated),
        (lead.pk, lead.email, lead.phone, lead.company, lead.timestamp, lead.status),
        list(LeadAlias.objects.values_list("pk", "lead_id")),
    )


def lose_all():
    for model in (LeadAlias, TranscriptEvent, ConversationSession, Lead):
        model.objects.all().delete()


def away(record):
    raise OperationalError("no server")


def test_status_of_a_quiet_journal(desk):
    said = Said("status")
    assert "Waiting:  0\n" in said.out
    assert "go straight to the database" in said.out
    found = json.loads(Said("status", "--json").out)
    assert found["waiting"] == found["refused"] == found["damaged"] == 0
    assert found["files"] == {"living": 1, "written": 1, "kept": 0}
    assert found["oldest_waiting"] is None
    assert found["bytes"] > 0


def test_status_says_what_waits(alice, settings, monkeypatch):
    monkeypatch.setitem(replay.WRITERS, Kind.LEAD, lambda record: (_ for _ in ()).throw(Conflict("No.")))
    for number in range(2):
        journal.append(record := record_of(number, team_id=alice.team_id, by_id=alice.pk))
        journal.fall_behind(record)
        if not number:
            replay.replay()
    with files(settings.JOURNAL_DIR)[0].open("ab") as file:
        file.write(b"broken\n")
    found = json.loads(Said("status", "--json").out)
    assert (found["waiting"], found["refused"], found["damaged"], found["is_behind"]) == (1, 1, 1, True)
    assert found["oldest_waiting"].endswith("Z")
    assert "wait behind them" in Said("status").out


def test_replay_does_what_waits(alice, monkeypatch):
    done = []
    monkeypatch.setitem(replay.WRITERS, Kind.LEAD, done.append)
    for number in range(3):
        journal.append(record := record_of(number, team_id=alice.team_id, by_id=alice.pk))
        journal.fall_behind(record)
    assert Said("replay").out == "3 done, 0 refused, 0 left.\n"
    assert len(done) == 3
    assert Said("replay").out == "0 done, 0 refused, 0 left.\n"


def test_replay_says_that_the_database_is_away(alice, monkeypatch):
    monkeypatch.setattr(breaker, "PROBE_SECONDS", 3600.0)
    monkeypatch.setitem(replay.WRITERS, Kind.LEAD, away)
    journal.append(record := record_of(1, team_id=alice.team_id))
    journal.fall_behind(record)
    with pytest.raises(CommandError, match="away") as error:
        Said("replay")
    assert error.value.returncode == 2


def test_replay_of_what_was_refused(alice, monkeypatch):
    monkeypatch.setitem(replay.WRITERS, Kind.LEAD, lambda record: (_ for _ in ()).throw(Conflict("No.")))
    journal.append(record := record_of(1, team_id=alice.team_id))
    journal.fall_behind(record)
    assert Said("replay").out == "0 done, 1 refused, 0 left.\n"
    assert Said("replay", "--refused").out == "0 done, 1 refused, 0 left.\n"
    monkeypatch.setitem(replay.WRITERS, Kind.LEAD, lambda record: None)
    assert Said("replay", "--refused").out == "1 done, 0 refused, 0 left.\n"


def test_only_one_at_a_time():
    with gate.one_at_a_time():
        for words in (["replay"], ["replay", "--refused"], ["verify"], ["restore"]):
            with pytest.raises(CommandError, match="Try again in a moment"):
                Said(*words)


def test_without_the_folder(settings):
    settings.JOURNAL_DIR.rmdir()
    for verb in ("replay", "verify", "restore"):
        with pytest.raises(CommandError, match="can't be read"):
            Said(verb)


def test_verify_finds_all_there(desk):
    said = Said("verify")
    assert said.out == ("5 records: 5 stored, 0 waiting, 0 refused, 0 deleted, 0 missing, 0 damaged, 0 unreadable.\n")
    assert said.code == 0


def test_verify_finds_what_is_missing_or_damaged(desk, settings):
    TranscriptEvent.objects.filter(event_id="e3").delete()
    with files(settings.JOURNAL_DIR)[0].open("ab") as file:
        file.write(b"broken\n")
    said = Said("verify")
    assert "1 missing, 1 damaged" in said.out
    assert "missing: events " in said.out
    assert "damaged: line 6 of " in said.out
    assert said.code == 1


@pytest.mark.parametrize("is_compressed", [False, True])
def test_restore_brings_back_what_was_lost(desk, settings, is_compressed):
    before = shown()
    if is_compressed:
        writer.begin_anew()
        assert keeping.compress_finished() == 1
    lose_all()
    assert Said("verify").code == 1
    said = Said("restore")
    assert said.out == "5 records: 5 restored, 0 known, 0 deleted, 0 refused, 0 waiting, 0 damaged.\n"
    assert shown() == before
    assert Said("verify").code == 0
    assert not journal.is_behind()


def test_restore_changes_nothing_that_is_there(desk, alice):
    """What was changed by hand later stays so."""
    leads.change_lead(by=alice, lead=Lead.objects.get(), company="By hand")
    before = shown()
    for _ in range(2):
        assert "0 restored, 5 known" in Said("restore").out
        assert shown() == before


def test_restore_brings_back_single_rows(desk):
    before = shown()
    TranscriptEvent.objects.filter(event_id="e3").delete()
    assert "1 restored, 4 known" in Said("restore").out
    assert shown()[0] == before[0]


def test_a_deleted_lead_stays_deleted(desk, alice):
    leads.delete_lead(by=alice, lead=Lead.objects.get())
    assert "2 deleted" in Said("verify").out
    assert "0 restored" in Said("restore").out
    lose_all()
    said = Said("restore").out
    assert "2 deleted" in said
    assert not Lead.objects.exists()
    assert ConversationSession.objects.get().lead_id is None
    assert Said("verify").code == 0


def test_a_lead_that_came_again_after_its_deletion_is_there(desk, alice):
    leads.delete_lead(by=alice, lead=Lead.objects.get())
    again = make_lead(alice, company="Second")
    assert "0 restored" in Said("restore").out
    assert (Lead.objects.get().pk, LeadAlias.objects.count()) == (again.pk, 0)
    lose_all()
    Said("restore")
    assert (Lead.objects.get().pk, Lead.objects.get().company) == (again.pk, "Second")


def test_restore_only_since_a_day(desk):
    lose_all()
    assert Said("restore", "--since", "2126-01-01").out.startswith("0 records:")
    yesterday = dt.datetime.now(dt.UTC) - dt.timedelta(days=1)
    assert "5 restored" in Said("restore", "--since", f"{yesterday:%Y-%m-%dT%H:%M}").out
    with pytest.raises(CommandError, match="write 2026-11-21"):
        Said("restore", "--since", "monday")


def test_restore_stops_when_the_database_goes_away(desk, monkeypatch):
    monkeypatch.setattr(breaker, "PROBE_SECONDS", 3600.0)
    lose_all()
    with monkeypatch.context() as patch:
        patch.setitem(replay.WRITERS, Kind.LEAD, away)
        with pytest.raises(CommandError, match="Run the same again") as error:
            Said("restore")
    assert error.value.returncode == 2
    breaker.close()
    Said("restore")
    assert Said("verify").code == 0


def test_a_team_that_is_gone_is_not_missed(desk, alice):
    lose_all()
    alice.delete()
    assert "5 deleted, 0 missing" in Said("verify").out
    assert "5 refused" in Said("restore").out


def test_help_says_what_it_does(capsys):
    with pytest.raises(SystemExit):
        call_command("journal", "--help")
    assert "replay    do what waits now" in capsys.readouterr().out


def test_replay_forever_ends_by_a_signal(monkeypatch):
    """It does what the sweeper does for the journal, and nothing else."""
    ran = []
    monkeypatch.setattr(sweeper.signal, "signal", lambda number, handler: None)
    monkeypatch.setattr(sweeper, "sweep_until", lambda stopped, sweeps: ran.extend(sweeps))
    Said("replay", "--forever")
    does = [replay.sweep, forgetting.sweep, keeping.compress_finished, keeping.purge]
    assert [sweep.run for sweep in ran] == does
    assert set(ran) <= set(hooks.sweeps)
