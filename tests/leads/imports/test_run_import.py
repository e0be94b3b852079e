"""A worker takes the rows of a file."""

import csv
import io

import pytest
from django.core.files.storage import default_storage
from django.db import DatabaseError, IntegrityError, OperationalError

from accounts.actions import members
from config import leases, queue, storage_audit
from leads import happenings, journal
from leads.actions import lead_batches, lead_import_run, lead_imports, leads, replay
from leads.models import DirtyDay, Lead, LeadAlias, LeadImport, LeadNote, StatusChange
from tests.accounts.conftest import join_team_of
from tests.leads.imports.files import HEADING, PEOPLE, counts, make_import, started, taken
from tests.leads.leads import make_lead

MANY = HEADING + "".join(f"Person {n},p{n}@acme.example,Acme,bots,\n" for n in range(250))


def run(row):
    row = LeadImport.objects.get(pk=row.pk)
    lead_import_run.run_import(lead_import=row)
    return counts(row)


def test_rows_become_leads(alice, monkeypatch):
    heard = []
    monkeypatch.setattr(happenings, "tell", heard.append)
    monkeypatch.setattr(leads, "tell", heard.append)
    row = taken(alice, source="fair", status="qualified")
    assert counts(row) == ("completed", 2, 2, 0, 0)
    ann = Lead.objects.get(email="ann@acme.example")
    seen = (ann.name, ann.company, ann.interest, ann.phone, ann.source, ann.status, ann.team)
    assert seen == ("Ann Lee", "Acme", "voice bots", "1", "fair", "qualified", alice.team)
    change = StatusChange.objects.get(lead=ann)
    assert (change.by, change.from_status, change.to_status) == (alice, "", "qualified")
    assert DirtyDay.objects.filter(team=alice.team).exists()
    assert heard == []  # nobody wants a mail for each of 100,000
    assert (row.path, row.samples, default_storage.listdir(f"imports/{alice.team_id}")[1]) == ("", [], [])


def test_known_leads_are_merged(alice):
    ann = make_lead(alice, phone="9", message="First.", status="contacted", interest="voice bots")
    content = "Name,Email,Message\nAnn B. Lee,ANN@acme.example,Second.\nBen Ray,ben@acme.example,\n"
    row = taken(alice, content, company="Unknown", interest="Unknown", source="import", status="closed")
    assert counts(row) == ("completed", 2, 1, 1, 0)
    ann.refresh_from_db()
    assert (ann.name, ann.phone, ann.message, ann.company) == ("Ann B. Lee", "9", "Second.", "Acme")
    assert (ann.interest, ann.status, ann.source) == ("voice bots", "contacted", "")
    assert LeadNote.objects.get().text == "Earlier message:\nFirst."
    assert LeadAlias.objects.get().lead == ann
    ben = Lead.objects.get(email="ben@acme.example")
    assert (ben.company, ben.status) == ("Unknown", "closed")


def test_one_person_twice_in_a_file(alice):
    content = (
        "Name,Email,Company,Phone\nAnn,ann@acme.example,Acme,1\nBen,ben@acme.example,,\nAnn Lee,Ann@acme.example,,2\n"
    )
    row = taken(alice, content, company="Unknown", interest="bots")
    assert counts(row) == ("completed", 3, 2, 1, 0)
    ann = Lead.objects.get(email="ann@acme.example")
    assert (ann.name, ann.company, ann.phone) == ("Ann Lee", "Acme", "2")


def test_refused_rows_are_a_file(alice, page, charlie):
    content = (
        "Name;Email;Company;Interest\n"
        "Ann Lee;ann@acme.example;Acme;bots\n"
        "=1+1;nonsense;Größe;+49 170 1234567\n"
        'Ben;ben@acme.example;"Ac\nme";bots;extra\n'
        ";eve@acme.example;Acme;bots\n"
        "Dan;dan@acme.example;Ac\x00me;bots\n"
    )
    row = taken(alice, content)
    assert counts(row) == ("completed", 5, 1, 0, 4)
    answer = page(alice).get(f"/leads/imports/{row.pk}/refused?download=1")
    assert 'filename="refused-leads.csv"' in answer["Content-Disposition"]
    body = b"".join(answer.streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(body, newline=""), delimiter=";"))
    assert rows[0] == ["Name", "Email", "Company", "Interest", "Line", "Why it was refused"]
    assert rows[1][:5] == ["'=1+1", "nonsense", "Größe", "+49 170 1234567", "3"]
    assert rows[1][5].startswith("E-mail: ")
    assert rows[2][2:5] == ["Ac\nme", "bots", "4"]
    assert rows[2][6:] == ["extra"]
    assert rows[3][5] == "Name: Say the lead's name."
    assert "U+0000" in rows[4][5]
    assert page(charlie).get(f"/leads/imports/{row.pk}/refused").status_code == 404
    assert page(alice).get(f"/leads/imports/{taken(alice).pk}/refused").status_code == 404
    assert not list(storage_audit.Audit(lambda audit: None).findings())


def test_a_kill_loses_nothing_and_makes_nothing_twice(alice, monkeypatch):
    """After a batch was written, before that was noted: the next worker writes it again."""
    row = started(alice, MANY + "No one,nonsense,Acme,bots,\n")
    step, steps = leases.Lease.step, []

    def die(lease, **fields):
        steps.append(fields)
        if len(steps) == 2:
            raise SystemExit
        step(lease, **fields)

    monkeypatch.setattr(leases.Lease, "step", die)
    with pytest.raises(SystemExit):
        run(row)
    assert counts(row) == ("processing", 100, 100, 0, 0)
    assert Lead.objects.count() == 200
    monkeypatch.setattr(leases.Lease, "step", step)
    LeadImport.objects.filter(pk=row.pk).update(status="queued")
    assert run(row) == ("completed", 251, 250, 0, 1)
    assert Lead.objects.count() == StatusChange.objects.count() == 250
    assert LeadAlias.objects.count() == 0
    with default_storage.open(LeadImport.objects.get().refused_path) as file:
        assert b"No one" in file.read()


def test_a_worker_that_was_too_slow_deletes_no_file_of_the_next_one(alice, monkeypatch):
    """It lost the row while it stored the refused ones, and then the storage failed it."""
    row = started(alice, HEADING + "No one,nonsense,Acme,bots,\n")
    save, tries = default_storage.save, []

    def fail(name, file):
        tries.append(name)
        if len(tries) > 1:
            return save(name, file)
        LeadImport.objects.filter(pk=row.pk).update(status="queued")
        assert run(row)[0] == "completed"
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(type(default_storage), "save", lambda storage, name, file: fail(name, file), raising=False)
    assert run(row)[0] == "completed"
    assert default_storage.exists(LeadImport.objects.get().refused_path)


def test_turns(alice, monkeypatch):
    """A long import lets others have its worker now and then."""
    monkeypatch.setattr(lead_import_run, "TURN_SECONDS", 0.0)
    monkeypatch.setattr(lead_import_run, "TURN_SHARE", 0.0)
    row = started(alice, MANY)
    assert run(row) == ("queued", 100, 100, 0, 0)
    assert run(row) == ("queued", 200, 200, 0, 0)
    queue.stopping.set()
    try:
        assert run(row)[:3] == ("queued", 200, 200)
    finally:
        queue.stopping.clear()
    assert run(row) == ("completed", 250, 250, 0, 0)
    assert LeadImport.objects.get().attempts == 1


def test_cancelled_and_continued(alice, monkeypatch):
    row = started(alice, MANY)
    take = lead_batches.take_leads

    def cancel_then_take(**given):
        monkeypatch.setattr(lead_batches, "take_leads", take)
        lead_imports.cancel_import(by=alice, lead_import=LeadImport.objects.get())
        return take(**given)

    monkeypatch.setattr(lead_batches, "take_leads", cancel_then_take)
    assert run(row)[0] == "cancelled"
    assert Lead.objects.count() == 100
    row.refresh_from_db()
    assert row.is_cut_off
    lead_imports.continue_import(by=alice, lead_import=row)
    assert run(row) == ("completed", 250, 250, 0, 0)


def test_somebody_makes_one_of_them_meanwhile(alice, monkeypatch):
    """The batch fails; each is tried alone."""
    row, put = started(alice), lead_batches.put

    def come_second(made):
        monkeypatch.setattr(lead_batches, "put", put)
        make_lead(alice, email="ben@acme.example", name="Ben", phone="7")
        raise IntegrityError

    monkeypatch.setattr(lead_batches, "put", come_second)
    assert run(row) == ("completed", 2, 1, 1, 0)
    assert Lead.objects.get(email="ben@acme.example").phone == "2"


def test_with_the_database_away_it_is_left_for_later(alice, monkeypatch):
    row, put = started(alice), lead_batches.put

    def fail(made):
        raise OperationalError("no server")

    monkeypatch.setattr(lead_batches, "put", fail)
    monkeypatch.setattr("config.breaker.is_away", lambda error: True)
    with pytest.raises(DatabaseError):
        run(row)
    assert counts(row)[0] == "processing"
    replay.replay()
    assert Lead.objects.count() == 0  # the import comes back with them itself
    monkeypatch.setattr(lead_batches, "put", put)
    LeadImport.objects.update(status="queued")
    assert run(row)[:3] == ("completed", 2, 2)


def test_the_journal_has_them(alice, settings):
    taken(alice)
    lines = [line for path in settings.JOURNAL_DIR.glob("*.jsonl") for line in path.read_text().splitlines()]
    assert sum("ann@acme.example" in line for line in lines) == 1
    assert replay.replay().done == 0
    Lead.objects.all().delete()
    assert taken(alice).made == 2  # another import of the same file has other ids


def test_the_journal_can_not_be_written(alice, settings, tmp_path):
    row = started(alice)
    settings.JOURNAL_DIR = tmp_path / "nowhere"
    assert run(row)[0] == "failed"
    assert "journal" in LeadImport.objects.get().error
    assert Lead.objects.count() == 0


def test_whose_starter_left_and_whose_file_is_gone(alice, bob):
    mate = join_team_of(alice, "mate")
    row = started(mate)
    members.remove_member(by=alice, member=mate)
    assert run(row)[0] == "failed"
    row.refresh_from_db()
    assert "not in your team" in row.error
    lead_imports.continue_import(by=alice, lead_import=row)
    default_storage.delete(row.path)
    assert run(row)[0] == "failed"
    assert LeadImport.objects.get().error == lead_imports.FILE_GONE


def test_a_draft_does_nothing(alice):
    row = make_import(alice, PEOPLE)
    assert run(row)[0] == "draft"
    assert journal.is_behind() is False


def test_files_in_s3(alice, page, s3):
    row = taken(
        alice, "Name;Email;Company;Interest\nJürgen;j@acme.example;Acme;bots\nBen;none;Acme;bots\n".encode("cp1252")
    )
    assert counts(row) == ("completed", 2, 1, 0, 1)
    assert Lead.objects.get().name == "Jürgen"
    assert [key.key for key in default_storage.bucket.objects.all()] == [row.refused_path]
    assert page(alice).get(f"/leads/imports/{row.pk}/refused")["Location"].startswith(s3)
