"""A running installation to measure, and a client of it."""

import http.client
import json
from collections.abc import Iterator
from typing import Any

import pytest

from tests.installation import Place, new_place, running

EMAIL, PASSWORD = "bench@example.com", "sea breeze 42"


class Caller:
    """Calls the API over one connection, as a client library does."""

    def __init__(self, place: Place) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", int(place["PORT"]), timeout=60)
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


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Caller]:
    with new_place(tmp_path_factory.mktemp("var")) as place:
        place |= {"ADMIN_EMAIL": EMAIL, "ADMIN_PASSWORD": PASSWORD, "RATE_SPEECH": "off"}
        with running(place):
            caller = Caller(place)
            yield caller
            caller.connection.close()
