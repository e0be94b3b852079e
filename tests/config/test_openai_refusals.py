"""Whatever goes wrong under /v1 is told in the shape that OpenAI's clients read."""

import pytest
from django.db import OperationalError
from django.test import Client

from voices.models import VoiceQuerySet

pytestmark = pytest.mark.django_db
LIST = "/v1/audio/voices"


def assert_shape(answer, status, kind, code):
    assert answer.status_code == status, answer.content
    assert set(answer.json()) == {"error"}
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert (error["type"], error["code"], error["param"]) == (kind, code, None)
    assert error["message"].endswith(".")


@pytest.mark.parametrize("path", ["/v1", "/v1/", "/v1/nothing", "/v1/audio/speech/"])
def test_an_unknown_address(client, path):
    for answer in (client.get(path), client.post(path), client.get(path, headers={"accept": "text/html"})):
        assert_shape(answer, 404, "invalid_request_error", "not_found")


def test_an_address_that_only_looks_like_it(client):
    for path in ("/v10", "/v1x/models"):
        assert b"Nothing is here" in client.get(path).content
    assert set(client.get("/api/v1/nothing").json()) == {"detail", "code"}


def test_a_method_that_is_not_taken(api, alice):
    answer = api(alice).delete(LIST)
    assert_shape(answer, 405, "invalid_request_error", "method_not_allowed")
    assert answer.headers["Allow"] == "GET, HEAD"


def test_no_credential(client):
    assert_shape(client.get(LIST), 401, "authentication_error", "not_signed_in")


def test_a_session_without_the_pages_token(alice):
    client = Client(enforce_csrf_checks=True)
    client.force_login(alice)
    assert_shape(client.post("/v1/audio/speech"), 403, "permission_error", "not_allowed")


def test_a_chunked_body(api, alice):
    answer = api(alice).post("/v1/audio/speech", headers={"transfer-encoding": "chunked"})
    assert_shape(answer, 411, "invalid_request_error", "length_needed")


def test_another_name_of_the_host(client):
    answer = client.get(LIST, headers={"host": "other.example"})
    assert_shape(answer, 400, "invalid_request_error", "refused")


@pytest.mark.parametrize(
    ("error", "status", "code"),
    [(OperationalError("away"), 503, "unavailable"), (KeyError("the secret"), 500, "broken")],
)
def test_what_breaks_here(api, alice, monkeypatch, error, status, code):
    def fail(*args, **kwargs):
        raise error

    monkeypatch.setattr(VoiceQuerySet, "matching", fail)
    client = api(alice)
    client.raise_request_exception = False
    answer = client.get(LIST)
    assert_shape(answer, status, "server_error", code)
    assert b"secret" not in answer.content
    assert ("Retry-After" in answer.headers) == (status == 503)
