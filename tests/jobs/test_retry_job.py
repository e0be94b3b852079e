import datetime as dt

import pytest

from config import queue
from config.errors import Conflict
from config.leases import Lease, LeaseLost
from jobs import actions
from jobs.models import Job

REFUSAL = "Only a job that failed or was cancelled can be tried again."
FAILED = {"status": "failed", "error": "The disk is full.", "attempts": 3, "progress": 40, "completed_chunks": 2}


@pytest.fixture
def failed(job):
    Job.objects.update(**FAILED, total_chunks=5, started_at=job.created_at, completed_at=job.created_at)
    job.refresh_from_db()
    return job


@pytest.mark.parametrize("status", ["failed", "cancelled"])
def test_it_starts_afresh_and_is_made(redis, alice, failed, status):
    Job.objects.update(status=status)
    failed.refresh_from_db()
    actions.retry_job(by=alice, job=failed)
    for job in (failed, Job.objects.get()):
        assert (job.status, job.error, job.attempts, job.progress) == ("queued", "", 0, 0)
        assert (job.completed_chunks, job.total_chunks, job.started_at, job.completed_at) == (0, None, None, None)
    assert queue.task_id(Job.task, job.pk, job.owner) in queue.queue_of("interactive").job_ids
    actions.run_job(job=failed)
    failed.refresh_from_db()
    assert (failed.status, failed.attempts) == ("completed", 1)


def test_one_that_was_cancelled_in_the_middle_belongs_to_its_new_worker(alice, job):
    former = Lease.claim(Job.objects.get())
    actions.cancel_job(by=alice, job=job)
    actions.retry_job(by=alice, job=job)
    with pytest.raises(LeaseLost):
        former.check()
    actions.run_job(job=job)
    job.refresh_from_db()
    assert (job.status, job.attempts) == ("completed", 1)


def test_of_two_at_once_one_is_refused(alice, failed):
    stale = Job.objects.get()
    actions.retry_job(by=alice, job=failed)
    with pytest.raises(Conflict):
        actions.retry_job(by=alice, job=stale)


@pytest.mark.parametrize("status", ["queued", "processing", "completed"])
def test_api_refuses_all_others(api, alice, job, status):
    Job.objects.update(status=status)
    answer = api(alice).post(f"/api/jobs/{job.pk}/retry")
    assert (answer.status_code, answer.json()) == (409, {"detail": REFUSAL, "code": "conflict"})
    assert Job.objects.get().status == status


def test_api(api, alice, failed):
    answer = api(alice).post(f"/api/jobs/{failed.job_id}/retry")
    body = answer.json()
    assert (answer.status_code, body["status"], body["error"], body["attempts"]) == (200, "queued", None, 0)
    assert api(alice).get(f"/api/jobs/{failed.pk}").json() == body


def test_it_counts_as_a_request_for_speech(api, alice, failed, settings):
    settings.RATES = settings.RATES | {"speech": "1/m"}
    assert actions.start_job(by=alice, text="Hello.")
    answer = api(alice).post(f"/api/jobs/{failed.pk}/retry")
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert Job.objects.get(pk=failed.pk).status == "failed"


def test_api_needs_a_credential_and_hides_other_peoples_jobs(client, api, bob, charlie, failed):
    assert client.post(f"/api/jobs/{failed.pk}/retry").status_code == 401
    for user in (bob, charlie):
        assert api(user).post(f"/api/jobs/{failed.pk}/retry").status_code == 404
    assert api(bob).get(f"/api/jobs/{failed.pk}/retry").status_code == 405


def test_page(page, alice, failed):
    address = f"/jobs/{failed.job_id}/retry"
    assert f'action="{address}"'.encode() in page(alice).get(f"/jobs/{failed.job_id}").content
    answer = page(alice).post(address)
    assert (answer.status_code, answer.url) == (302, f"/jobs/{failed.job_id}")
    assert Job.objects.get().status == "queued"
    again = page(alice).post(address, follow=True)
    assert REFUSAL in again.content.decode()


def test_page_shows_the_fragment_to_htmx(page, alice, failed):
    for sentence in ("It starts as soon as its turn comes.", REFUSAL):
        answer = page(alice).post(f"/jobs/{failed.job_id}/retry", headers={"hx-request": "true"})
        assert (sentence in answer.content.decode(), b"<html" in answer.content) == (True, False)


def test_page_needs_sign_in_and_hides_other_peoples_jobs(client, page, bob, charlie, failed):
    assert client.post(f"/jobs/{failed.job_id}/retry").url.startswith("/login")
    for user in (bob, charlie):
        assert page(user).post(f"/jobs/{failed.job_id}/retry").status_code == 404
    assert page(bob).get(f"/jobs/{failed.job_id}/retry").status_code == 405


def test_its_waiting_begins_anew(alice, failed):
    yesterday = failed.created_at - dt.timedelta(days=1)
    Job.objects.update(created_at=yesterday, queued_at=yesterday)
    actions.retry_job(by=alice, job=failed)
    actions.run_job(job=Job.objects.get())
    made = Job.objects.get()
    assert (made.status, made.created_at) == ("completed", yesterday)
    assert all(made.timings[name] < 3600 for name in ("queued", "first_audio", "total"))
