"""Real workers and sweepers over the database, the Redis and the folder of the tests."""

import signal
import time
from pathlib import Path

import pytest
from django.conf import settings as project_settings

from accounts.actions import passwords
from config import queue
from jobs.models import Job, TempAudio
from tests.installation import PATIENCE, soon

pytestmark = pytest.mark.django_db(transaction=True)
LONG = " ".join(f"This is sentence number {number} of a long book." for number in range(90))  # over two seconds


def post(client, text="Ropes creak."):
    answer = client.post("/api/jobs", {"text": text}, "application/json")
    assert (answer.status_code, answer.json()["status"]) == (202, "queued")
    return Job.objects.get(pk=answer.json()["_id"])


def is_now(job, status):
    job.refresh_from_db()
    return job.status == status


def assert_completed_once(job, attempts):
    soon(lambda: is_now(job, "completed"))
    sound = TempAudio.objects.get()
    assert (job.attempts, job.audio_id, job.error) == (attempts, sound.audio_id, "")
    files = [path for path in project_settings.VAR_DIR.glob("media/temp/*/*") if path.name == f"{job.audio_id}.wav"]
    assert [path.stat().st_size for path in files] == [job.size_bytes]
    assert not [
        path for path in project_settings.VAR_DIR.glob(f"work/{job.pk}*") if path.stat().st_mtime > time.time() - 2
    ]


def test_a_worker_completes_what_the_api_is_given(api, alice, demo, start_worker):
    start_worker()
    job = post(api(alice))
    assert_completed_once(job, attempts=1)
    assert 0 < job.timings["synthesis"] < job.timings["total"]
    answer = api(alice).get(f"/api/jobs/{job.pk}/audio")
    assert len(b"".join(answer)) == job.size_bytes


def test_a_killed_workers_job_is_made_by_the_next_one(api, alice, demo, start, start_worker):
    first = start_worker()
    start("sweep")
    job = post(api(alice), LONG)
    soon(lambda: is_now(job, "processing"))
    first.kill()
    killed = time.monotonic()
    assert Job.objects.get().status == "processing"
    soon(lambda: is_now(job, "queued"))
    assert time.monotonic() - killed > 5
    start_worker()
    assert_completed_once(job, attempts=2)


def test_what_is_posted_while_redis_is_away_is_made_when_it_is_back(api, alice, demo, redis, start, start_worker):
    worker = start_worker()
    start("sweep")
    redis.stop()
    job = post(api(alice))
    time.sleep(2)
    assert is_now(job, "queued")
    redis.start()
    assert_completed_once(job, attempts=1)
    assert worker.poll() is None


def test_a_job_that_is_being_made_does_not_need_redis(api, alice, demo, redis, start_worker):
    start_worker()
    job = post(api(alice), LONG)
    soon(lambda: is_now(job, "processing"))
    redis.stop()
    assert_completed_once(job, attempts=1)


def test_a_worker_that_is_asked_to_stop_hands_its_job_back(api, alice, demo, start, start_worker):
    worker = start_worker()
    job = post(api(alice), LONG)
    soon(lambda: is_now(job, "processing"))
    worker.send_signal(signal.SIGTERM)
    assert worker.wait(timeout=PATIENCE) == 0
    job.refresh_from_db()
    assert (job.status, job.attempts, job.lease_token) == ("queued", 0, "")
    start("sweep")
    start_worker()
    assert_completed_once(job, attempts=1)


def test_a_short_text_does_not_wait_for_long_ones(api, alice, charlie, demo, start_worker):
    start_worker()
    long = post(api(alice), LONG * 10)
    soon(lambda: is_now(long, "processing"))
    short = post(api(charlie))
    soon(lambda: is_now(short, "completed"))
    assert is_now(long, "processing")


def ask_for_a_mail(user):
    """A task of the queue `network`; its id."""
    passwords.ask_reset(email=user.email, address="127.0.0.1")
    return queue.task_id(passwords.MAIL_TASK, user.pk)


def is_done(task):
    return not queue.connection().exists(f"rq:job:{task}")  # which stays when it fails


def has_loaded_an_engine(worker):
    return "onnxruntime" in Path(f"/proc/{worker.pid}/maps").read_text()


def test_a_mail_goes_out_while_all_others_speak(api, alice, demo, start_worker):
    speaker, courier = start_worker(), start_worker("--network")
    job = post(api(alice), LONG * 10)
    soon(lambda: is_now(job, "processing"))
    task = ask_for_a_mail(alice)
    soon(lambda: is_done(task))
    assert is_now(job, "processing")
    assert (has_loaded_an_engine(speaker), has_loaded_an_engine(courier)) == (True, False)
    courier.terminate()
    assert "To: alice@example.com" in courier.communicate(timeout=PATIENCE)[0]


def test_workers_leave_each_others_tasks_alone(api, alice, charlie, demo, start_worker):
    speaker = start_worker()
    first = ask_for_a_mail(alice)
    assert_completed_once(post(api(alice)), attempts=1)
    assert queue.queue_of("network").job_ids == [first]
    speaker.terminate()
    speaker.wait(timeout=PATIENCE)
    job = post(api(alice))
    start_worker("--network")
    soon(lambda: is_done(first))
    second = ask_for_a_mail(charlie)
    soon(lambda: is_done(second))
    assert queue.queue_of("interactive").job_ids == [queue.task_id(Job.task, job.pk, job.owner)]
    assert is_now(job, "queued")
