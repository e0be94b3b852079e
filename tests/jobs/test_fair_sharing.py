"""One account's many jobs do not keep another's waiting: with real workers."""

import pytest

from config import queue, sharing
from jobs import actions
from jobs.models import Job
from tests.installation import soon

pytestmark = pytest.mark.django_db(transaction=True)
MANY = 40
WORKERS = 1
SHARE = WORKERS * sharing.TASKS_PER_WORKER


@pytest.fixture(autouse=True)
def roomy(settings):
    settings.RATES = settings.RATES | {"speech": "off"}


def many(user, **options):
    entries = [{"text": f"Number {number}."} for number in range(MANY)]
    jobs = actions.start_jobs(by=user, entries=entries)
    Job.objects.filter(pk__in=[job.pk for job in jobs]).update(**options)
    return jobs


def count_done(user):
    return Job.objects.owned_by(user).filter(status="completed").count()


def started_before(job, user):
    """How many jobs of a person were started between this one's creation and its start."""
    job.refresh_from_db()
    others = Job.objects.owned_by(user).filter(started_at__gt=job.created_at, started_at__lt=job.started_at)
    return others.count()


def is_done(job):
    job.refresh_from_db()
    return job.status == "completed"


def test_one_of_many_accounts_waits_for_a_share_only(alice, charlie, demo, start_worker):
    start_worker()
    many(alice, queue="bulk")
    soon(lambda: count_done(alice) > 2)
    (job,) = actions.start_jobs(by=charlie, entries=[{"text": "Mine."}])
    soon(lambda: is_done(job))
    assert started_before(job, alice) <= SHARE + WORKERS
    assert count_done(alice) < MANY - SHARE
    soon(lambda: count_done(alice) == MANY)
    assert not Job.objects.exclude(attempts=1).exists()


def test_after_redis_has_lost_its_data_too(alice, charlie, demo, redis, start, start_worker):
    many(alice)
    (job,) = actions.start_jobs(by=charlie, entries=[{"text": "Mine."}])
    redis.stop()
    redis.start()
    start_worker()
    start("sweep")
    soon(lambda: is_done(job))
    assert started_before(job, alice) <= SHARE + WORKERS
    soon(lambda: count_done(alice) == MANY)
    assert not Job.objects.exclude(attempts=1).exists()


def test_short_texts_do_not_keep_a_long_one_waiting_for_ever(alice, charlie, demo, start_worker):
    jobs = many(alice, queue="interactive")
    queue.connection().flushdb()
    start_worker()
    sharing.enqueue_next(Job.objects.get(pk=jobs[0].pk))
    job = actions.start_job(by=charlie, text="A long text. " * 100)
    assert job.queue == "default"
    soon(lambda: is_done(job))
    assert started_before(job, alice) <= 2 * queue.TASKS_BY_RANK * WORKERS
    assert count_done(alice) < MANY - SHARE
