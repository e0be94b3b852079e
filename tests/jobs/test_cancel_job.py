import pytest

from config import work
from config.errors import Conflict
from config.files import work_folder
from jobs import actions, synthesis
from jobs.models import Job


def test_a_queued_job_is_cancelled_and_never_runs(alice, job):
    actions.cancel_job(by=alice, job=job)
    actions.run_job(job=job)
    job.refresh_from_db()
    assert (job.status, job.attempts, job.audio_id) == ("cancelled", 0, None)
    assert job.completed_at


def test_a_finished_job_stays_as_it_is(alice, finished):
    with pytest.raises(Conflict):
        actions.cancel_job(by=alice, job=finished)
    finished.refresh_from_db()
    assert finished.status == "completed"


def test_cancelling_while_it_is_made_leaves_no_file(alice, job, monkeypatch, var_dir):
    def cancel_in_the_middle(job: Job, path, watch, *sound):
        path.write_bytes(b"half a sound")
        actions.cancel_job(by=alice, job=Job.objects.get(pk=job.pk))
        watch.report()

    monkeypatch.setattr(work, "CHECK_SECONDS", 0)
    monkeypatch.setattr(synthesis, "speak", cancel_in_the_middle)
    actions.run_job(job=job)
    job.refresh_from_db()
    assert job.status == "cancelled"
    assert not list(var_dir.glob("media/temp/*"))
    assert not list(work_folder().iterdir())


def test_api(api, alice, job):
    answer = api(alice).post(f"/api/jobs/{job.job_id}/cancel")
    assert (answer.status_code, answer.json()["status"]) == (200, "cancelled")


def test_api_refuses_a_finished_job(api, alice, finished):
    answer = api(alice).post(f"/api/jobs/{finished.pk}/cancel")
    assert answer.status_code == 409
    assert answer.json() == {"detail": "This job has already finished.", "code": "conflict"}


def test_api_needs_a_credential(client, job):
    assert client.post(f"/api/jobs/{job.pk}/cancel").status_code == 401


def test_api_hides_other_peoples_jobs(api, bob, charlie, job):
    for user in (bob, charlie):
        assert api(user).post(f"/api/jobs/{job.pk}/cancel").status_code == 404


def test_api_takes_post_only(api, alice, job):
    answer = api(alice).get(f"/api/jobs/{job.pk}/cancel")
    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")


def test_page_leads_back_to_the_job(page, alice, job):
    answer = page(alice).post(f"/jobs/{job.job_id}/cancel")
    assert (answer.status_code, answer.url) == (302, f"/jobs/{job.job_id}")


def test_page_shows_the_fragment_to_htmx(page, alice, job):
    answer = page(alice).post(f"/jobs/{job.job_id}/cancel", headers={"hx-request": "true"})
    assert b"cancelled" in answer.content
    assert b"<html" not in answer.content


def test_page_says_that_it_was_too_late(page, alice, finished):
    answer = page(alice).post(f"/jobs/{finished.job_id}/cancel", follow=True)
    assert b"This job has already finished." in answer.content


def test_page_needs_sign_in_and_hides_other_peoples_jobs(client, page, bob, charlie, job):
    assert client.post(f"/jobs/{job.job_id}/cancel").url.startswith("/login")
    for user in (bob, charlie):
        assert page(user).post(f"/jobs/{job.job_id}/cancel").status_code == 404


def test_page_takes_post_only(page, alice, job):
    assert page(alice).get(f"/jobs/{job.job_id}/cancel").status_code == 405


def test_admin_cancels_through_the_action(page, bob, job):
    answer = page(bob).post("/admin/jobs/job/", {"action": "cancel_jobs", "_selected_action": [job.pk]})
    assert answer.status_code == 302
    job.refresh_from_db()
    assert job.status == "cancelled"
