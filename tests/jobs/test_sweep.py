import datetime as dt
import os
import threading

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from config import hooks, queue, sweeper, times, work
from config.files import work_folder
from config.leases import ATTEMPTS_MAX, LEASE_SECONDS, Lease, LeaseLost
from jobs import actions
from jobs.models import TEMP_AUDIO_LIFETIME, Job, TempAudio

HOUR = dt.timedelta(hours=1)


def lose(job, attempts=1):
    """As a worker leaves it that was killed a while ago."""
    lease = Lease.claim(job)
    silent = times.now() - dt.timedelta(seconds=LEASE_SECONDS + 1)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=silent, attempts=attempts)
    return lease


def in_redis():
    return {name: queue.queue_of(name).job_ids for name in queue.QUEUES if queue.queue_of(name).job_ids}


def task_of(job):
    return queue.task_id(Job.task, job.pk, job.owner)


@pytest.fixture
def impatient(monkeypatch):
    """The sweeper looks at a queued job at once."""
    monkeypatch.setattr(work, "WAITING_SECONDS", -1)


def test_a_job_that_lost_its_worker_is_queued_again(redis, job):
    lease = lose(job)
    queue.queue_of("interactive").empty()
    actions.requeue_lost()
    job.refresh_from_db()
    assert (job.status, job.attempts, job.lease_token, job.heartbeat_at) == ("queued", 1, "", None)
    assert in_redis() == {"interactive": [task_of(job)]}
    with pytest.raises(LeaseLost):
        lease.complete()
    actions.run_job(job=job)
    job.refresh_from_db()
    assert (job.status, job.attempts) == ("completed", 2)


def test_a_job_whose_worker_lives_is_left_alone(job):
    Lease.claim(job)
    actions.requeue_lost()
    job.refresh_from_db()
    assert (job.status, job.attempts) == ("processing", 1)


def test_the_third_time_is_final_with_a_sentence(job):
    lose(job, attempts=ATTEMPTS_MAX)
    actions.requeue_lost()
    job.refresh_from_db()
    assert (job.status, job.attempts, job.lease_token) == ("failed", 3, "")
    assert job.error == "The worker stopped in the middle of it, 3 times. Try again, or with a shorter text."
    assert job.completed_at
    actions.run_job(job=job)
    job.refresh_from_db()
    assert job.status == "failed"


def test_a_worker_that_beats_in_the_last_moment_keeps_its_job(job, monkeypatch):
    lease = lose(job)
    lost = Job.objects.lost().get()
    lease.step(progress=50)
    monkeypatch.setattr(type(Job.objects.all()), "lost", lambda rows: [lost])
    actions.requeue_lost()
    job.refresh_from_db()
    assert (job.status, job.progress) == ("processing", 50)


def test_only_what_redis_does_not_hold_is_enqueued(redis, alice, job, impatient):
    long = actions.start_job(by=alice, text="Long. " * 200)
    expected = {"interactive": [task_of(job)], "default": [task_of(long)]}
    assert in_redis() == expected
    queue.queue_of("default").empty()
    for _ in range(2):
        actions.enqueue_waiting()
        assert in_redis() == expected


def test_what_waits_is_enqueued_in_its_order_and_nothing_else(redis, alice, job, impatient):
    others = [actions.start_job(by=alice, text=f"Number {number}.") for number in range(4)]
    Job.objects.filter(pk=others[0].pk).update(status="cancelled")
    Job.objects.filter(pk=others[1].pk).update(created_at=job.created_at - HOUR)
    queue.connection().flushall()
    actions.enqueue_waiting()
    assert in_redis() == {"interactive": [task_of(others[1]), task_of(job)]}  # as much as one account's share
    queue.connection().delete(queue.queue_of("interactive").key)
    Job.objects.filter(pk__in=[others[1].pk, job.pk]).update(status="completed")
    actions.enqueue_waiting()
    assert in_redis() == {"interactive": [task_of(others[2]), task_of(others[3])]}


def test_a_job_that_has_just_come_is_left_to_its_own_enqueueing(redis, job):
    queue.connection().flushall()
    actions.enqueue_waiting()
    assert in_redis() == {}


def test_with_redis_away_the_sweeps_only_log(job, impatient, caplog):
    lose(job)
    actions.requeue_lost()
    actions.enqueue_waiting()
    job.refresh_from_db()
    assert job.status == "queued"
    assert "Redis is away, nothing can be enqueued" in caplog.text


def put_sound(user, age):
    """A file in the folder of its hour and its row, made so long ago."""
    made = times.now() - age
    name = default_storage.save(f"temp/{made:%Y%m%d%H}/{age.total_seconds():.0f}.wav", ContentFile(b"RIFF"))
    TempAudio.objects.create(user=user, path=name, content_type="audio/wav", size_bytes=4, created_at=made)
    return name


def test_only_what_has_expired_is_purged(alice, var_dir):
    kept = [put_sound(alice, age) for age in (dt.timedelta(), HOUR, 23 * HOUR, TEMP_AUDIO_LIFETIME - HOUR / 60)]
    gone = [put_sound(alice, age) for age in (26 * HOUR, 30 * HOUR, dt.timedelta(days=40))]
    barely = put_sound(alice, TEMP_AUDIO_LIFETIME + dt.timedelta(seconds=1))  # others of its hour may be younger
    sample = default_storage.save("samples/old.wav", ContentFile(b"RIFF"))
    actions.purge_expired()
    assert sorted(TempAudio.objects.values_list("path", flat=True)) == sorted(kept)
    assert [name for name in (*kept, barely, sample) if not default_storage.exists(name)] == []
    assert [name for name in gone if default_storage.exists(name)] == []
    assert len(list(var_dir.glob("media/temp/*"))) == len({name.split("/")[1] for name in (*kept, barely)})


def test_a_folder_without_rows_goes_and_a_missing_one_is_no_error(alice):
    actions.purge_expired()
    name = put_sound(alice, 26 * HOUR)
    TempAudio.objects.all().delete()
    actions.purge_expired()
    assert not default_storage.exists(name)


def test_a_job_shows_that_its_sound_was_purged(api, alice, finished):
    TempAudio.objects.update(created_at=times.now() - 26 * HOUR)
    Job.objects.update(expires_at=times.now() - 2 * HOUR)
    actions.purge_expired()
    assert api(alice).get(f"/api/jobs/{finished.pk}/audio").status_code == 410


def test_a_sweep_that_raises_does_not_stop_the_others(db, monkeypatch, caplog):
    runs, stopped = {"broken": 0, "good": 0}, threading.Event()

    def broken():
        runs["broken"] += 1
        raise ValueError("no luck")

    def good():
        runs["good"] += 1
        if runs["good"] == 3:
            stopped.set()

    monkeypatch.setattr(sweeper, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(sweeper, "close_old_connections", lambda: None)
    sweeper.sweep_until(stopped, [hooks.Sweep(every=0, run=each) for each in (broken, good)])
    assert runs == {"broken": 3, "good": 3}
    assert "no luck" in caplog.text


def test_each_sweep_has_its_own_pace(db, monkeypatch):
    runs, stopped = [], threading.Event()

    def often():
        runs.append("often")
        if runs.count("often") == 5:
            stopped.set()

    monkeypatch.setattr(sweeper, "PAUSE_SECONDS", 0.01)
    sweeps = [hooks.Sweep(every=60, run=lambda: runs.append("seldom")), hooks.Sweep(every=0, run=often)]
    sweeper.sweep_until(stopped, sweeps)
    assert runs.count("seldom") == 1


def test_the_sweeps_of_jobs_are_registered():
    registered = {sweep.run: sweep.every for sweep in hooks.sweeps}
    assert registered[actions.requeue_lost] + LEASE_SECONDS < 30
    assert registered[actions.enqueue_waiting] <= 5
    assert actions.purge_expired in registered


def test_what_a_killed_worker_left_half_done_is_cleared(db, settings, var_dir):
    settings.VAR_DIR = var_dir
    old, new = work_folder() / "old.wav", work_folder() / "new.wav"
    for path in (old, new):
        path.write_bytes(b"half a sound")
    os.utime(old, (0, 0))
    actions.purge_expired()
    assert list(work_folder().iterdir()) == [new]


def test_a_job_that_goes_back_to_the_queue_begins_anew(job):
    lease = Lease.claim(job)
    lease.step(progress=40, completed_chunks=4, total_chunks=10)
    lease.hand_back()
    job.refresh_from_db()
    assert (job.status, job.attempts, job.progress, job.completed_chunks, job.started_at) == ("queued", 0, 0, 0, None)


def test_a_work_file_that_goes_while_they_are_looked_at(db, settings, var_dir):
    settings.VAR_DIR = var_dir
    gone, old = work_folder() / "gone.wav", work_folder() / "old.wav"
    gone.symlink_to("nowhere")  # which is listed, and then not found
    old.touch()
    os.utime(old, (0, 0))
    actions.purge_expired()
    assert list(work_folder().iterdir()) == [gone]
