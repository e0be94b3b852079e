import pytest
from django.core.files.storage import default_storage

from config import work
from config.errors import Conflict
from config.files import work_folder
from config.storage_quota import used_bytes
from jobs import actions, synthesis
from jobs.actions import end
from jobs.models import Job, TempAudio


def files(var_dir):
    """Without what is cached, which stays for the same words in other jobs."""
    return [path for path in var_dir.glob("media/*/**/*") if path.is_file() and path.suffix != ".pcm"]


def test_the_job_goes_with_its_sound(alice, finished, var_dir):
    other = actions.start_job(by=alice, text="Another one.")
    assert len(files(var_dir)) == 2  # beside the sample of the voice
    actions.delete_job(by=alice, job=finished)
    assert [path.parent.name for path in files(var_dir)] == ["samples"]
    assert not TempAudio.objects.exists()
    assert Job.objects.get() == other


def test_a_kept_sound_goes_too(alice, finished, var_dir):
    actions.change_job(by=alice, job=finished, keep=True)
    actions.delete_job(by=alice, job=finished)
    assert [path.parent.name for path in files(var_dir)] == ["samples"]
    assert used_bytes(alice) == 0


def test_a_job_that_waits_never_runs(alice, job):
    actions.delete_job(by=alice, job=job)
    actions.run_job(job=job)
    assert not Job.objects.exists()


def test_a_job_that_is_being_made_leaves_nothing(alice, job, monkeypatch, var_dir):
    def delete_in_the_middle(job, path, watch, *sound):
        path.write_bytes(b"half a sound")
        actions.delete_job(by=alice, job=Job.objects.get(pk=job.pk))
        watch.report()

    monkeypatch.setattr(work, "CHECK_SECONDS", 0)
    monkeypatch.setattr(synthesis, "speak", delete_in_the_middle)
    actions.run_job(job=job)
    assert not Job.objects.exists()
    assert not list(var_dir.glob("media/temp/*"))
    assert not list(work_folder().iterdir())


def test_a_job_that_was_completed_a_moment_ago_goes_with_its_sound(alice, job):
    stale = Job.objects.get(pk=job.pk)
    actions.run_job(job=job)
    actions.delete_job(by=alice, job=stale)
    assert not Job.objects.exists()
    assert not TempAudio.objects.exists()


def test_a_sound_that_is_kept_in_the_same_moment_goes_too(alice, finished, monkeypatch, var_dir):
    erase = end.erase

    def keep_first(row):
        monkeypatch.setattr(end, "erase", erase)
        actions.change_job(by=alice, job=Job.objects.get(pk=row.pk), keep=True)
        return erase(row)

    monkeypatch.setattr(end, "erase", keep_first)
    actions.delete_job(by=alice, job=finished)
    assert not Job.objects.exists()
    assert not list(var_dir.glob("media/kept/*/*"))


def test_a_job_that_never_stands_still(alice, finished, monkeypatch):
    monkeypatch.setattr(end, "erase", lambda row: False)
    with pytest.raises(Conflict):
        actions.delete_job(by=alice, job=finished)


def test_a_sound_whose_file_is_gone_is_no_hindrance(alice, finished):
    default_storage.delete(TempAudio.objects.get().path)
    actions.delete_job(by=alice, job=finished)
    assert not Job.objects.exists()


def test_api_deletes_once(api, alice, finished):
    sound = f"/api/temp-audio/{finished.audio_id}"
    answer = api(alice).delete(f"/api/jobs/{finished.job_id}")
    assert (answer.status_code, answer.content) == (204, b"")
    for path in (f"/api/jobs/{finished.pk}", f"/api/jobs/{finished.pk}/audio", sound):
        assert api(alice).get(path).status_code == 404
    assert api(alice).delete(f"/api/jobs/{finished.pk}").status_code == 404


def test_api_needs_a_credential_and_hides_other_peoples_jobs(client, api, bob, charlie, finished):
    assert client.delete(f"/api/jobs/{finished.pk}").status_code == 401
    for user in (bob, charlie):
        assert api(user).delete(f"/api/jobs/{finished.pk}").status_code == 404
    assert Job.objects.exists()


def test_page_asks_first(page, alice, finished):
    address = f"/jobs/{finished.job_id}/delete"
    assert f'href="{address}"'.encode() in page(alice).get(f"/jobs/{finished.job_id}").content
    answer = page(alice).get(address)
    assert (answer.status_code, b"Its text and its sound go." in answer.content) == (200, True)
    assert Job.objects.exists()


def test_page_deletes_and_leads_to_the_list(page, alice, finished):
    answer = page(alice).post(f"/jobs/{finished.job_id}/delete", follow=True)
    assert answer.redirect_chain == [("/jobs", 302)]
    assert b"is deleted." in answer.content
    assert not Job.objects.exists()


def test_page_needs_sign_in_and_hides_other_peoples_jobs(client, page, bob, charlie, job):
    assert client.post(f"/jobs/{job.job_id}/delete").url.startswith("/login")
    for user in (bob, charlie):
        for send in (page(user).get, page(user).post):
            assert send(f"/jobs/{job.job_id}/delete").status_code == 404
    assert page(bob).put(f"/jobs/{job.job_id}/delete").status_code == 405
    assert Job.objects.exists()
