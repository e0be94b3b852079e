"""A running installation to measure, and a client of it."""

import http.client
import json
import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.benchmarks.heavy_voice import DEMO, HEAVY, make_heavy_voice
from tests.installation import Place, new_place, running
from voices.engines.piper_files import DEMO_DIR

EMAIL, PASSWORD = "bench@example.com", "sea breeze 42"
PAUSE_SECONDS = 5


class Connection(http.client.HTTPConnection):
    """Is opened anew after a pause, in which the server has closed it."""

    used = 0.0

    def request(self, *args: Any, **kwargs: Any) -> None:
        if time.monotonic() - self.used > PAUSE_SECONDS:
            self.close()
        self.used = time.monotonic()
        super().request(*args, **kwargs)


class Caller:
    """Calls the API over one connection, as a client library does."""

    def __init__(self, place: Place) -> None:
        self.connection = Connection("127.0.0.1", int(place["PORT"]), timeout=60)
        self.headers: dict[str, str] = {}
        token = self.json("POST", "/api/login", {"email": EMAIL, "password": PASSWORD})["token"]
        self.headers = {"Authorization": f"Bearer {token}"}

    def call(self, method: str, path: str, body: dict[str, Any] | None = None) -> bytes:
        self.connection.request(method, path, json.dumps(body) if body else None, self.headers)
        answer = self.connection.getresponse()
        content = answer.read()
        assert answer.status < 300, content
        return content

    def json(self, method: str, path: str, body: dict[str, Any] | None = None) -> dict[str, Any]:
        return json.loads(self.call(method, path, body))


@contextmanager
def folder_of(folders: pytest.TempPathFactory, name: str) -> Iterator[Path]:
    """A folder that goes with the block: pytest would keep its gigabytes for three runs."""
    folder = folders.mktemp(name)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def furnished(folders: pytest.TempPathFactory, **settings: str) -> Iterator[Place]:
    """The environment of an installation, with these settings beside those that every benchmark needs."""
    with folder_of(folders, "var") as folder, new_place(folder) as place:
        place |= {"ADMIN_EMAIL": EMAIL, "ADMIN_PASSWORD": PASSWORD, "RATE_SPEECH": "off", "LOG_LEVEL": "WARNING"}
        yield place | settings


@contextmanager
def studio(folders: pytest.TempPathFactory, **settings: str) -> Iterator[Place]:
    """The same, running."""
    with furnished(folders, **settings) as place, running(place):
        yield place


@pytest.fixture(scope="session")
def models(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[str, Path]]:
    """The demo voice, and the heavy one in a folder of its own."""
    with folder_of(tmp_path_factory, "voices") as folder:
        yield {DEMO: DEMO_DIR / f"{DEMO}.onnx", HEAVY: make_heavy_voice(folder)}


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory, models: dict[str, Path]) -> Iterator[Caller]:
    with studio(tmp_path_factory, PIPER_VOICES_DIR=str(models[HEAVY].parent)) as place:
        caller = Caller(place)
        yield caller
        caller.connection.close()
