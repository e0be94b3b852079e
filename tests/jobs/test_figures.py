"""The figures of the installation: what is counted, and the page that shows it."""

import datetime as dt

import pytest

from config import leases, queue, times
from jobs import actions
from jobs.figures import counted, this_moment
from jobs.models import Job
from tests.jobs.endings import beat, completed, ended

# What is counted


def test_a_completed_job_is_counted_once_in_each_figure(redis, job):
    completed(job)
    for tally in (counted.in_all(), counted.last_day()):
        assert tally.amounts(counted.JOBS) == {("completed", "interactive"): 1}
        assert tally.amounts(counted.CHARACTERS) == {("piper",): job.characters}
        assert tally.amounts(counted.SPEECH) == {("piper",): 10}
        assert tally.amounts(counted.SYNTHESIS) == {("piper",): 0.5}
        assert tally.amounts(counted.FAILURES) == {}
        assert tally.histogram(counted.WAIT).count == tally.histogram(counted.FIRST_SOUND).count == 1
        assert tally.histogram(counted.WAIT).sum == 0.3
        assert tally.histogram(counted.PACE).bound_of(0.5) == 0.05


def test_a_failure_is_counted_by_its_cause(redis, job):
    for cause in ("disk", "crashed", "disk", ""):
        ended(job, status="failed", cause=cause)
    tally = counted.in_all()
    assert tally.amounts(counted.JOBS) == {("failed", "interactive"): 4}
    assert tally.amounts(counted.FAILURES) == {("crashed",): 1, ("disk",): 2, ("unknown",): 1}
    assert not tally.amounts(counted.SPEECH)


def test_the_time_before_a_later_attempt_is_no_wait(redis, job):
    ended(job, attempts=2, duration=10.0, timings={"queued": 300.0, "synthesis": 1.0, "first_audio": 301.0})
    tally = counted.in_all()
    assert tally.histogram(counted.WAIT).count == tally.histogram(counted.FIRST_SOUND).count == 0
    assert tally.histogram(counted.PACE).count == 1


def test_the_last_day_forgets_and_the_sum_does_not(redis, job, monkeypatch):
    now = times.now()
    for hours, jobs in ((0, 1), (23, 2), (24, 4), (25, 8)):
        monkeypatch.setattr(counted.times, "now", lambda hours=hours: now - dt.timedelta(hours=hours))
        for _ in range(jobs):
            completed(job)
    monkeypatch.setattr(counted.times, "now", lambda: now)
    assert counted.last_day().total(counted.JOBS) == 1 + 2 + 4
    assert counted.in_all().total(counted.JOBS) == 15


def test_the_hours_run_out(redis, job):
    completed(job)
    (hour,) = queue.connection().keys(f"{counted.IN_ALL}:*")
    assert 24 * 3600 < queue.connection().ttl(hour) <= 26 * 3600
    assert queue.connection().ttl(counted.IN_ALL) == -1


def test_with_redis_away_nobody_fails_for_a_figure(job, caplog):
    this_moment.count_ended(job)
    assert "is not counted: Redis is away" in caplog.text


@pytest.mark.parametrize(
    ("values", "half", "most"),
    [
        ([0.01], 0.05, 0.05),
        ([0.05, 0.06, 7], 0.1, 10),
        ([1] * 19 + [4_000], 1, 1),
        ([4_000], float("inf"), float("inf")),
    ],
)
def test_a_share_of_the_values_lies_up_to_a_bound(values, half, most):
    parts = {}
    for value in values:
        part = counted.part_of(counted.WAIT, value)
        parts[part] = parts.get(part, 0) + 1
    histogram = counted.Histogram(counted.BOUNDS[counted.WAIT], parts)
    assert (histogram.bound_of(0.5), histogram.bound_of(0.95)) == (half, most)
    assert list(histogram.up_to())[-1] == (float("inf"), len(values))


def test_without_values_no_share_has_a_bound():
    assert counted.Histogram((1, 2), {}).bound_of(0.5) is None


# The page


def test_the_page_shows_what_waits_who_works_and_what_became_of_jobs(page, redis, bob, job):
    completed(job, queued=0.3)
    ended(job, status="failed", cause="disk")
    said = {"task": Job.task, "row": job.pk, "task_seconds": 12.0, "busy_share": 0.42, "memory_bytes": 123_400_000}
    beat("speech-a-1", **said, jobs_completed=3, voices=["en_US-demo-low"])
    answer = page(bob).get("/figures").content.decode()
    shown = ["speech-a-1", str(job), "for 12 s", "42 %", "123 MB", "en_US-demo-low"]
    shown += ["The disk was full", "<code>disk</code>", "20 times faster than speech", "up to 0.5 s", "1 of 1"]
    assert [words for words in shown if words not in answer] == []


def test_the_page_fetches_its_figures_anew(page, redis, bob):
    answer = page(bob).get("/figures", headers={"hx-request": "true"}).content.decode()
    assert answer.strip().startswith('<div class="figures" id="figures" hx-get="/figures" hx-trigger="every 5s"')
    assert "<html" not in answer


def test_the_page_says_that_no_worker_is_up_and_nothing_has_ended(page, redis, bob):
    answer = page(bob).get("/figures").content.decode()
    assert "No worker is up" in answer
    assert "No job has ended yet" in answer


def test_the_page_says_that_redis_is_away(page, bob, job):
    answer = page(bob).get("/figures")
    assert answer.status_code == 200
    assert "Redis is away" in answer.content.decode()
    assert "None" not in answer.content.decode()


def test_a_worker_of_another_version_breaks_nothing(page, redis, bob):
    queue.connection().set(f"{queue.WORKER_KEYS}speech-old-1", 17)
    assert "speech-old-1" in page(bob).get("/figures").content.decode()


def test_the_page_is_for_staff(page, client, alice, bob, redis):
    assert page(alice).get("/figures").status_code == 403
    assert client.get("/figures").status_code == 302
    assert page(bob).post("/figures").status_code == 405


def test_only_staff_see_it_in_the_navigation(page, alice, bob):
    link = '<a class="navigation-item" href="/figures"'
    assert link in page(bob).get("/").content.decode()
    assert link not in page(alice).get("/").content.decode()


# Who has them counted


def test_a_job_that_is_run_is_counted_by_its_end(redis, job):
    actions.run_job(job=job)
    assert counted.in_all().amounts(counted.JOBS) == {("completed", "interactive"): 1}
    assert counted.in_all().total(counted.SPEECH) == pytest.approx(job.duration)


def test_a_job_that_fails_is_counted_with_its_cause(redis, job, monkeypatch):
    Job.objects.filter(pk=job.pk).update(speaker="nobody")
    actions.run_job(job=Job.objects.get())
    assert counted.in_all().amounts(counted.FAILURES) == {("speaker_unknown",): 1}


def test_a_job_that_is_cancelled_is_counted_once(redis, alice, job):
    actions.cancel_job(by=alice, job=job)
    actions.run_job(job=job)
    assert counted.in_all().amounts(counted.JOBS) == {("cancelled", "interactive"): 1}


def test_the_third_loss_of_a_worker_is_counted_once(redis, job):
    silent = times.now() - dt.timedelta(seconds=leases.LEASE_SECONDS + 1)
    fields = {"status": "processing", "lease_token": "gone", "heartbeat_at": silent}
    Job.objects.filter(pk=job.pk).update(attempts=leases.ATTEMPTS_MAX, **fields)
    for _ in range(2):
        actions.requeue_lost()
    assert counted.in_all().amounts(counted.FAILURES) == {(leases.WORKER_LOST,): 1}
