"""Sounds that do not expire: kept from the start, kept later, and no longer kept."""

import datetime as dt

import pytest
from django.core.files.storage import default_storage

from config import hooks, times
from config.storage_quota import used_bytes
from jobs import actions
from jobs.actions import kept_audio, run
from jobs.models import TEMP_AUDIO_LIFETIME, Job, TempAudio


def patch(client, job, keep):
    return client.patch(f"/api/jobs/{job.job_id}", {"keep": keep}, "application/json")


def sound(client, job, path="/api/jobs/{job.pk}/audio"):
    answer = client.get(path.format(job=job))
    return answer.status_code, answer.getvalue()


def kept_files(var_dir):
    return sorted(path for path in var_dir.glob("media/kept/*/*"))


def temp_files(var_dir):
    return sorted(path for path in var_dir.glob("media/temp/*/*"))


def a_day_later(monkeypatch):
    later = times.now() + TEMP_AUDIO_LIFETIME + dt.timedelta(hours=2)
    monkeypatch.setattr(times, "now", lambda: later)


def test_it_is_moved_out_and_outlives_its_day(api, alice, finished, var_dir, monkeypatch):
    _, before = sound(api(alice), finished)
    answer = patch(api(alice), finished, True)
    assert (answer.status_code, answer.json()["expires_at"]) == (200, None)
    assert (len(kept_files(var_dir)), temp_files(var_dir), TempAudio.objects.count()) == (1, [], 0)
    a_day_later(monkeypatch)
    actions.purge_expired()
    for path in ("/api/jobs/{job.pk}/audio", "/api/temp-audio/{job.audio_id}"):
        assert sound(api(alice), finished, path) == (200, before)
    assert api(alice).get(f"/api/jobs/{finished.pk}").json()["audio_url"]


def test_it_counts_in_the_storage_of_its_owner(alice, charlie, finished):
    assert used_bytes(alice) == 0
    actions.change_job(by=alice, job=finished, keep=True)
    assert (used_bytes(alice), used_bytes(charlie)) == (finished.size_bytes, 0)
    actions.change_job(by=alice, job=finished, keep=False)
    assert used_bytes(alice) == 0


def test_keeping_twice_changes_nothing(api, alice, finished, var_dir):
    first = patch(api(alice), finished, True).json()
    assert patch(api(alice), finished, True).json() == first
    assert len(kept_files(var_dir)) == 1


def test_no_longer_kept_it_expires_a_day_from_then(api, alice, finished, var_dir, monkeypatch):
    _, before = sound(api(alice), finished)
    patch(api(alice), finished, True)
    body = patch(api(alice), finished, False).json()
    left = dt.datetime.fromisoformat(body["expires_at"]) - times.now()
    assert dt.timedelta(hours=23) < left <= TEMP_AUDIO_LIFETIME
    assert (kept_files(var_dir), len(temp_files(var_dir))) == ([], 1)
    finished.refresh_from_db()
    assert (finished.audio_id, finished.is_kept) == (body["audio_id"], False)
    assert sound(api(alice), finished) == (200, before)
    a_day_later(monkeypatch)
    assert sound(api(alice), finished)[0] == 410


def test_what_is_not_kept_stays_so(api, alice, finished):
    before = api(alice).get(f"/api/jobs/{finished.pk}").json()
    assert patch(api(alice), finished, False).json() == before


# Before it is made


def test_from_the_start(api, alice, demo, var_dir):
    answer = api(alice).post("/api/jobs", {"text": "Ropes creak.", "keep": True}, "application/json")
    assert answer.status_code == 202
    job = Job.objects.get()
    actions.run_job(job=job)
    job.refresh_from_db()
    assert (job.status, job.is_kept, job.expires_at) == ("completed", True, None)
    assert (len(kept_files(var_dir)), temp_files(var_dir)) == (1, [])
    assert sound(api(alice), job)[0] == 200


@pytest.mark.parametrize("status", ["queued", "processing"])
def test_while_it_waits_or_is_made(api, alice, job, status):
    Job.objects.update(status=status)
    assert patch(api(alice), job, True).json()["status"] == status
    Job.objects.update(status="queued")
    actions.run_job(job=Job.objects.get())
    assert Job.objects.get().expires_at is None


def test_changed_back_while_it_waits(alice, job):
    actions.change_job(by=alice, job=job, keep=True)
    actions.change_job(by=alice, job=job, keep=False)
    actions.run_job(job=job)
    assert Job.objects.get().expires_at


def test_a_job_that_ended_a_moment_ago(alice, job):
    stale = Job.objects.get()
    actions.run_job(job=job)
    actions.change_job(by=alice, job=stale, keep=True)
    assert (stale.expires_at, bool(stale.kept_path)) == (None, True)


def set_before_the_end(job, monkeypatch):
    """As somebody who asks while the finished file is on its way into the storage."""
    stored = run.store

    def store(job, *args):
        found = stored(job, *args)
        Job.objects.update(is_kept=True)
        return found

    monkeypatch.setattr(run, "store", store)
    actions.run_job(job=job)


def test_asked_for_at_the_last_moment(alice, job, monkeypatch, var_dir):
    set_before_the_end(job, monkeypatch)
    assert (Job.objects.get().expires_at, len(kept_files(var_dir)), temp_files(var_dir)) == (None, 1, [])


def test_what_the_worker_could_not_keep_is_kept_later(alice, job, monkeypatch, var_dir):
    def away(name, to):
        raise OSError(30, "read-only")

    with monkeypatch.context() as patched:
        patched.setattr(kept_audio, "copy", away)
        set_before_the_end(job, patched)
    assert (Job.objects.get().status, kept_files(var_dir)) == ("completed", [])
    assert any(sweep.run is actions.keep_the_rest for sweep in hooks.sweeps)
    with monkeypatch.context() as patched:
        patched.setattr(kept_audio, "copy", away)
        actions.keep_the_rest()
    assert (Job.objects.get().is_kept, kept_files(var_dir)) == (True, [])
    actions.keep_the_rest()
    assert (Job.objects.get().expires_at, len(kept_files(var_dir))) == (None, 1)


def test_cancelled_at_the_last_moment_it_leaves_no_file(alice, job, monkeypatch, var_dir):
    Job.objects.update(is_kept=True)
    stored = run.store

    def store(row, *args):
        found = stored(row, *args)
        actions.cancel_job(by=alice, job=Job.objects.get())
        return found

    monkeypatch.setattr(run, "store", store)
    actions.run_job(job=job)
    assert (Job.objects.get().status, kept_files(var_dir)) == ("cancelled", [])


# With the account, on the page, in S3


def test_it_goes_with_the_account(alice, finished, var_dir):
    actions.change_job(by=alice, job=finished, keep=True)
    actions.delete_jobs(alice)
    assert (kept_files(var_dir), Job.objects.count()) == ([], 0)


def test_page_keeps_and_lets_go(page, alice, finished):
    address = f"/jobs/{finished.job_id}"
    assert b'name="keep"' in page(alice).get(address).content
    answer = page(alice).post(f"{address}/keep", {"keep": "yes"})
    assert (answer.status_code, answer.url) == (302, address)
    assert Job.objects.get().is_kept
    assert b"Keep for a day only" in page(alice).get(address).content
    answer = page(alice).post(f"{address}/keep", headers={"hx-request": "true"})
    assert (answer.status_code, b"<html" in answer.content) == (200, False)
    assert b"kept until" in answer.content
    assert not Job.objects.get().is_kept


def test_page_needs_sign_in_and_hides_other_peoples_jobs(client, page, bob, charlie, finished):
    address = f"/jobs/{finished.job_id}/keep"
    assert client.post(address, {"keep": "yes"}).url.startswith("/login")
    for user in (bob, charlie):
        assert page(user).post(address, {"keep": "yes"}).status_code == 404
    assert page(bob).get(address).status_code == 405
    assert not Job.objects.get().is_kept


def test_in_s3(s3, alice, job):
    actions.run_job(job=job)
    job.refresh_from_db()
    actions.change_job(by=alice, job=job, keep=True)
    assert (default_storage.listdir(f"kept/{alice.pk}")[1], TempAudio.objects.count()) == (
        [job.kept_path.rpartition("/")[2]],
        0,
    )
    actions.change_job(by=alice, job=job, keep=False)
    assert default_storage.listdir(f"kept/{alice.pk}")[1] == []
    assert default_storage.exists(TempAudio.objects.get(audio_id=job.audio_id).path)
