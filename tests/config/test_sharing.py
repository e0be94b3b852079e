"""How much of an account's work lies in Redis: by rows of jobs, without workers."""

import datetime as dt

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from config import queue, sharing, times, work
from jobs import actions
from jobs.models import Job

HOUR = dt.timedelta(hours=1)


@pytest.fixture(autouse=True)
def impatient(monkeypatch):
    """The sweeper looks at a queued job at once."""
    monkeypatch.setattr(work, "WAITING_SECONDS", -1)


@pytest.fixture
def two_workers(redis):
    """Of speech: four tasks of one account may lie in each of its queues."""
    for number in range(2):
        queue.connection().set(f"{queue.WORKER_KEYS}speech-a-host-{number}", 1)
    sharing.workers_at.cache_clear()


def rows(user, count, name="interactive", first=1, age=HOUR):
    """Waiting jobs that Redis has not heard of, oldest first."""
    made = times.now() - age
    fields = {"user": user, "text": "Ropes.", "characters": 6, "format": "wav", "voice_id": "en_US-demo-low"}
    jobs = [
        Job(job_id=first + number, queue=name, created_at=made + dt.timedelta(milliseconds=number), **fields)
        for number in range(count)
    ]
    return Job.objects.bulk_create(jobs)


def numbers(name="interactive"):
    """The numbers of the jobs whose tasks lie in a queue, in its order."""
    by_id = dict(Job.objects.values_list("pk", "job_id"))
    return [by_id[task.rpartition("-")[2]] for task in queue.queue_of(name).job_ids]


def forget(name="interactive"):
    """As Redis is left by the workers that took everything."""
    queue.connection().delete(queue.queue_of(name).key)


def start(user, count, text="Ropes."):
    return [actions.start_job(by=user, text=text) for _ in range(count)]


def test_of_many_jobs_only_a_share_lies_in_redis(two_workers, alice, demo):
    start(alice, 6)
    assert numbers() == [1, 2, 3, 4]
    assert Job.objects.filter(status="queued").count() == 6


def test_each_account_and_each_queue_has_its_own_share(two_workers, alice, charlie, demo):
    start(alice, 6)
    start(charlie, 2)
    start(alice, 6, text="Ropes. " * 200)
    assert numbers() == [1, 2, 3, 4, 7, 8]
    assert numbers("default") == [9, 10, 11, 12]


def test_without_a_worker_there_is_room_as_for_one(redis, alice, demo):
    start(alice, 4)
    assert numbers() == [1, 2]


def test_workers_of_another_kind_do_not_count(redis, alice, demo):
    for number in range(9):
        queue.connection().set(f"{queue.WORKER_KEYS}network-a-host-{number}", 1)
    start(alice, 4)
    assert numbers() == [1, 2]


@pytest.mark.parametrize("ending", ["completed", "failed", "cancelled", "broken", "taken"])
def test_each_task_that_ends_enqueues_the_one_that_waits_longest(two_workers, alice, demo, monkeypatch, ending):
    jobs = start(alice, 6)
    queue.connection().lpop(queue.queue_of("interactive").key)
    if ending == "cancelled":
        actions.cancel_job(by=alice, job=jobs[0])
    if ending == "taken":
        jobs[0].move(["queued"], "processing")
    if ending == "failed":
        demo.delete()
    if ending == "broken":
        monkeypatch.setattr("jobs.synthesis.speak", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            actions.run_job(job=jobs[0])
    else:
        actions.run_job(job=jobs[0])
    assert numbers() == [2, 3, 4, 5]


def test_a_task_that_ends_brings_nobody_elses_jobs(two_workers, alice, charlie, demo):
    (job,) = start(alice, 1)
    rows(charlie, 3, first=100)
    rows(alice, 3, name="default", first=200)
    forget()
    actions.run_job(job=job)
    assert (numbers(), numbers("default")) == ([], [])


def test_what_was_tried_again_waits_for_its_turn_too(two_workers, alice, demo):
    jobs = start(alice, 6)
    actions.cancel_job(by=alice, job=jobs[5])
    actions.retry_job(by=alice, job=jobs[5])
    assert numbers() == [1, 2, 3, 4]


def test_a_new_job_does_not_pass_those_that_wait(two_workers, alice, demo):
    rows(alice, 4, first=100)
    start(alice, 1)
    assert numbers() == [100, 101, 102, 103]


def test_a_job_is_not_enqueued_twice(two_workers, alice, demo):
    (job,) = start(alice, 1)
    work.enqueue(job)
    sharing.enqueue_next(job)
    actions.enqueue_waiting()
    assert numbers() == [1]


def test_the_sweeper_goes_account_by_account(two_workers, alice, bob, charlie):
    rows(alice, 250)
    rows(bob, 3, first=1_001)
    rows(charlie, 1, first=2_001, age=HOUR / 60)
    for _ in range(2):
        actions.enqueue_waiting()
        assert sorted(numbers()) == [1, 2, 3, 4, 1_001, 1_002, 1_003, 2_001]


@pytest.mark.parametrize("at_once", [4, 5, 7, 8, 9, 100])
def test_wherever_its_reading_is_cut_nobody_is_passed_over(two_workers, alice, bob, charlie, monkeypatch, at_once):
    monkeypatch.setattr(sharing, "ROWS_AT_ONCE", at_once)
    for first, (user, count) in enumerate([(alice, 3), (bob, 9), (charlie, 5)], 1):
        rows(user, count, first=first * 100)
        rows(user, 1, name="bulk", first=first * 1_000)
    actions.enqueue_waiting()
    assert sorted(numbers()) == [100, 101, 102, 200, 201, 202, 203, 300, 301, 302, 303]
    assert sorted(numbers("bulk")) == [1_000, 2_000, 3_000]


def test_the_sweeper_asks_no_more_for_many_rows(two_workers, alice, charlie):
    rows(charlie, 1, first=5_000)
    asked = []
    for first in (0, 2_000):
        rows(alice, 300 if first else 150, first=first)
        with CaptureQueriesContext(
            connection,
        ) as queries:
            actions.enqueue_waiting()
        asked.append(len(queries))
    assert asked[0] == asked[1] <= len(queue.QUEUES) + 2


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan")
def test_what_waits_is_found_along_an_index_and_not_sorted(two_workers, alice):
    rows(alice, 3)
    with CaptureQueriesContext(connection) as queries:
        actions.enqueue_waiting()
        sharing.enqueue_next(Job.objects.first())
    forget()
    with CaptureQueriesContext(connection) as more:
        sharing.enqueue_next(Job.objects.first())
    for query in (*queries.captured_queries, *more.captured_queries):
        if '"queue"' not in query["sql"].partition("WHERE")[2]:
            continue
        with connection.cursor() as cursor:
            plan = [row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}").fetchall()]
        assert ["jobs_in_queue" in step for step in plan] == [True], (query["sql"], plan)


def test_redis_that_goes_away_is_no_error(two_workers, redis, alice, demo, caplog):
    (job,) = start(alice, 1)
    redis.stop()
    start(alice, 1)
    actions.run_job(job=job)
    actions.enqueue_waiting()
    assert list(Job.objects.order_by("job_id").values_list("status", flat=True)) == ["completed", "queued"]
    assert "Redis is away, nothing can be enqueued" in caplog.text


def test_a_redis_that_lost_its_data_is_filled_again(two_workers, redis, alice, charlie, demo):
    start(alice, 6)
    start(charlie, 1)
    redis.stop()
    redis.start()
    assert numbers() == []
    actions.enqueue_waiting()
    assert sorted(numbers()) == [1, 2, 3, 4, 7]


def test_a_database_that_goes_away_at_the_end_of_a_task_is_no_error(two_workers, alice, demo, monkeypatch, caplog):
    jobs = start(alice, 2)

    def fail(*args):
        raise OperationalError("no server")

    monkeypatch.setattr(sharing, "room", fail)
    actions.run_job(job=jobs[0])
    assert "The database is away, nothing can be enqueued" in caplog.text


def test_work_that_is_not_shared_is_enqueued_whole(redis, alice):
    for number in range(5):
        assert queue.enqueue("accounts.tasks.run_export", f"{number}", queue="bulk")
    assert len(queue.queue_of("bulk").job_ids) == 5
