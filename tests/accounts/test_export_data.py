import datetime as dt
import io
import json
import zipfile

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts import archive, tasks
from accounts.actions import exports, keys
from accounts.models import ApiKey, AuditEntry, DataExport
from config import queue, times, work
from config.errors import DISK_FULL, Conflict
from config.leases import Lease
from jobs.models import TempAudio

SECRETS = ("digest", "password", "lease_token", "token_version")


def start(user):
    return exports.start_export(by=user)


def run(export):
    tasks.make_export(export.pk)
    export.refresh_from_db()
    return export


def unzip(page, user, export):
    answer = page(user).get(f"/settings/data/{export.pk}?download=1")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "application/zip")
    assert "attachment" in answer.headers["Content-Disposition"]
    return zipfile.ZipFile(io.BytesIO(b"".join(answer.streaming_content)))


def read(zipped, name):
    return json.loads(zipped.read(name))


def stored(var_dir):
    return [path for path in var_dir.glob("media/exports/**/*") if path.is_file()]


def test_one_zip_holds_the_rows_and_the_files(page, alice, charlie, finished, var_dir):
    _, key = keys.create_key(by=alice, name="Röbot")
    keys.create_key(by=charlie, name="Foreign")
    export = run(start(alice))
    assert (export.status, export.progress, export.size_bytes) == ("completed", 100, stored(var_dir)[0].stat().st_size)
    zipped = unzip(page, alice, export)
    assert zipped.testzip() is None
    (person,) = read(zipped, "account.json")
    assert (person["email"], person["key_salt"]) == ("alice@example.com", alice.key_salt)
    assert person["created_at"] == times.iso(alice.created_at)
    (job,) = read(zipped, "jobs.json")
    assert (job["id"], job["text"], job["job_id"]) == (finished.pk, finished.text, finished.job_id)
    assert [row["name"] for row in read(zipped, "api_keys.json")] == ["Röbot"]
    assert read(zipped, "team.json")[0]["name"] == "Alice"
    sound = zipped.read("files/jobs/Ropes creak. A gull complains.wav")
    assert sound == (var_dir / "media" / TempAudio.objects.get().path).read_bytes()
    assert "missing.txt" not in zipped.namelist()
    everything = b"".join(zipped.read(name) for name in zipped.namelist() if name.endswith(".json")).decode()
    secrets = (key, ApiKey.objects.owned_by(alice).get().digest, alice.password, *(f'"{name}"' for name in SECRETS))
    assert [secret for secret in secrets if secret in everything] == []
    assert charlie.pk not in everything


def test_files_in_a_bucket(s3, page, alice, finished):
    default_storage.save("exports/of somebody else.zip", ContentFile(b"PK"))
    export = run(start(alice))
    with default_storage.open(export.path) as file, zipfile.ZipFile(file) as zipped:
        assert len(zipped.read("files/jobs/Ropes creak. A gull complains.wav")) == finished.size_bytes
    answer = page(alice).get(f"/settings/data/{export.pk}?download=1")
    assert (answer.status_code, export.path in answer.headers["Location"]) == (302, True)
    run(start(alice))
    assert not default_storage.exists(export.path)
    exports.delete_exports(alice)
    assert [file.key for file in default_storage.bucket.objects.filter(Prefix="exports")] == [
        "exports/of somebody else.zip"
    ]


def test_each_kind_of_row_has_its_array_also_when_it_is_empty(page, alice):
    zipped = unzip(page, alice, run(start(alice)))
    assert read(zipped, "jobs.json") == []
    assert {name for name in zipped.namelist() if not name.endswith(".json")} == set()
    assert {"account.json", "team.json", "audit_entries.json", "usage_days.json"} <= set(zipped.namelist())


def test_a_file_that_is_missing_is_noted(page, alice, finished):
    default_storage.delete(TempAudio.objects.get().path)
    zipped = unzip(page, alice, run(start(alice)))
    assert "files/jobs/Ropes creak. A gull complains.wav" in zipped.read("missing.txt").decode()


def test_one_at_a_time(page, alice, charlie):
    browser, export = page(alice), start(alice)
    with pytest.raises(Conflict):
        start(alice)
    assert "being put together already" in browser.post("/settings/data", follow=True).text
    start(charlie)
    run(export)
    assert run(start(alice)).status == "completed"
    assert AuditEntry.objects.owned_by(alice).filter(event="data_exported").count() == 2


def test_a_new_one_replaces_the_old_one(page, alice, var_dir):
    old = run(start(alice))
    new = run(start(alice))
    assert list(DataExport.objects.all()) == [new]
    assert len(stored(var_dir)) == 1
    assert page(alice).get(f"/settings/data/{old.pk}").status_code == 404


def test_only_its_owner_gets_the_file(page, client, alice, bob, charlie):
    waiting = start(charlie)
    address = f"/settings/data/{run(start(alice)).pk}"
    assert client.get(address).url.startswith("/login")
    for user in (bob, charlie):
        assert page(user).get(address).status_code == 404
    assert page(charlie).get(f"/settings/data/{waiting.pk}").status_code == 404
    for bad in ("abc", "0" * 24, "x" * 300):
        assert page(alice).get(f"/settings/data/{bad}").status_code == 404
    assert page(alice).post(address).status_code == 405


def test_the_page_tells_how_far_it_is(page, alice):
    browser = page(alice)
    assert "Put my data together" in browser.get("/settings").text
    assert browser.post("/settings/data").url == "/settings"
    export = DataExport.objects.get()
    assert "waiting" in browser.get("/settings").text
    lease = Lease.claim(export)
    lease.step(progress=40)
    fragment = browser.get("/settings", headers={"hx-request": "true"}).text
    assert "<html" not in fragment
    assert all(words in fragment for words in ("40 %", "hx-trigger"))
    lease.fail("The disk is full.", cause="no")
    failed = browser.get("/settings", headers={"hx-request": "true"}).text
    assert all(words in failed for words in ("The disk is full.", "Try again"))
    assert "hx-trigger" not in failed
    run(start(alice))
    assert "Make a new one" in browser.get("/settings").text


def test_while_redis_is_away_it_waits(redis, alice, monkeypatch):
    redis.stop()
    export = start(alice)
    monkeypatch.setattr(work, "WAITING_SECONDS", -1)
    exports.enqueue_waiting()
    redis.start()
    for _ in range(2):
        exports.enqueue_waiting()
    assert queue.queue_of("bulk").job_ids == [queue.task_id(DataExport.task, export.pk)]


def test_one_that_lost_its_worker_is_made_by_another(alice):
    export = start(alice)
    Lease.claim(export)
    DataExport.objects.update(heartbeat_at=times.now() - dt.timedelta(minutes=1), progress=40)
    exports.requeue_lost()
    export.refresh_from_db()
    assert (export.status, export.progress, export.attempts) == ("queued", 0, 1)
    assert run(export).status == "completed"


def test_a_worker_that_is_asked_to_stop_hands_it_back(alice, var_dir, monkeypatch):
    monkeypatch.setattr(queue.stopping, "is_set", lambda: True)
    export = run(start(alice))
    assert (export.status, export.attempts, stored(var_dir)) == ("queued", 0, [])


def test_what_breaks_is_said_and_leaves_nothing(alice, var_dir, monkeypatch):
    def full(name, file):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(default_storage, "save", full)
    export = start(alice)
    with pytest.raises(OSError, match="No space"):
        tasks.make_export(export.pk)
    export.refresh_from_db()
    assert (export.status, export.error, stored(var_dir)) == ("failed", DISK_FULL, [])
    assert list(exports.work_folder().glob(f"{export.pk}*")) == []


def test_one_whose_account_is_closed_meanwhile_leaves_no_file(alice, var_dir, monkeypatch):
    write = archive.write

    def write_and_lose(*args):
        write(*args)
        exports.delete_exports(alice)

    monkeypatch.setattr(archive, "write", write_and_lose)
    tasks.make_export(start(alice).pk)
    assert (DataExport.objects.count(), stored(var_dir)) == (0, [])


def test_after_a_week_it_is_gone(page, alice, charlie, var_dir):
    old, new = run(start(alice)), run(start(charlie))
    past = times.now() - exports.KEPT
    DataExport.objects.filter(pk=old.pk).update(completed_at=past, expires_at=past)
    assert page(alice).get(f"/settings/data/{old.pk}").status_code == 404
    exports.purge_expired()
    assert list(DataExport.objects.all()) == [new]
    assert len(stored(var_dir)) == 1


def test_a_task_for_nothing_does_nothing(db):
    tasks.make_export("0" * 24)
    tasks.delete_account("0" * 24)
    tasks.send_reset_mail("0" * 24)


def test_a_slow_storage_does_not_cost_the_lease(alice, monkeypatch):
    def slow(name, file):
        lease = holders[0]
        lease._last_step = 0.0
        while file.read(1000):
            pass
        steps.append(lease._last_step)

    holders, steps, finish = [], [], exports.finish_export
    monkeypatch.setattr(exports, "finish_export", lambda lease, path: (holders.append(lease), finish(lease, path)))
    monkeypatch.setattr(default_storage, "save", slow)
    assert run(start(alice)).status == "completed"
    assert steps[0] > 0
