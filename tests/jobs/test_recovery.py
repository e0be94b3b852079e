"""What is left after somebody else has done something at a bad moment. Killed workers: test_worker_processes.py."""

import pytest

from config import queue, work
from config.leases import Lease
from jobs import actions, synthesis
from jobs.models import Job, TempAudio
from tests.installation import soon


@pytest.fixture
def in_the_middle(monkeypatch):
    """Something that happens while a job is being made, between two of its sentences; once."""

    def do(what):
        speak, happened = synthesis.speak, []

        def speak_and_do(job, path, watch, *sound):
            if not happened:
                happened.append(True)
                what(Job.objects.get(pk=job.pk))
                watch.report()
            return speak(job, path, watch, *sound)

        monkeypatch.setattr(work, "CHECK_SECONDS", 0)
        monkeypatch.setattr(synthesis, "speak", speak_and_do)

    return do


def sounds(var_dir):
    return [path for path in var_dir.glob("media/temp/**/*") if path.is_file()]


@pytest.mark.parametrize("door", ["/api/jobs/{}/cancel", "/jobs/{}/cancel"])
def test_cancelled_twice_the_second_is_told(api, page, alice, job, door):
    client = (api if door.startswith("/api") else page)(alice)
    client.post(door.format(job.job_id))
    answer = client.post(door.format(job.job_id), follow=True)
    assert "This job has already finished." in answer.content.decode()
    assert answer.status_code == (409 if door.startswith("/api") else 200)
    assert Job.objects.get().status == "cancelled"


def test_cancelled_and_tried_again_while_it_is_made_it_is_made_once(alice, job, var_dir, in_the_middle):
    def again(row):
        actions.cancel_job(by=alice, job=row)
        actions.retry_job(by=alice, job=row)
        actions.run_job(job=row)  # by another worker, from beginning to end

    in_the_middle(again)
    actions.run_job(job=job)
    row = Job.objects.get()
    assert (row.status, row.attempts, len(sounds(var_dir))) == ("completed", 1, 1)
    assert TempAudio.objects.get().audio_id == row.audio_id


def test_taken_over_while_it_is_made_the_first_leaves_nothing(job, var_dir, in_the_middle):
    def take_over(row):
        row.move(["processing"], "queued", lease_token="")
        assert Lease.claim(row)

    in_the_middle(take_over)
    actions.run_job(job=job)
    row = Job.objects.get()
    assert (row.status, row.attempts, row.audio_id, sounds(var_dir)) == ("processing", 2, None, [])


def test_a_task_that_rq_gave_up_is_enqueued_again(redis, job, monkeypatch):
    monkeypatch.setattr(work, "WAITING_SECONDS", -1)
    task, lane = queue.task_id(Job.task, job.pk, job.owner), queue.queue_of(job.queue)
    queue.connection().lpop(lane.key)
    given_up = lane.fetch_job(task)
    lane.failed_job_registry.add(given_up, ttl=3600)
    given_up.set_status("failed")
    assert (lane.job_ids, lane.failed_job_registry.get_job_ids()) == ([], [task])
    actions.enqueue_waiting()
    assert (lane.job_ids, lane.fetch_job(task).get_status()) == ([task], "queued")


def test_a_task_without_its_data_is_passed_over_and_enqueued_again(redis, job, monkeypatch):
    """As when the task is enqueued while RQ forgets an older one of the same row."""
    monkeypatch.setattr(work, "WAITING_SECONDS", -1)
    monkeypatch.setattr(queue, "_beat", lambda name: None)
    monkeypatch.setattr(queue.Worker, "_install_signal_handlers", lambda worker: None)
    monkeypatch.setattr(queue, "close_old_connections", lambda: None)
    lane = queue.queue_of(job.queue)
    queue.connection().delete(f"rq:job:{queue.task_id(Job.task, job.pk, job.owner)}")

    def work_off():
        queue.Worker([lane, queue.queue_of("bulk")], name="speech-test-2", connection=queue.connection()).work(
            burst=True
        )
        return Job.objects.get().status

    assert (work_off(), lane.job_ids) == ("queued", [])
    actions.enqueue_waiting()
    assert work_off() == "completed"


@pytest.mark.django_db(transaction=True)
def test_a_killed_workers_place_is_free_again(api, alice, demo, start, start_worker):
    """Two workers, of which one is killed: what both held and all that waits is made by the other one."""
    first, _second = start_worker(), start_worker()
    start("sweep")
    entries = [{"text": "This is a sentence of a book. " * 60}, *({"text": f"Number {n}."} for n in range(30))]
    actions.start_jobs(by=alice, entries=entries)
    soon(lambda: Job.objects.filter(status="completed").count() > 3)
    first.kill()
    soon(lambda: Job.objects.filter(status="completed").count() == 31)
    assert set(Job.objects.values_list("attempts", flat=True)) <= {1, 2}
    assert TempAudio.objects.count() == 31
