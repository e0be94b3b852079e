"""A web process that starts while the database is away, as people run it."""

import http.client
import json
import os
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from email.message import Message

import pytest
from django.conf import settings

from accounts import remembered, tokens
from accounts.models import KEY_START, Scope, User, key_digest
from config.ids import new_id
from leads import records
from tests.away import silent_server
from tests.installation import ROOT, Place, free_port, soon

pytestmark = pytest.mark.skipif(bool(os.environ.get("MONGODB_URI")), reason="the same again: its database is away")
SECONDS = 10  # less than a database is waited for by whoever sets no end: half a minute
TEXT = f"{KEY_START}a key that was seen of late"
EVENT = {"session_id": "talk", "role": "user", "content": "Hello"}
DOORS = [
    ("POST", "/api/leads", {"name": "Ada", "email": "ada@acme.example", "company": "Acme", "interest": "Sails"}),
    ("POST", "/api/transcripts/events", EVENT),
    ("POST", "/api/sessions", {"session_id": "talk"}),
    ("PATCH", "/api/sessions/talk", {"metadata": {"mood": "fine"}}),
]


class Answer:
    def __init__(self, status: int, headers: Message, body: bytes, seconds: float) -> None:
        self.status, self.headers, self.body, self.seconds = status, headers, body, seconds

    def json(self) -> dict[str, object]:
        return json.loads(self.body)


def ask(place: Place, method: str, path: str, body: object = None, credential: str = "") -> Answer:
    headers = {"Authorization": f"Bearer {credential}"} if credential else {}
    start = time.monotonic()
    connection = http.client.HTTPConnection("127.0.0.1", int(place["PORT"]), timeout=30)
    try:
        connection.request(method, path, json.dumps(body), headers | {"Content-Type": "application/json"})
        response = connection.getresponse()
        return Answer(response.status, response.headers, response.read(), time.monotonic() - start)
    finally:
        connection.close()


def serves(place: Place) -> bool:
    try:
        return ask(place, "GET", "/api/nothing").status == 404
    except OSError:
        return False


@contextmanager
def web(place: Place) -> Iterator[None]:
    process = subprocess.Popen([sys.executable, "manage.py", "web"], cwd=ROOT, env=os.environ | place)
    try:
        soon(lambda: serves(place))
        yield
    finally:
        process.terminate()
        process.wait(timeout=30)


@pytest.fixture(params=["stopped", "hanging"])
def place(request, tmp_path, redis) -> Iterator[Place]:
    """An installation whose MongoDB is away from the beginning; Redis is there, with what it remembers."""
    with silent_server() as hanging:
        port = hanging if request.param == "hanging" else free_port()
        yield {
            "VAR_DIR": str(tmp_path / "var"),
            "JOURNAL_DIR": str(settings.JOURNAL_DIR),
            "PORT": str(free_port()),
            "WEB_PROCESSES": "1",
            "REDIS_URL": settings.REDIS_URL,
            "SECRET_KEY": settings.SECRET_KEY,
            "MONGODB_URI": f"mongodb://127.0.0.1:{port}/",
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }


@pytest.fixture
def user(redis) -> User:
    """Somebody who used a token and a key a moment ago, by way of another process."""
    user = User(pk=new_id(), team_id=new_id())
    remembered.remember(
        remembered.name_of_key(key_digest(TEXT)), remembered.Grant(user.pk, user.team_id, (Scope.DESK,))
    )
    return user


def journaled() -> list[records.Record]:
    files = settings.JOURNAL_DIR.glob("*.jsonl")
    return [records.read(line) for file in files for line in file.read_bytes().splitlines()]


def test_it_takes_what_comes_in_from_the_start(place: Place, user: User) -> None:
    token = tokens.issue(user)
    with web(place):
        for method, path, body in DOORS:
            answer = ask(place, method, path, body, TEXT)
            assert (answer.status, answer.json()["status"]) == (202, "journaled"), answer.body
            assert answer.seconds < SECONDS
        for method, path, body in (*DOORS, ("GET", "/api/jobs", None)):
            answer = ask(place, method, path, body, token)
            assert (answer.status, answer.headers["Retry-After"]) == (503, "5"), answer.body
        health = ask(place, "GET", "/health")
        assert (health.status, health.json()["status"]) == (200, "degraded")
        assert health.seconds < SECONDS
    assert {(record.team_id, record.by_id) for record in journaled()} == {(user.team_id, user.pk)}
    assert len(journaled()) == len(DOORS)
