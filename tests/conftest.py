"""The cast and the doors. Alice owns it, Bob is staff, Charlie must see nothing."""

import gc
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as project_settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.core.files.storage import default_storage
from django.db import connection
from django.test import Client
from environs import Env

from accounts import remembered, tokens
from accounts.actions import users
from accounts.models import User
from accounts.models.people import SampleTeams
from config import breaker, limits, queue, sharing, streaming
from config import env as environment
from jobs import actions as jobs
from jobs.listening import progress
from jobs.models import Job
from leads.journal import writer
from leads.notices import marks
from tests.away import outage
from tests.installation import Shared, Site
from tests.isolation import empty_tables_after_tests
from tests.leads.whatsapp import chat_stub
from tests.redis_server import RedisServer
from tests.voices.models import make_echo, make_model
from tests.voices.piper_catalogue_stub import Stub, serving
from voices import samples
from voices.actions import voices
from voices.engines import transfer
from voices.models import Echo, Voice, VoiceModel

PASSWORD = "sea breeze 42"
INSTALLATIONS = {"manage", "place"}  # the fixtures that start one; `site` shares one
installed = Shared()

__all__ = ["outage"]

empty_tables_after_tests()
gc.disable()  # until all is imported


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Whole installations, which take longest, begin first, not last: no process waits for another's at the end."""
    items.sort(key=lambda item: ("site" not in item.fixturenames, not INSTALLATIONS.intersection(item.fixturenames)))


def pytest_runtest_setup(item: pytest.Item) -> None:
    if "site" not in item.fixturenames:
        installed.end()


def pytest_sessionfinish() -> None:
    installed.end()


def pytest_collection_finish() -> None:
    """What was imported stays; to look through it again and again takes a fifth of the tests' time."""
    gc.freeze()
    gc.enable()


@pytest.fixture(scope="session")
def django_db_modify_db_settings(request: pytest.FixtureRequest) -> None:
    """Processes that run tests side by side share a MongoDB; the SQLite file of each lies in its own VAR_DIR."""
    if connection.vendor == "mongodb":
        request.getfixturevalue("django_db_modify_db_settings_parallel_suffix")


@pytest.fixture(autouse=True)
def var_dir(settings: pytest.FixtureRequest, tmp_path: Path) -> Path:
    """Files of each test lie in a folder of its own."""
    settings.MEDIA_ROOT = tmp_path / "media"
    settings.PIPER_VOICES_DIR = tmp_path / "voices"
    settings.JOURNAL_DIR = tmp_path.with_name(f"{tmp_path.name}-journal")
    settings.JOURNAL_DIR.mkdir()
    return tmp_path


@pytest.fixture(autouse=True)
def fresh_memory() -> None:
    """What this process remembers of limits, outages and credentials is of no test before.

    It has looked for sample teams and won't again, unless a test says so: no page costs a query more than the last one.
    """
    limits.in_process.cache_clear()
    for away in (limits.away, progress.away, remembered.away, marks.away):
        away.end()
    remembered.memory.grants.clear()
    SampleTeams.seen, SampleTeams.seen_until = frozenset(), float("inf")


@pytest.fixture(autouse=True)
def fresh_places(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that the test before left open holds a place until it is collected; not one of these."""
    monkeypatch.setattr(streaming, "places", threading.BoundedSemaphore(streaming.PLACES))


@pytest.fixture(autouse=True)
def fresh_journal() -> Iterator[None]:
    """No test writes on in the files of the one before."""
    yield
    writer.begin_anew()


@pytest.fixture(autouse=True)
def closed_breaker() -> Iterator[None]:
    """The database is asked, whatever the test before has found."""
    yield
    breaker.close()


def make_user(name: str, **fields: bool) -> User:
    return users.create_user(email=f"{name}@example.com", password=PASSWORD, name=name.title(), **fields)


@pytest.fixture
def alice(db: None) -> User:
    return make_user("alice")


@pytest.fixture
def bob(db: None) -> User:
    return make_user("bob", is_superuser=True)


@pytest.fixture
def charlie(db: None) -> User:
    return make_user("charlie")


@pytest.fixture
def page() -> Callable[[User], Client]:
    """A browser in which a user is signed in, as by `force_login`, with a third of its questions to the database."""

    def signed_in(user: User) -> Client:
        client = Client(headers={"accept": "text/html"})
        session = SessionStore()
        session[SESSION_KEY] = user.pk
        session[BACKEND_SESSION_KEY] = project_settings.AUTHENTICATION_BACKENDS[0]
        session[HASH_SESSION_KEY] = user.get_session_auth_hash()
        session.save()
        client.cookies[project_settings.SESSION_COOKIE_NAME] = session.session_key
        return client

    return signed_in


@pytest.fixture
def api() -> Callable[[User], Client]:
    """A client of the JSON API with a user's token."""
    return lambda user: Client(headers={"authorization": f"Bearer {tokens.issue(user)}", "accept": "application/json"})


@pytest.fixture(scope="session")
def described() -> list[dict[str, Any]]:
    """The OpenAPI document, once it has been asked for."""
    return []


@pytest.fixture
def openapi(db: None, described: list[dict[str, Any]]) -> dict[str, Any]:
    """The API as clients see it. It takes a second to be made: made once for all tests, none of which may change it."""
    if not described:
        described.append(Client().get("/api/openapi.json").json())
    return described[0]


@pytest.fixture(scope="session")
def spoken() -> dict[str, bytes]:
    """The samples that voices have spoken, by the versions of their files."""
    return {}


@pytest.fixture
def demo(db: None, spoken: dict[str, bytes]) -> Voice:
    """The bundled voice, in the catalogue. It speaks its sample once for all tests: that takes longer than most."""
    speak = samples.make_sample

    def sample(voice: Voice) -> bytes:
        if voice.version not in spoken:
            spoken[voice.version] = speak(voice)
        return spoken[voice.version]

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(samples, "make_sample", sample)
        voices.sync_voices(lambda line: None)
    return Voice.objects.get(voice_id="en_US-demo-low")


@pytest.fixture
def voice_model(alice: User) -> VoiceModel:
    """A trained voice model of Alice's."""
    return make_model(alice)


@pytest.fixture
def echo(alice: User) -> Echo:
    """An echo of Alice's, without a voice of its own."""
    return make_echo(alice)


@pytest.fixture
def piper(settings: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[Stub]:
    """A stand-in for the server from which voices are downloaded."""
    monkeypatch.setattr(transfer, "RETRY_SECONDS", 0.0)
    monkeypatch.setattr(transfer, "READ_SECONDS", 5.0)
    with serving() as stub:
        settings.PIPER_CATALOGUE_URL = stub.list
        yield stub


@pytest.fixture
def job(alice: User, demo: Voice) -> Job:
    """A queued job of Alice's."""
    return jobs.start_job(by=alice, text="Ropes creak. A gull complains.")


@pytest.fixture
def finished(job: Job) -> Job:
    jobs.run_job(job=job)
    job.refresh_from_db()
    return job


@pytest.fixture(scope="session")
def language_model() -> Iterator[chat_stub.ChatStub]:
    """The language model of the installation that runs."""
    with chat_stub.serving() as stub:
        yield stub


@pytest.fixture(scope="module")
def site(tmp_path_factory: pytest.TempPathFactory, language_model: chat_stub.ChatStub) -> Site:
    """An installation that runs, and keeps no sentences."""
    settings = {"LLM_BASE_URL": language_model.url, "LLM_API_KEY": chat_stub.KEY, "LLM_MODEL": chat_stub.MODEL}
    settings |= {"RATE_SPEECH": "1000/m", "SPEECH_CACHE_MB": "0"}
    return installed.get(lambda: tmp_path_factory.mktemp("site"), **settings)


@pytest.fixture(scope="session")
def s3_server() -> Iterator[str]:
    """The address of an S3 on loopback."""
    from moto.server import ThreadedMotoServer  # takes a second to import

    server = ThreadedMotoServer("127.0.0.1", 0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"http://{host}:{port}"
    server.stop()


@pytest.fixture
def s3(s3_server: str, settings: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    """Files lie in a bucket; the address of its server."""
    for name, value in (("ACCESS_KEY_ID", "someone"), ("SECRET_ACCESS_KEY", "secret"), ("REGION", "us-east-1")):
        monkeypatch.setenv(f"S3_{name}", value)
    settings.STORAGES = settings.STORAGES | {"default": environment.storage(Env(), "echodesk", s3_server)}
    default_storage.bucket.create()
    yield s3_server
    default_storage.bucket.objects.all().delete()
    default_storage.bucket.delete()


@pytest.fixture
def redis() -> Iterator[RedisServer]:
    """A running Redis; without this fixture it is away."""
    server = RedisServer()
    server.start()
    sharing.workers_at.cache_clear()
    yield server
    server.stop()
    queue.connection().connection_pool.disconnect()
