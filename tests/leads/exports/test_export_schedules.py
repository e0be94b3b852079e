import datetime as dt
import json
from unittest.mock import Mock

import pytest
from django.core.files.storage import default_storage

from accounts import tasks
from accounts.actions import deletion
from accounts.models import AuditEntry
from config import storage_audit, times, work
from config.errors import Conflict, Forbidden
from config.leases import OPEN
from leads.actions import export_files, export_schedules
from leads.exports.calendar import next_run, span_before
from leads.models import SCHEDULES_MAX, ExportFile, ExportSchedule
from tests.accounts.conftest import join_team_of
from tests.conftest import PASSWORD
from tests.leads.exports.files import body, table
from tests.leads.exports.schedules import ASKED
from tests.leads.leads import make_lead
from tests.leads.talks import make_event, make_session


@pytest.fixture
def schedule(alice):
    return export_schedules.add_schedule(by=alice, **ASKED)


def at(text):
    return dt.datetime.fromisoformat(text).replace(tzinfo=dt.UTC)


def run(schedule, by):
    file = export_schedules.run_now(by=by, schedule=schedule)
    export_files.make(file=file)
    file.refresh_from_db()
    return file


def test_when_it_runs_and_what_it_covers():
    runs = {  # 2026-11-22 is a Sunday
        ("day", "2026-11-22T00:59"): "2026-11-22T01:00",
        ("day", "2026-11-22T01:00"): "2026-11-23T01:00",
        ("week", "2026-11-22T12:00"): "2026-11-23T01:00",
        ("week", "2026-11-23T02:00"): "2026-11-30T01:00",
        ("month", "2026-01-31T12:00"): "2026-02-01T01:00",
        ("month", "2026-12-01T00:30"): "2026-12-01T01:00",
        ("month", "2026-12-01T01:30"): "2027-01-01T01:00",
    }
    assert {asked: next_run(asked[0], at(asked[1])) for asked in runs} == {
        asked: at(end) for asked, end in runs.items()
    }
    spans = {
        ("day", "2026-11-22T01:00"): ("2026-11-21", "2026-11-22"),
        ("week", "2026-11-23T01:00"): ("2026-11-16", "2026-11-23"),
        ("month", "2026-03-01T01:00"): ("2026-02-01", "2026-03-01"),
    }
    assert {asked: span_before(asked[0], at(asked[1])) for asked in spans} == {
        asked: (at(start), at(end)) for asked, (start, end) in spans.items()
    }


def test_a_worker_makes_the_file(page, alice, charlie, schedule):
    make_lead(alice, name="=1+1")
    make_lead(charlie)
    file = run(schedule, alice)
    assert (file.status, file.row_count, file.is_ready) == ("completed", 1, True)
    assert file.size_bytes == default_storage.size(file.path)
    mate = join_team_of(alice, "mate")
    answer = page(mate).get(f"/exports/files/{file.pk}")
    assert f'filename="leads-{times.now():%Y-%m-%d}.csv"' in answer["Content-Disposition"]
    [row] = table(answer)
    assert row["name"] == "'=1+1"
    assert page(charlie).get(f"/exports/files/{file.pk}").status_code == 404
    assert list(storage_audit.Audit(lambda audit: None).findings()) == []
    assert export_files.FOLDER in file.path


def test_only_the_time_before(alice, schedule):
    days = [times.now() - dt.timedelta(days=number) for number in (0, 1, 2)]
    for number, day in enumerate(days):
        make_lead(alice, email=f"p{number}@acme.example", timestamp=day)
    schedule.span = "before"
    schedule.save()
    file = run(schedule, alice)
    [row] = table_of(file)
    assert row["email"] == "p1@acme.example"
    assert (file.last_day.date(), file.end - file.start) == (days[1].date(), dt.timedelta(days=1))


def table_of(file):
    with default_storage.open(file.path) as stored:
        head, *rows = stored.read().decode().splitlines()
    return [dict(zip(head.split(","), row.split(","), strict=True)) for row in rows]


def test_every_kind_and_format(alice):
    make_session(alice, event_count=1)
    make_event(alice)
    make_lead(alice)
    for kind in ("leads", "sessions", "conversations", "events"):
        for made in ("csv", "xlsx", "json"):
            schedule = export_schedules.add_schedule(by=alice, **ASKED | {"kind": kind, "format": made})
            file = run(schedule, alice)
            assert (kind, made, file.status, file.row_count) == (kind, made, "completed", 1)
    assert list(export_files.work_folder().iterdir()) == []


def test_what_is_due_runs_once(alice, schedule):
    ExportSchedule.objects.update(next_at=times.now() - dt.timedelta(days=3))
    stale = ExportSchedule.objects.get()
    export_schedules.run_due()
    assert export_schedules.run_in_turn(stale) is None  # another sweeper
    export_schedules.run_due()
    [file] = ExportFile.objects.all()
    schedule.refresh_from_db()
    assert schedule.next_at == next_run("day", times.now())
    ExportSchedule.objects.update(next_at=times.now())
    export_schedules.run_due()  # the first is not made yet
    assert [each.pk for each in ExportFile.objects.all()] == [file.pk]
    export_files.make(file=file)
    export_schedules.switch_schedule(by=alice, schedule=schedule, is_on=False)
    ExportSchedule.objects.update(next_at=times.now())
    export_schedules.run_due()
    assert ExportFile.objects.count() == 1


def test_a_failure_is_told_with_the_next_step(page, alice, schedule, monkeypatch):
    def full(*args):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    file = export_schedules.run_now(by=alice, schedule=schedule)
    with pytest.raises(OSError, match="No space"):
        export_files.make(file=file)
    file.refresh_from_db()
    assert (file.status, file.cause, file.path) == ("failed", "disk", "")
    shown = page(alice).get("/exports").content.decode()
    assert "Ask whoever runs this installation to make room" in shown
    assert page(alice).get(f"/exports/files/{file.pk}").status_code == 409


def test_only_so_many_files_are_kept(alice, schedule, monkeypatch):
    monkeypatch.setattr(export_files, "KEPT_FILES", 2)
    made = [run(schedule, alice) for _ in range(3)]
    assert {file.pk for file in ExportFile.objects.all()} == {file.pk for file in made[1:]}
    assert not default_storage.exists(made[0].path)
    ExportFile.objects.filter(pk=made[1].pk).update(completed_at=times.now() - export_files.KEPT)
    export_files.purge()
    assert [file.pk for file in ExportFile.objects.all()] == [made[2].pk]
    assert not default_storage.exists(made[1].path)


def test_deleted_with_its_files_also_under_a_worker(page, alice, schedule, monkeypatch):
    file = run(schedule, alice)
    going = export_schedules.run_now(by=alice, schedule=schedule)
    save = default_storage.save

    def delete_first(name, content):
        stored = save(name, content)
        export_schedules.delete_schedule(by=alice, schedule=schedule)
        return stored

    monkeypatch.setattr(default_storage, "save", delete_first)
    export_files.make(file=going)
    assert not ExportFile.objects.exists()
    assert not ExportSchedule.objects.exists()
    assert not default_storage.exists(file.path)
    assert default_storage.listdir(f"{export_files.FOLDER}/{alice.team_id}")[1] == []


def test_what_the_storage_refuses_to_delete_is_deleted_later(alice, schedule, monkeypatch):
    file = run(schedule, alice)
    with monkeypatch.context() as patch, pytest.raises(OSError, match="away"):
        patch.setattr(default_storage, "delete", Mock(side_effect=OSError("away")))
        export_schedules.delete_schedule(by=alice, schedule=schedule)
    assert ExportFile.objects.get().path == file.path
    export_schedules.delete_schedule(by=alice, schedule=schedule)
    assert (ExportFile.objects.count(), default_storage.exists(file.path)) == (0, False)


def test_a_lost_worker_begins_anew(alice, schedule, monkeypatch):
    asked = []
    monkeypatch.setattr(work, "enqueue", lambda row: asked.append(row.pk))
    file = export_schedules.run_now(by=alice, schedule=schedule)
    long_ago = times.now() - dt.timedelta(minutes=1)
    ExportFile.objects.update(status="processing", heartbeat_at=long_ago, attempts=1, row_count=7)
    export_files.sweep()
    file.refresh_from_db()
    assert (file.status, file.row_count, asked) == ("queued", 0, [file.pk, file.pk])


def test_administrators_only(page, alice, schedule):
    mate = join_team_of(alice, "mate")
    shown = page(mate).get("/exports").content.decode()
    assert "Schedule an export" not in shown
    assert "Run now" not in shown
    for refused in (
        lambda: export_schedules.add_schedule(by=mate, **ASKED),
        lambda: export_schedules.run_now(by=mate, schedule=schedule),
        lambda: export_schedules.switch_schedule(by=mate, schedule=schedule, is_on=False),
        lambda: export_schedules.delete_schedule(by=mate, schedule=schedule),
    ):
        with pytest.raises(Forbidden):
            refused()


def test_a_team_has_only_so_many(alice):
    rows = [ExportSchedule(team_id=alice.team_id, next_at=times.now(), **ASKED) for _ in range(SCHEDULES_MAX)]
    ExportSchedule.objects.bulk_create(rows)
    with pytest.raises(Conflict, match="Delete one"):
        export_schedules.add_schedule(by=alice, **ASKED)


def test_on_the_page(page, alice, charlie):
    browser = page(alice)
    assert "Choose one of the list" in browser.post("/exports/schedules", ASKED | {"kind": "all"}).content.decode()
    browser.post("/exports/schedules", ASKED | {"format": "json"})
    schedule = ExportSchedule.objects.get()
    assert browser.post(f"/exports/schedules/{schedule.pk}/run")["Location"] == f"/exports#schedule-{schedule.pk}"
    assert "waiting" in browser.get("/exports").content.decode()
    assert "made already" in browser.post(f"/exports/schedules/{schedule.pk}/run", follow=True).content.decode()
    part = browser.get(f"/exports/schedules/{schedule.pk}", headers={"HX-Request": "true"}).content.decode()
    assert part.strip().startswith("<div")
    assert "hx-get" in part
    export_files.make(file=ExportFile.objects.get())
    part = browser.get(f"/exports/schedules/{schedule.pk}", headers={"HX-Request": "true"}).content.decode()
    assert "0 rows" in part
    assert "hx-get" not in part
    browser.post(f"/exports/schedules/{schedule.pk}/switch", {"on": "no"})
    assert "Switch on" in browser.get("/exports").content.decode()
    assert page(charlie).post(f"/exports/schedules/{schedule.pk}/delete").status_code == 404
    assert "Its 1 file goes along" in browser.get(f"/exports/schedules/{schedule.pk}/delete").content.decode()
    browser.post(f"/exports/schedules/{schedule.pk}/delete")
    assert not ExportSchedule.objects.exists()
    words = [entry.words for entry in AuditEntry.objects.filter(user=alice, event="data_exported").order_by("pk")]
    assert words == ["Scheduled: Leads, every day", "Not scheduled any more: Leads, every day"]


def test_downloads_from_the_page_are_filtered_as_the_lists(page, alice):
    make_lead(alice, status="qualified")
    make_lead(alice, email="b@acme.example")
    make_session(alice, duration_seconds=600)
    make_event(alice)
    browser = page(alice)
    shown = browser.get("/exports?status=qualified&q=ann").content.decode()
    assert '<input type="hidden" name="status" value="qualified">' in shown
    assert len(table(browser.get("/exports/download?what=leads&format=csv&status=qualified"))) == 1
    assert len(json.loads(body(browser.get("/exports/download?what=leads&format=json")))) == 2
    counts = {"what=sessions&minutes=9": 1, "what=events&minutes=11": 0, "what=events&lead=no": 1, "what=events": 1}
    assert {query: len(table(browser.get(f"/exports/download?{query}"))) for query in counts} == counts
    assert "Say a day" in browser.get("/exports/download?what=leads&from=soon").content.decode()
    last = AuditEntry.objects.filter(user=alice, event="data_exported").order_by("-pk").first()
    assert last.words == "transcript-events, csv"


def test_they_go_with_the_team(alice, schedule):
    file = run(schedule, alice)
    going = export_schedules.run_now(by=alice, schedule=schedule)
    deletion.close_account(by=alice, password=PASSWORD)
    tasks.delete_account(alice.pk)
    assert not ExportSchedule.objects.exists()
    assert not ExportFile.objects.exists()
    assert not default_storage.exists(file.path)
    assert going.status in OPEN
