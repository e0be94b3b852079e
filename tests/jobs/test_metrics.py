"""The figures as Prometheus reads them, and who may."""

import datetime as dt

import pytest
from django.db import OperationalError
from prometheus_client.parser import text_string_to_metric_families

from accounts.actions import keys
from config import queue, times
from jobs import actions
from jobs.models import Job, JobQuerySet
from tests.jobs.endings import beat, completed, ended

TOKEN = "kJ8-scrape-me-q2Vx7Lr0Zt5Wm9Yb3Nd"


@pytest.fixture
def token(settings):
    settings.METRICS_TOKEN = TOKEN
    return {"authorization": f"Bearer {TOKEN}"}


class Samples(dict):
    """By a sample's name and the values of its labels, in any order."""

    def __getitem__(self, key):
        return super().__getitem__((key[0], *sorted(key[1:])))


def read(client, **headers):
    """What Prometheus's own parser reads."""
    answer = client.get("/metrics", headers=headers)
    assert answer.status_code == 200, answer.content
    assert answer.headers["Content-Type"].startswith("text/plain; version=")
    families = text_string_to_metric_families(answer.content.decode())
    return Samples(
        ((sample.name.removeprefix("echodesk_"), *sorted(sample.labels.values())), sample.value)
        for family in families
        for sample in family.samples
    )


def test_prometheus_reads_what_has_ended(client, token, redis, job):
    completed(job, queued=0.3)
    completed(job, queued=3.0, duration=20.0)
    ended(job, status="failed", cause="disk")
    figure = read(client, **token)
    assert figure["jobs_total", "completed", "interactive"] == 2
    assert figure["jobs_total", "failed", "interactive"] == 1
    assert figure["job_failures_total", "disk"] == 1
    assert figure["speech_seconds_total", "piper"] == 30
    assert figure["synthesis_seconds_total", "piper"] == 1
    assert figure["characters_total", "piper"] == 2 * job.characters
    assert figure["job_wait_seconds_bucket", "interactive", "0.2"] == 0
    assert figure["job_wait_seconds_bucket", "interactive", "0.5"] == 1
    assert figure["job_wait_seconds_bucket", "interactive", "+Inf"] == 2
    assert figure["job_wait_seconds_count", "interactive"] == 2
    assert figure["job_wait_seconds_sum", "interactive"] == pytest.approx(3.3)
    assert figure["job_real_time_factor_bucket", "piper", "0.05"] == 2
    assert figure["redis_up",] == figure["database_up",] == 1


def test_prometheus_reads_the_queues(client, token, redis, alice, job):
    Job.objects.filter(pk=job.pk).update(created_at=times.now() - dt.timedelta(seconds=90))
    actions.start_job(by=alice, text="Long. " * 200)
    figure = read(client, **token)
    waiting = {name[1]: value for name, value in figure.items() if name[0] == "queue_waiting_jobs"}
    assert waiting == dict.fromkeys(queue.QUEUES, 0) | {"interactive": 1, "default": 1}
    tasks = {name[1]: value for name, value in figure.items() if name[0] == "queue_tasks"}
    assert tasks == waiting
    assert 90 <= figure["queue_oldest_job_seconds", "interactive"] < 120
    assert figure["queue_oldest_job_seconds", "bulk"] == 0


def test_prometheus_reads_the_workers(client, token, redis, db):
    said = {"task": Job.task, "row": "0" * 24, "tasks": 5, "crashes": 1, "busy_seconds": 7.5, "memory_bytes": 9_000}
    beat("speech-a-1", **said, jobs_completed=3, jobs_failed=2, voices=["one", "two"])
    beat("network-a-2")
    figure = read(client, **token)
    speech, network = ("speech-a-1", "speech"), ("network-a-2", "network")
    assert (figure["worker_busy", *speech], figure["worker_busy", *network]) == (1, 0)
    assert figure["worker_tasks_total", *speech] == 5
    assert figure["worker_crashes_total", *speech] == 1
    assert figure["worker_jobs_total", *speech, "completed"] == 3
    assert figure["worker_jobs_total", *speech, "failed"] == 2
    assert figure["worker_busy_seconds_total", *speech] == 7.5
    assert figure["worker_memory_bytes", *speech] == 9_000
    assert figure["worker_voices", *speech] == 2
    assert 0 <= figure["worker_silent_seconds", *speech] < 5


def test_with_redis_away_prometheus_still_learns_what_waits(client, token, job):
    figure = read(client, **token)
    assert (figure["redis_up",], figure["queue_waiting_jobs", "interactive"]) == (0, 1)
    assert not [name for name in figure if name[0].startswith(("queue_tasks", "jobs", "worker"))]


def test_with_the_database_away_prometheus_still_learns_the_rest(client, token, redis, job, monkeypatch):
    completed(job)

    def fail(rows):
        raise OperationalError("no server")

    monkeypatch.setattr(JobQuerySet, "waiting_by_queue", fail)
    figure = read(client, **token)
    assert (figure["database_up",], figure["jobs_total", "completed", "interactive"]) == (0, 1)
    assert not [name for name in figure if name[0].startswith("queue_waiting")]


def test_open_metrics_for_who_asks_for_it(client, token, redis, job):
    completed(job)
    answer = client.get("/metrics", headers=token | {"accept": "application/openmetrics-text; version=1.0.0"})
    assert answer.headers["Content-Type"].startswith("application/openmetrics-text")
    assert answer.content.endswith(b"# EOF\n")


# Who may read them


@pytest.mark.parametrize("sent", ["Bearer nonsense", f"Bearer {TOKEN}x", f"Bearer {TOKEN[:-1]}", f"Basic {TOKEN}", "é"])
def test_a_wrong_token_is_refused(client, db, token, sent):
    answer = client.get("/metrics", headers={"authorization": sent})
    assert (answer.status_code, answer.json()["code"]) == (401, "not_signed_in")


def test_the_token_is_compared_in_constant_time(client, token, monkeypatch):
    compared = []
    monkeypatch.setattr("jobs.api.metrics.constant_time_compare", lambda *both: compared.append(both) or False)
    assert client.get("/metrics", headers=token).status_code == 401
    assert compared == [(TOKEN, TOKEN)]


@pytest.mark.parametrize("sent", ["Bearer ", "Bearer"])
def test_without_the_setting_no_token_opens_it(client, settings, sent):
    settings.METRICS_TOKEN = ""
    assert client.get("/metrics", headers={"authorization": sent}).status_code == 401


def test_staff_read_it_by_token_session_and_key(api, page, client, bob):
    _, key = keys.create_key(by=bob, name="Grafana", scopes=["read"])
    answers = [api(bob).get("/metrics"), page(bob).get("/metrics"), client.get("/metrics", headers={"x-api-key": key})]
    assert [answer.status_code for answer in answers] == [200, 200, 200]


def test_others_do_not(api, page, client, alice, charlie, token):
    answers = [client.get("/metrics"), api(alice).get("/metrics"), page(charlie).get("/metrics")]
    assert [(answer.status_code, answer.json()["code"]) for answer in answers] == [
        (401, "not_signed_in"),
        (403, "not_allowed"),
        (403, "not_allowed"),
    ]


def test_nothing_else_is_taken(client, token):
    assert client.post("/metrics", headers=token).status_code == 405


def test_neither_looks_at_jobs_that_have_ended(page, client, token, redis, bob, job, django_assert_max_num_queries):
    actions.run_job(job=job)
    with django_assert_max_num_queries(1) as asked:
        assert client.get("/metrics", headers=token).status_code == 200
    assert "QUEUED" in asked.captured_queries[0]["sql"].upper()
