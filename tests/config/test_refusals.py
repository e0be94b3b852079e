import errno
import html
import sqlite3
import ssl
from contextlib import closing

import pytest
from django.db import DatabaseError, OperationalError
from django.db.models import QuerySet
from django.test import Client
from pymongo.errors import ServerSelectionTimeoutError

from config.errors import DISK_FULL, NOT_WRITTEN
from config.refusals import outage
from jobs.models import JobQuerySet

pytestmark = pytest.mark.django_db
BROWSER = {"accept": "text/html,application/xhtml+xml"}
API_PATHS = ["/api/nothing", "/tts/nothing", "/auth/nothing", "/webhook/nothing"]


@pytest.mark.parametrize("path", API_PATHS)
def test_an_unknown_address_of_the_api_is_json(client, path):
    for answer in (client.get(path), client.post(path), client.get(path, headers=BROWSER)):
        assert answer.status_code == 404
        assert answer.json() == {
            "detail": "There is nothing at this address, or it isn't yours.",
            "code": "not_found",
        }


@pytest.mark.parametrize("path", ["/nothing", "/apis/nothing", "/jobs/1/nothing"])
def test_an_unknown_address_elsewhere_is_a_page(client, path):
    answer = client.get(path)
    assert answer.status_code == 404
    assert b"Nothing is here" in answer.content


@pytest.mark.parametrize(
    ("method", "path", "allowed"),
    [
        ("put", "/api/jobs", "GET, HEAD, POST"),
        ("get", "/api/login", "POST"),
        ("delete", "/api/voices/demo", "GET, HEAD"),
    ],
)
def test_a_method_that_is_not_taken_is_json_with_allow(api, alice, method, path, allowed):
    answer = getattr(api(alice), method)(path)
    assert answer.status_code == 405
    assert set(answer.headers["Allow"].split(", ")) == set(allowed.split(", "))
    assert answer.json() == {"detail": f"Use {answer.headers['Allow']} here.", "code": "method_not_allowed"}


def test_head_answers_as_get_does_without_the_body(api, alice, job):
    for path in ("/api/jobs", f"/api/jobs/{job.pk}", "/api/voices", "/voices"):
        answer, full = api(alice).head(path), api(alice).get(path)
        assert (answer.status_code, answer.content) == (200, b"")
        assert answer.headers["Content-Type"] == full.headers["Content-Type"]
    assert Client().head("/api/jobs").status_code == 401
    assert api(alice).head("/api/login").status_code == 405


def test_a_wrong_query_says_which_parameter(api, alice):
    answer = api(alice).get("/api/jobs?limit=0")
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["query", "limit"]
    assert answer.json()["detail"] == "limit: Input should be greater than or equal to 1."


def test_signed_out_pages_lead_to_sign_in_and_htmx_too(client):
    assert client.get("/jobs", headers=BROWSER).url == "/login?next=/jobs"
    htmx = {"hx-request": "true", "hx-current-url": "http://testserver/jobs?q=sun"}
    assert client.post("/jobs/1/cancel", headers=htmx).headers["HX-Redirect"] == "/login?next=/jobs%3Fq%3Dsun"
    assert client.post("/jobs/1/cancel", headers=BROWSER).url == "/login"


def away_errors():
    """What the two databases raise while they are away."""
    mongodb = DatabaseError()
    mongodb.__cause__ = ServerSelectionTimeoutError("db.secret.example:27017: timed out")
    return [OperationalError("unable to open /secret"), mongodb]


def failing(error):
    def fail(*args, **kwargs):
        raise error

    return fail


def assert_away(answer):
    assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
    assert b"The database is away. Try again in a few seconds." in answer.content
    assert b"secret" not in answer.content


@pytest.mark.parametrize("error", away_errors(), ids=["sqlite", "mongodb"])
def test_a_database_that_goes_away_is_503(api, page, alice, monkeypatch, error):
    doors = api(alice), page(alice)
    monkeypatch.setattr(JobQuerySet, "owned_by", failing(error))
    for client in doors:
        client.raise_request_exception = False
    assert_away(doors[0].get("/api/jobs"))
    assert_away(doors[1].get("/jobs"))


@pytest.mark.parametrize("error", away_errors(), ids=["sqlite", "mongodb"])
def test_without_a_database_not_even_the_session_can_be_read(api, page, alice, monkeypatch, error):
    doors = api(alice), page(alice)
    monkeypatch.setattr(QuerySet, "_fetch_all", failing(error))
    monkeypatch.setattr(QuerySet, "exists", failing(error))
    for client in doors:
        client.raise_request_exception = False
    assert_away(doors[0].get("/api/jobs"))
    assert_away(doors[1].get("/jobs"))
    assert_away(doors[1].get("/api/jobs"))
    assert_away(doors[1].post("/login"))


@pytest.mark.parametrize("number", ["ENOSPC", "EDQUOT", "EROFS", "EACCES", "EPERM", "EIO", "ESTALE"])
def test_a_disk_that_takes_nothing_is_503_and_in_the_log(api, page, alice, monkeypatch, caplog, number):
    doors = api(alice), page(alice)
    monkeypatch.setattr(JobQuerySet, "owned_by", failing(OSError(getattr(errno, number), "why", "/secret")))
    for client, path in zip(doors, ("/api/jobs", "/jobs"), strict=True):
        answer = client.get(path)
        assert (answer.status_code, answer.headers["Retry-After"]) == (503, "5")
        sentence = DISK_FULL if number in ("ENOSPC", "EDQUOT") else NOT_WRITTEN
        assert sentence in html.unescape(answer.text)
        assert "secret" not in answer.text
    assert "why: '/secret'" in caplog.text


@pytest.mark.parametrize("error", [ssl.SSLError(1, "TLS"), FileNotFoundError(2, "none"), OSError("no number"), None])
def test_other_errors_are_no_outage(error):
    assert outage(error) is None


def test_a_database_without_room_says_that_the_disk_is_full():
    with closing(sqlite3.connect(":memory:")) as database, pytest.raises(OperationalError) as caught:
        database.execute("PRAGMA max_page_count = 1")
        try:
            database.execute("CREATE TABLE words (word)")
        except sqlite3.OperationalError as error:
            raise OperationalError("database or disk is full") from error
    assert outage(caught.value).message == DISK_FULL


def test_an_unexpected_error_is_500_without_details(api, page, alice, monkeypatch):
    monkeypatch.setattr(JobQuerySet, "owned_by", failing(KeyError("the secret")))
    doors = api(alice), page(alice)
    for client in doors:
        client.raise_request_exception = False
    answer = doors[0].get("/api/jobs")
    assert (answer.status_code, answer.json()["code"]) == (500, "broken")
    assert b"secret" not in answer.content
    answer = doors[1].get("/jobs")
    assert answer.status_code == 500
    assert b"Something broke here" in answer.content
    assert b"secret" not in answer.content


@pytest.mark.parametrize("body", ["[]", "null", "5", '"name"', "NaN", '[{"name": "Gull"}]'])
def test_a_body_that_is_no_object_is_422(api, alice, voice_model, echo, body):
    doors = [
        ("post", "/api/jobs"),
        ("patch", f"/api/voice-models/{voice_model.pk}"),
        ("patch", f"/api/echos/{echo.pk}"),
    ]
    for method, path in doors:
        answer = getattr(api(alice), method)(path, body, "application/json")
        assert (answer.status_code, answer.json()["code"]) == (422, "invalid")
        assert answer.json()["detail"] == "Send a JSON object: names and values in braces."
