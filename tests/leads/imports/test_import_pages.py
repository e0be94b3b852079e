"""From the upload of a file to its report, as people see it."""

import datetime as dt
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from config import leases, times
from config.errors import Conflict, Gone, TooLarge
from leads.actions import lead_import_run, lead_imports
from leads.csv_import import files as lead_csv
from leads.models import Lead, LeadImport
from tests.accounts.conftest import join_team_of
from tests.leads.imports.files import PEOPLE, make_import, started, taken

COLUMNS = {f"column-{n}": name for n, name in enumerate(("name", "email", "company", "interest", "phone"))}


def upload(client, content, name="leads.csv"):
    return client.post("/leads/import", {"file": ContentFile(content, name)})


def text(answer) -> str:
    return answer.content.decode()


def test_from_upload_to_report(alice, page):
    client = page(alice)
    answer = upload(client, PEOPLE.encode(), "C:\\tables\\fair\u202e.csv")
    row = LeadImport.objects.get()
    assert (answer.status_code, answer["Location"]) == (302, f"/leads/imports/{row.pk}")
    assert (row.name, row.by, row.rows, row.columns) == ("fair.csv", alice, 2, list(COLUMNS.values()))
    shown = text(client.get(f"/leads/imports/{row.pk}"))
    assert "Ann Lee" in shown and "Import 2 rows" in shown and "refused" not in shown
    tried = text(client.post(f"/leads/imports/{row.pk}", COLUMNS | {"column-4": "status", "column-3": "<b>"}))
    assert "has the interest, or give one value" in tried
    tried = text(
        client.post(f"/leads/imports/{row.pk}", COLUMNS | {"column-4": "status"}, headers={"hx-request": "true"})
    )
    assert "“1” is no status" in tried and "<html" not in tried
    missing = client.post(f"/leads/imports/{row.pk}/start", COLUMNS | {"column-1": ""})
    assert missing.status_code == 200 and "Say which column has the e-mail" in text(missing)
    twice = text(client.post(f"/leads/imports/{row.pk}/start", COLUMNS | {"column-4": "name"}))
    assert "2 columns go to “Name”" in twice
    assert "U+0000" in text(client.post(f"/leads/imports/{row.pk}/start", COLUMNS | {"fixed-source": "a\0b"}))
    assert client.post(f"/leads/imports/{row.pk}/start", COLUMNS | {"fixed-source": "fair"}).status_code == 302
    row.refresh_from_db()
    assert (row.status, row.fixed) == ("queued", {"source": "fair"})
    waiting = text(client.get(f"/leads/imports/{row.pk}"))
    assert "Cancel the import" in waiting and 'hx-trigger="every 1s"' in waiting
    lead_import_run.run_import(lead_import=row)
    report = text(client.get(f"/leads/imports/{row.pk}", headers={"hx-request": "true"}))
    assert "Look at the leads" in report and "hx-get" not in report
    assert "2 made, 0 merged, 0 refused" in text(client.get("/leads/import"))


def test_bad_files_have_their_sentence(alice, page):
    client = page(alice)
    bad = {b"": "empty", b"PK\x03\x04xx": "Excel", b"name,email\n": "no row below", b'a,b\n"c': "never closed"}
    for content, words in bad.items():
        answer = upload(client, content)
        assert answer.status_code == 200 and words in text(answer), words
    assert "Choose a CSV file first" in text(client.post("/leads/import"))
    assert not LeadImport.objects.exists()
    assert not Path(default_storage.location, "imports").exists()


def test_a_file_that_is_too_large(alice, page, monkeypatch):
    monkeypatch.setattr(lead_imports, "LEADS_FILE_MAX_BYTES", 10)
    assert "larger than" in text(upload(page(alice), PEOPLE.encode()))
    with pytest.raises(TooLarge):
        make_import(alice)


def test_read_in_another_encoding(alice, page):
    client, row = page(alice), make_import(alice, "Name;Email\nJürgen;j@acme.example\n".encode("cp1252"))
    address = f"/leads/imports/{row.pk}/read"
    client.post(address, {"encoding": "cp1251", "delimiter": ";"})
    row.refresh_from_db()
    assert row.samples == [["Jьrgen", "j@acme.example"]]
    for said in ({"encoding": "rot13", "delimiter": ";"}, {"encoding": "utf-8-sig", "delimiter": ";"}, {}):
        client.post(address, said)
    shown = text(client.get(f"/leads/imports/{row.pk}"))
    assert "Choose the encoding" in shown and "not written in UTF-8" in shown
    row.refresh_from_db()
    assert row.encoding == "cp1251"
    default_storage.delete(row.path)
    with pytest.raises(Gone):
        lead_imports.read_again(by=alice, lead_import=row, encoding="cp1252", delimiter=";")


def test_two_who_do_the_same(alice):
    row = started(alice)
    stale = LeadImport.objects.get()
    stale.status = "draft"
    with pytest.raises(Conflict):
        lead_imports.start_import(by=alice, lead_import=stale, columns=row.columns, fixed={})
    with pytest.raises(Conflict):
        lead_imports.read_again(by=alice, lead_import=stale, encoding="cp1252", delimiter=",")
    with pytest.raises(Conflict):  # the file of somebody's import would go with the draft
        lead_imports.cancel_import(by=alice, lead_import=stale)
    assert default_storage.exists(row.path)
    draft = make_import(alice)
    LeadImport.objects.filter(pk=draft.pk).update(encoding="cp1252")  # somebody reads it again meanwhile
    with pytest.raises(Conflict):
        lead_imports.start_import(by=alice, lead_import=draft, columns=draft.columns, fixed={})
    lead_imports.cancel_import(by=alice, lead_import=row)
    with pytest.raises(Conflict):
        lead_imports.cancel_import(by=alice, lead_import=LeadImport.objects.get(pk=row.pk))


def test_only_the_team_sees_them(alice, charlie, page):
    mate, row = join_team_of(alice, "mate"), make_import(alice)
    assert "leads.csv" in text(page(mate).get("/leads/import"))
    assert "leads.csv" not in text(page(charlie).get("/leads/import"))
    stranger = page(charlie)
    for door in ("", "/read", "/start", "/cancel", "/continue"):
        assert stranger.post(f"/leads/imports/{row.pk}{door}").status_code == 404
    assert page(mate).post(f"/leads/imports/{row.pk}/cancel").status_code == 302
    assert not LeadImport.objects.exists()
    assert default_storage.listdir(f"imports/{alice.team_id}")[1] == []


def test_a_lost_worker_and_redis_away(alice, monkeypatch):
    row = started(alice)
    past = times.now() - dt.timedelta(minutes=5)
    LeadImport.objects.update(status="processing", heartbeat_at=past, attempts=3)
    lead_imports.requeue_lost()
    row.refresh_from_db()
    assert row.status == "failed" and "Continue it" in row.error
    lead_imports.continue_import(by=alice, lead_import=row)
    handed = []
    monkeypatch.setattr("config.queue.enqueue_missing", lambda task, rows: handed.extend(rows))
    LeadImport.objects.update(created_at=past)
    make_import(alice)
    lead_imports.enqueue_waiting()
    assert handed == [(row.pk, "bulk")]


def test_what_people_wrote_goes_after_a_week(alice):
    draft, done, going = make_import(alice), taken(alice, PEOPLE + "x,y,z,w,\n"), started(alice)
    failed = started(alice)
    failed.move(leases.OPEN, "failed", completed_at=times.now())
    old = times.now() - lead_imports.KEPT - dt.timedelta(minutes=1)
    lead_imports.purge()
    assert LeadImport.objects.count() == 4 and done.refused_path
    LeadImport.objects.update(created_at=old)
    LeadImport.objects.exclude(completed_at=None).update(completed_at=old)
    lead_imports.purge()
    left = {row.pk: row for row in LeadImport.objects.all()}
    assert left.keys() == {done.pk, going.pk, failed.pk} and draft.pk not in left
    assert (left[done.pk].refused_path, left[failed.pk].path, left[failed.pk].samples) == ("", "", [])
    assert default_storage.listdir(f"imports/{alice.team_id}")[1] == [f"{going.pk}.csv"]
    with pytest.raises(Gone):
        lead_imports.continue_import(by=alice, lead_import=left[failed.pk])


def test_the_end_of_a_team(alice):
    taken(alice, PEOPLE + "x,y,z,w,\n")
    make_import(alice)
    lead_imports.delete_of_team(alice.team)
    assert not LeadImport.objects.exists()
    assert default_storage.listdir(f"imports/{alice.team_id}")[1] == []
    assert Lead.objects.count() == 2


def test_the_preview_reads_what_the_worker_reads(alice):
    content = "Name,Email,Company,Interest\n" + "Ann,a@b.example,Acme," + "x" * 501 + "\n"
    row = make_import(alice, content)
    (_, reason), *_ = lead_imports.preview(row, row.columns, {})
    assert reason == "Interest: This has 501 characters; at most 500 are kept."
    assert len(row.samples[0][3]) == 501 < lead_csv.SAMPLE_CELL_CHARACTERS
