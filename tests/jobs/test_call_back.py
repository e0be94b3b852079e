"""What becomes of a callback once its job has ended: told, tried again, told anew."""

import datetime as dt

import pytest

from config import times
from config.errors import Conflict
from config.leases import LEASE_SECONDS, Lease
from jobs import actions, synthesis, tasks
from jobs.actions import callbacks, ended
from jobs.models import Callback, Job
from tests.jobs.callbacks import end, in_redis, later, receiver, row, start, task_of, work

__all__ = ["later", "receiver", "start"]
MINUTE = dt.timedelta(minutes=1)


def test_a_completed_job_is_told_as_the_api_shows_it(redis, api, alice, start, receiver):
    job = start()
    actions.run_job(job=job)
    assert in_redis() == [task_of(job)]
    work()
    (seen,) = receiver.seen
    assert seen.body == api(alice).get(f"/api/jobs/{job.pk}").content
    assert (seen.headers["content-type"], seen.headers["x-echodesk-event"]) == ("application/json", "job.completed")
    kept = row(job)
    assert seen.headers["x-echodesk-delivery"] == kept.delivery_id
    assert (kept.state, kept.tries, kept.answer, kept.error, kept.due_at) == ("delivered", 1, 204, "", None)
    assert kept.delivered_at <= times.now()


def test_a_failed_job_is_told_too(start, receiver, monkeypatch):
    def broken(*arguments):
        raise Conflict("No luck today.")

    monkeypatch.setattr(synthesis, "speak", broken)
    actions.run_job(job=start())
    work()
    (seen,) = receiver.seen
    assert seen.headers["x-echodesk-event"] == "job.failed"
    assert b'"status": "failed"' in seen.body
    assert b"No luck today." in seen.body


def test_a_crash_is_told_too(start, receiver, monkeypatch):
    def broken(*arguments):
        raise RuntimeError("no luck")

    monkeypatch.setattr(synthesis, "speak", broken)
    with pytest.raises(RuntimeError):
        actions.run_job(job=start())
    work()
    assert receiver.seen[0].headers["x-echodesk-event"] == "job.failed"


def test_a_job_that_lost_its_third_worker_is_told(start, receiver):
    job = start()
    Lease.claim(job)
    silent = times.now() - dt.timedelta(seconds=LEASE_SECONDS + 1)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=silent, attempts=3)
    actions.requeue_lost()
    work()
    assert receiver.seen[0].headers["x-echodesk-event"] == "job.failed"
    assert b"The worker stopped in the middle of it, 3 times." in receiver.seen[0].body


def test_a_job_that_goes_back_to_the_queue_tells_nothing(start, receiver):
    job = start()
    Lease.claim(job)
    Job.objects.filter(pk=job.pk).update(heartbeat_at=times.now() - MINUTE)
    actions.requeue_lost()
    assert row(job).state == "waiting"


def test_a_task_that_runs_twice_tells_once(start, receiver):
    job = start()
    stale = Job.objects.get(pk=job.pk)
    end(job)
    actions.run_job(job=stale)
    actions.run_job(job=Job.objects.get(pk=job.pk))
    work()
    tasks.call_back(row(job).pk)
    tasks.call_back("f" * 24)
    assert len(receiver.seen) == 1


def test_three_tries_with_pauses(start, receiver, later):
    job = start()
    receiver.next.extend([500, "garbage", 404])
    end(job)
    work()
    kept = row(job)
    assert (kept.state, kept.tries, kept.answer) == ("due", 1, 500)
    assert kept.error == "127.0.0.1 answered with the status 500."
    for seconds, tries in ((9, 1), (2, 2), (58, 2), (3, 3), (1_000, 3)):
        later(seconds)
        actions.enqueue_due()
        work()
        assert (row(job).tries, len(receiver.seen)) == (tries, tries)
    kept = row(job)
    assert (kept.state, kept.answer, kept.due_at, kept.delivered_at) == ("failed", 404, None, None)
    assert kept.error == "127.0.0.1 answered with the status 404."
    assert {seen.headers["x-echodesk-delivery"] for seen in receiver.seen} == {kept.delivery_id}
    assert len({seen.body for seen in receiver.seen}) == 1


def test_a_later_try_may_go_well(start, receiver, later):
    job = start()
    receiver.next.append(f"{receiver.url}/elsewhere")
    end(job)
    work()
    assert row(job).error == "127.0.0.1 answered with the status 302."
    later(11)
    actions.enqueue_due()
    work()
    kept = row(job)
    assert (kept.state, kept.tries, kept.answer, kept.error) == ("delivered", 2, 204, "")
    assert [seen.path for seen in receiver.seen] == ["/done?key=a%20b"] * 2


def test_a_receiver_that_hangs(start, receiver, monkeypatch):
    monkeypatch.setattr(callbacks, "SECONDS", 0.3)
    receiver.next.append("hang")
    job = start()
    end(job)
    work()
    assert (row(job).answer, row(job).error) == (None, "127.0.0.1 did not answer in time.")


def test_an_address_that_has_become_private(start, receiver, settings):
    job = start()
    settings.CALLBACK_ALLOW_PRIVATE = False
    end(job)
    work()
    assert receiver.seen == []
    assert row(job).error == "127.0.0.1 is in a private network. Name a host that everybody can reach."


def test_a_cancelled_job_tells_nothing_until_it_is_tried_again(alice, start, receiver):
    job = start()
    actions.cancel_job(by=alice, job=job)
    assert row(job).state == "resting"
    actions.catch_up()
    actions.enqueue_due()
    work()
    assert receiver.seen == []
    actions.retry_job(by=alice, job=job)
    assert row(job).state == "waiting"
    end(job)
    work()
    assert len(receiver.seen) == 1


def test_a_job_that_is_tried_again_tells_again(alice, start, receiver):
    job = start()
    end(job, error="No luck.")
    work()
    first = row(job).delivery_id
    actions.retry_job(by=alice, job=job)
    kept = row(job)
    assert (kept.state, kept.tries, kept.answer, kept.delivered_at) == ("waiting", 0, None, None)
    end(job)
    work()
    assert [seen.headers["x-echodesk-event"] for seen in receiver.seen] == ["job.failed", "job.completed"]
    assert row(job).delivery_id != first


def test_what_was_started_again_under_a_try_is_left_alone(alice, start, receiver, monkeypatch):
    job = start()
    end(job, error="No luck.")
    begin = callbacks.attempt

    def slow(*arguments):
        answer = begin(*arguments)
        actions.retry_job(by=alice, job=job)
        return answer

    monkeypatch.setattr(callbacks, "attempt", slow)
    work()
    assert (row(job).state, row(job).tries) == ("waiting", 0)


def test_a_job_deleted_before_its_turn_tells_nothing(redis, alice, start, receiver):
    job = start()
    end(job)
    pk = row(job).pk
    actions.delete_job(by=alice, job=job)
    tasks.call_back(pk)
    assert (receiver.seen, Callback.objects.exists()) == ([], False)


def test_nothing_of_it_fails_the_job(start, monkeypatch, caplog):
    def broken(job):
        raise RuntimeError("no luck")

    monkeypatch.setattr(ended, "STEPS", (broken, callbacks.call_after_end))
    job = start()
    actions.run_job(job=job)
    assert (Job.objects.get().status, row(job).state) == ("completed", "sending")
    assert "no luck" in caplog.text


def test_the_job_page_tells(page, alice, start, receiver, later):
    job = start()
    door = f"/jobs/{job.job_id}"
    receiver.next.extend([500, 500, 500])
    assert "Callback" not in page(alice).get(door).content.decode()
    end(job, error="No luck.")
    html = page(alice).get(door).content.decode()
    assert "<dt>Callback</dt><dd>on its way to <bdi>127.0.0.1</bdi>" in html
    work()
    words = "not delivered yet: 127.0.0.1 answered with the status 500. It will be tried again."
    assert words in page(alice).get(door).content.decode()
    for seconds in (11, 61):
        later(seconds)
        actions.enqueue_due()
        work()
    assert "failed: 127.0.0.1 answered with the status 500." in page(alice).get(door).content.decode()
    actions.retry_job(by=alice, job=job)
    end(job)
    work()
    html = page(alice).get(door).content.decode()
    assert "<dt>Callback</dt><dd>delivered to <bdi>127.0.0.1</bdi>" in html
    assert "key=a%20b" not in html


def test_the_admin_tells_without_the_whole_address(page, bob, start, receiver):
    job = start()
    end(job)
    work()
    for door in ("/admin/jobs/callback/", f"/admin/jobs/callback/{row(job).pk}/change/"):
        html = page(bob).get(door).content.decode()
        assert "127.0.0.1" in html
        assert "key=a" not in html
