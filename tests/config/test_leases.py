import datetime as dt
import threading
import time

import pytest

from config import leases, times
from config.leases import Lease, LeaseLost, release, requeue_lost
from jobs.models import Job
from tests.installation import soon


def again(job):
    """The row as another process sees it."""
    return Job.objects.get(pk=job.pk)


def lose(job, *, attempts=1, seconds=leases.LEASE_SECONDS + 1):
    """The row is held by a worker that has not been heard of for so long."""
    fields = {"status": "processing", "lease_token": "gone", "attempts": attempts}
    Job.objects.filter(pk=job.pk).update(heartbeat_at=times.now() - dt.timedelta(seconds=seconds), **fields)


def test_a_queued_row_is_claimed_once(job):
    other = again(job)
    lease = Lease.claim(job)
    assert Lease.claim(other) is None
    assert Lease.claim(again(job)) is None
    kept = again(job)
    assert (kept.status, kept.attempts, kept.lease_token) == ("processing", 1, lease.row.lease_token)
    assert kept.heartbeat_at == kept.started_at == job.started_at
    assert job.attempts == 1


@pytest.mark.django_db(transaction=True)
def test_many_workers_and_one_wins(job):
    rows, won, barrier = [again(job) for _ in range(6)], [], threading.Barrier(6)

    def claim(row):
        barrier.wait()
        won.append(Lease.claim(row))
        leases.connection.close()

    threads = [threading.Thread(target=claim, args=(row,)) for row in rows]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(won) == 6
    assert sum(lease is not None for lease in won) == 1
    assert again(job).attempts == 1


def test_a_step_writes_and_renews(job):
    lease = Lease.claim(job)
    lose_at = again(job).heartbeat_at - dt.timedelta(seconds=20)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=lose_at)
    lease.step(progress=40)
    kept = again(job)
    assert kept.progress == 40
    assert kept.heartbeat_at > lose_at + dt.timedelta(seconds=19)


def test_a_completed_row_is_nobodys(job):
    lease = Lease.claim(job)
    lease.complete(progress=100)
    kept = again(job)
    assert (kept.status, kept.progress, kept.lease_token, kept.heartbeat_at) == ("completed", 100, "", None)
    assert kept.completed_at >= kept.started_at


def test_a_failed_row_keeps_the_sentence(job):
    Lease.claim(job).fail("The voice is away.", cause="voice_broken")
    kept = again(job)
    assert (kept.status, kept.error, kept.lease_token) == ("failed", "The voice is away.", "")
    assert kept.completed_at


def test_handing_back_is_no_attempt(job):
    Lease.claim(job).hand_back()
    kept = again(job)
    assert (kept.status, kept.attempts, kept.lease_token) == ("queued", 0, "")
    assert Lease.claim(kept)


STEPS = [
    lambda lease: lease.step(progress=40),
    lambda lease: lease.complete(progress=40),
    lambda lease: lease.fail("Mine.", cause="mine"),
    lambda lease: lease.hand_back(),
    lambda lease: lease.check(),
]


@pytest.mark.parametrize("step", STEPS)
def test_one_who_lost_the_row_to_another_worker_changes_nothing(job, step):
    lost = Lease.claim(job)
    Job.objects.filter(pk=job.pk).update(status="queued", lease_token="")
    winner = Lease.claim(again(job))
    before = Job.objects.filter(pk=job.pk).values().get()
    with pytest.raises(LeaseLost):
        step(lost)
    assert Job.objects.filter(pk=job.pk).values().get() == before
    winner.check()


@pytest.mark.parametrize("step", STEPS)
def test_one_whose_row_was_cancelled_changes_nothing(job, step):
    lease = Lease.claim(job)
    Job.objects.filter(pk=job.pk).update(status="cancelled", lease_token="")
    before = Job.objects.filter(pk=job.pk).values().get()
    with pytest.raises(LeaseLost):
        step(lease)
    assert Job.objects.filter(pk=job.pk).values().get() == before


def test_only_a_silent_worker_has_lost_its_row(job):
    assert not Job.objects.all().lost()
    lose(job, seconds=leases.LEASE_SECONDS - 2)
    assert not Job.objects.all().lost()
    lose(job)
    assert list(Job.objects.all().lost()) == [job]
    for status in ("queued", "completed", "failed", "cancelled"):
        Job.objects.filter(pk=job.pk).update(status=status)
        assert not Job.objects.all().lost()


def test_a_lost_row_is_queued_again(job):
    lose(job, attempts=2)
    assert requeue_lost(Job.objects.all()) == [job]
    kept = again(job)
    assert (kept.status, kept.attempts, kept.lease_token, kept.heartbeat_at) == ("queued", 2, "", None)
    assert requeue_lost(Job.objects.all()) == []


def test_the_third_loss_is_final(job):
    lose(job, attempts=3)
    assert [row.status for row in requeue_lost(Job.objects.all())] == ["failed"]
    kept = again(job)
    sentence = "The worker stopped in the middle of it, 3 times. Try again, or with a shorter text."
    assert (kept.status, kept.error, kept.lease_token) == ("failed", sentence, "")
    assert kept.completed_at


@pytest.mark.parametrize("attempts", [1, 3])
def test_of_two_sweepers_one_wins(job, attempts):
    lose(job, attempts=attempts)
    one, other = Job.objects.all().lost().get(), Job.objects.all().lost().get()
    assert (release(one), release(other)) == (True, False)


def test_a_worker_that_is_heard_of_again_keeps_its_row(job):
    lease = Lease.claim(job)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=times.now() - dt.timedelta(seconds=60))
    seen_by_sweeper = Job.objects.all().lost().get()
    lease.step(progress=50)
    assert not release(seen_by_sweeper)
    lease.complete()


def test_rows_that_wait_come_oldest_first(alice, job):
    older = times.now() - dt.timedelta(seconds=30)
    Job.objects.filter(pk=job.pk).update(created_at=older)
    second = Job.objects.get(pk=job.pk)
    second.pk, second.job_id, second.created_at = "f" * 24, 999, older - dt.timedelta(seconds=5)
    second.save(force_insert=True)
    assert list(Job.objects.all().waiting(seconds=20)) == [second, job]
    assert not Job.objects.all().waiting(seconds=60)


@pytest.fixture
def quick(monkeypatch):
    monkeypatch.setattr(leases, "HEARTBEAT_SECONDS", 0.01)


@pytest.mark.django_db(transaction=True)
def test_it_beats_while_the_work_goes_on(job, quick):
    lease = Lease.claim(job)
    old = times.now() - dt.timedelta(seconds=60)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=old)
    with lease:
        soon(lambda: again(job).heartbeat_at > old)
    lease._thread.join()
    assert not Job.objects.all().lost()


@pytest.mark.django_db(transaction=True)
def test_it_stops_beating_when_the_work_stands_still(job, quick, monkeypatch):
    beats = []
    lease = Lease.claim(job)
    monkeypatch.setattr(lease, "_renew", lambda: beats.append(1))
    with lease:
        soon(lambda: beats)
        lease._last_step = time.monotonic() - leases.STILL_SECONDS
        soon(lambda: is_silent(beats))
        lease.check()
        count = len(beats)
        soon(lambda: len(beats) > count)
    lease._thread.join()


def is_silent(beats):
    """Ten beats' time without one."""
    count = len(beats)
    threading.Event().wait(0.1)
    return len(beats) == count


@pytest.mark.django_db(transaction=True)
def test_the_thread_ends_when_the_row_is_taken_away(job, quick):
    lease = Lease.claim(job)
    with lease:
        Job.objects.filter(pk=job.pk).update(status="cancelled", lease_token="")
        lease._thread.join(10)
        assert not lease._thread.is_alive()
