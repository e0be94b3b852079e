import re

import pytest
from django.db import OperationalError
from django.db.models import QuerySet

from accounts.actions import passwords
from config import VERSION, breaker, queue

pytestmark = pytest.mark.django_db
DOORS = ["/health", "/api/health"]


def beat(name):
    """As a living worker does."""
    queue.connection().set(queue.WORKER_KEYS + name, 1, ex=queue.HEARTBEAT_TTL_SECONDS)


@pytest.fixture
def worker(redis):
    beat("speech-one")


@pytest.fixture
def no_database(monkeypatch):
    def fail(rows):
        raise OperationalError("the secret address of the server")

    monkeypatch.setattr(QuerySet, "exists", fail)


@pytest.mark.parametrize("door", DOORS)
def test_healthy(client, worker, settings, door):
    answer = client.get(door)
    report = answer.json()
    assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z", report.pop("timestamp"))
    assert report.pop("engines")["piper"] in ("on", "off")
    assert answer.status_code == 200
    assert report == {
        "status": "healthy",
        "service": "echodesk",
        "version": VERSION,
        "database": {"status": "up", "engine": "mongodb" if settings.MONGODB_URI else "sqlite"},
        "queue": {"status": "up", "workers": 1, "queued": 0},
        "storage": {"status": "up"},
    }


@pytest.mark.parametrize("door", DOORS)
def test_degraded_while_redis_is_away(client, door):
    answer = client.get(door)
    assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
    assert answer.json()["queue"] == {"status": "down", "workers": None, "queued": None}


def test_degraded_without_a_worker(client, redis):
    report = client.get("/health").json()
    assert report["status"] == "degraded"
    assert report["queue"] == {"status": "no workers", "workers": 0, "queued": 0}


def test_degraded_when_only_network_workers_live(client, redis):
    beat("network-one")
    beat("network-two")
    report = client.get("/health").json()
    assert report["status"] == "degraded"
    assert report["queue"] == {"status": "no speech workers", "workers": 2, "queued": 0}


def test_degraded_while_a_mail_waits_for_a_network_worker(client, worker, alice):
    passwords.ask_reset(email=alice.email, address="127.0.0.1")
    report = client.get("/health").json()
    assert report["status"] == "degraded"
    assert report["queue"] == {"status": "no network workers", "workers": 1, "queued": 1}
    beat("network-one")
    report = client.get("/health").json()
    assert report["status"] == "healthy"
    assert report["queue"] == {"status": "up", "workers": 2, "queued": 1}


def test_tasks_that_wait_are_counted_in_all_queues(client, worker, job):
    passwords.ask_reset(email=job.user.email, address="127.0.0.1")
    assert client.get("/health").json()["queue"]["queued"] == 2


@pytest.fixture
def journal(settings):
    """The folder in which the desk keeps what comes in while the database is away."""
    return settings.JOURNAL_DIR


@pytest.mark.parametrize("door", DOORS)
def test_degraded_while_the_journal_takes_what_comes_in(client, worker, no_database, journal, door):
    for _ in range(2):
        answer = client.get(door)
        assert (answer.status_code, answer.json()["status"]) == (200, "degraded")
        assert answer.json()["database"]["status"] == "down"
        assert "secret" not in answer.content.decode()
    assert not list(journal.iterdir())


@pytest.mark.parametrize("door", DOORS)
def test_unhealthy_without_a_database_and_a_journal(client, worker, no_database, journal, door):
    journal.rmdir()
    answer = client.get(door)
    assert (answer.status_code, answer.json()["status"]) == (503, "unhealthy")
    assert answer.json()["database"]["status"] == "down"
    assert "secret" not in answer.content.decode()


def test_a_journal_does_not_stand_in_for_the_storage(client, worker, journal, settings):
    settings.MEDIA_ROOT.write_text("a file where the folder should be")
    assert client.get("/health").json()["status"] == "unhealthy"


@pytest.mark.django_db(transaction=True)  # a look that fails closes the connection
def test_a_database_that_is_known_to_be_away_is_not_asked(client, worker, journal, outage):
    outage.begin()
    client.get("/health")
    asked = outage.questions
    for _ in range(3):
        assert client.get("/health").json()["status"] == "degraded"
    assert outage.questions == asked
    outage.end()
    assert client.get("/health").json()["status"] == "healthy"


def test_a_look_finds_out_that_the_database_is_away(client, journal, outage):
    outage.begin()
    client.get("/health")
    assert breaker.is_open()


def test_unhealthy_without_a_storage(client, worker, settings):
    settings.MEDIA_ROOT.write_text("a file where the folder should be")
    answer = client.get("/health")
    assert (answer.status_code, answer.json()["storage"]) == (503, {"status": "down"})


@pytest.mark.parametrize("door", DOORS)
def test_head_answers_as_get_does_without_the_body(client, worker, door):
    answer = client.head(door)
    assert (answer.status_code, answer.content) == (200, b"")


@pytest.mark.parametrize("door", DOORS)
def test_nothing_else_is_taken(client, door):
    answer = client.post(door)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == {"GET", "HEAD"}
    assert answer.json()["code"] == "method_not_allowed"


def test_a_bad_credential_does_not_matter(client, worker):
    assert client.get("/health", headers={"authorization": "Bearer nonsense"}).status_code == 200
