"""How many characters of one account may wait."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config.errors import TooMany
from jobs import actions
from jobs.actions import room
from jobs.models import Job


@pytest.fixture(autouse=True)
def small(settings):
    settings.QUEUE_CHARACTERS = 100


@pytest.fixture
def nearly_full(alice, demo):
    """A job of Alice's that leaves room for ten characters."""
    return actions.start_job(by=alice, text="a" * 90)


def assert_full(answer):
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    body = answer.json()
    assert body["code"] == "queue_full"
    assert body["detail"].startswith("90 characters of yours are waiting to be spoken; with 11 more ")
    assert "cancel some, then try again." in body["detail"]


def test_up_to_the_limit_is_taken_and_no_more(api, alice, charlie, nearly_full):
    client = api(alice)
    assert_full(client.post("/api/jobs", {"text": "b" * 11}, "application/json"))
    assert client.post("/api/jobs", {"text": "b" * 10}, "application/json").status_code == 202
    assert client.post("/api/jobs", {"text": "b"}, "application/json").status_code == 429
    assert api(charlie).post("/api/jobs", {"text": "b" * 100}, "application/json").status_code == 202


@pytest.mark.parametrize("status", ["completed", "failed", "cancelled"])
def test_what_has_ended_does_not_count(alice, nearly_full, status):
    nearly_full.move(["queued"], status)
    assert actions.start_job(by=alice, text="b" * 100).characters == 100


def test_what_is_being_made_counts(alice, nearly_full):
    nearly_full.move(["queued"], "processing")
    with pytest.raises(TooMany):
        actions.start_job(by=alice, text="b" * 11)


def test_a_refusal_uses_up_no_number_and_none_of_the_rate(alice, nearly_full, settings):
    settings.RATES = settings.RATES | {"speech": "2/m"}
    for _ in range(3):
        with pytest.raises(room.QueueFull):
            actions.start_job(by=alice, text="b" * 11)
    assert actions.start_job(by=alice, text="b" * 10).job_id == 2


def test_a_text_longer_than_the_limit_never_fits(api, alice, demo):
    answer = api(alice).post("/api/jobs", {"text": "b" * 101}, "application/json")
    assert (answer.status_code, answer.json()["code"]) == (429, "queue_full")
    assert answer.json()["detail"].endswith("at most 100 of yours may wait. Send fewer at once.")


def test_what_is_tried_again_counts(api, alice, nearly_full):
    other = Job.objects.get()
    actions.cancel_job(by=alice, job=other)
    actions.start_job(by=alice, text="b" * 11)
    answer = api(alice).post(f"/api/jobs/{other.pk}/retry")
    assert (answer.status_code, answer.json()["code"]) == (429, "queue_full")
    other.refresh_from_db()
    assert other.status == "cancelled"


def test_older_clients_are_told(api, alice, nearly_full):
    assert_full(api(alice).post("/tts/jobs", {"text": "b" * 11}, "application/json"))


def test_openai_clients_are_told_in_their_shape(api, alice, nearly_full):
    answer = api(alice).post(
        "/v1/audio/speech", {"model": "tts-1", "input": "b" * 11, "voice": "demo"}, "application/json"
    )
    assert (answer.status_code, answer.headers["Retry-After"]) == (429, "60")
    error = answer.json()["error"]
    assert (error["code"], error["type"], error["param"]) == ("queue_full", "rate_limit_error", None)


def test_the_page_says_so_and_keeps_the_text(page, alice, nearly_full):
    text = "b" * 11
    answer = page(alice).post("/speak", {"text": text, "voice_id": "en_US-demo-low", "speed": "1.0", "format": "wav"})
    assert (answer.status_code, f"{text}</textarea>" in answer.content.decode()) == (200, True)
    assert b"with 11 more they would be over the limit of 100" in answer.content


def test_the_page_of_a_job_says_so(page, alice, nearly_full):
    actions.cancel_job(by=alice, job=nearly_full)
    actions.start_job(by=alice, text="b" * 11)
    answer = page(alice).post(f"/jobs/{nearly_full.job_id}/retry", follow=True)
    assert b"cancel some, then try again" in answer.content


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads SQLite's plan")
def test_what_waits_is_summed_along_an_index_beside_any_number_of_finished_jobs(alice, nearly_full):
    with CaptureQueriesContext(connection) as queries:
        room.check(alice, characters=1)
    (query,) = queries.captured_queries
    with connection.cursor() as cursor:
        plan = [row[3] for row in cursor.execute(f"EXPLAIN QUERY PLAN {query['sql']}").fetchall()]
    assert plan == ["SEARCH jobs USING INDEX jobs_of_user_by_status (user_id=? AND status=?)"]
