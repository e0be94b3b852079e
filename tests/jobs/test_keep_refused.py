"""Sounds that can't be kept: no room, no sound, or others at the same time."""

import pytest
from django.core.files.storage import default_storage

from config.errors import Conflict, Gone, QuotaReached
from jobs import actions
from jobs.actions import kept_audio
from jobs.models import Job
from tests.jobs.test_keep_sound import a_day_later, kept_files, patch, sound, temp_files

REFUSED = "This job was changed in the meantime. Look at it, then decide."


@pytest.fixture
def full(settings):
    settings.STORAGE_QUOTA_MB = 0


def test_a_full_storage_keeps_nothing(api, alice, finished, job, demo, full, var_dir):
    answer = patch(api(alice), finished, True)
    assert (answer.status_code, answer.json()["code"]) == (413, "quota_reached")
    assert (kept_files(var_dir), Job.objects.get().is_kept) == ([], False)
    assert sound(api(alice), finished)[0] == 200


def test_of_two_that_pass_the_quota_together_the_last_is_taken_back(alice, finished, monkeypatch, var_dir):
    checks = []

    def check(user, more=0):
        checks.append(more)
        if not more:
            raise QuotaReached("Full.")

    monkeypatch.setattr(kept_audio.storage_quota, "check", check)
    expires_at = finished.expires_at
    with pytest.raises(QuotaReached):
        actions.change_job(by=alice, job=finished, keep=True)
    finished.refresh_from_db()
    assert (finished.expires_at, finished.kept_path, kept_files(var_dir)) == (expires_at, "", [])
    assert checks == [finished.size_bytes, 0]


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_a_job_without_sound(api, alice, job, status):
    Job.objects.update(status=status)
    answer = patch(api(alice), job, True)
    assert (answer.status_code, answer.json()["detail"]) == (409, f"There is no sound: this job was {status}.")
    assert not Job.objects.get().is_kept


def test_a_sound_that_has_expired(api, alice, finished, monkeypatch):
    a_day_later(monkeypatch)
    assert patch(api(alice), finished, True).status_code == 410
    assert not Job.objects.get().is_kept


def test_a_job_that_changes_while_its_sound_is_copied(alice, finished, monkeypatch, var_dir):
    copy = kept_audio.copy

    def copy_late(name, to):
        copy(name, to)
        Job.objects.update(audio_id="a" * 24)

    monkeypatch.setattr(kept_audio, "copy", copy_late)
    with pytest.raises(Conflict, match=REFUSED):
        actions.change_job(by=alice, job=finished, keep=True)
    assert (kept_files(var_dir), len(temp_files(var_dir))) == ([], 1)


def test_somebody_else_kept_it_in_the_same_moment(alice, finished, monkeypatch, var_dir):
    copy = kept_audio.copy

    def second(name, to):
        monkeypatch.setattr(kept_audio, "copy", copy)
        actions.change_job(by=alice, job=Job.objects.get(), keep=True)
        copy(name, to)

    monkeypatch.setattr(kept_audio, "copy", second)
    actions.change_job(by=alice, job=finished, keep=True)
    assert (len(kept_files(var_dir)), bool(finished.kept_path)) == (1, True)


def test_a_kept_sound_that_the_storage_lost(api, alice, finished):
    actions.change_job(by=alice, job=finished, keep=True)
    default_storage.delete(finished.kept_path)
    assert sound(api(alice), finished)[0] == 410
    with pytest.raises(Gone):
        actions.change_job(by=alice, job=finished, keep=False)
    assert Job.objects.get().is_kept


def test_without_room_it_is_made_and_stays_temporary(api, alice, job, full):
    Job.objects.update(is_kept=True)
    actions.run_job(job=job)
    job.refresh_from_db()
    assert (job.status, job.is_kept, job.kept_path) == ("completed", False, "")
    assert sound(api(alice), job)[0] == 200


def test_page_says_why_not(page, alice, finished, full):
    answer = page(alice).post(f"/jobs/{finished.job_id}/keep", {"keep": "yes"}, follow=True)
    assert b"Your storage is full" in answer.content
