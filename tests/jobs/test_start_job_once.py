"""The same request with the same `Idempotency-Key` starts its job once."""

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import OperationalError, connection
from django.test import Client

from accounts import tokens
from accounts.actions import idempotency
from accounts.models import IdempotencyKey
from config import limits, times
from config.errors import TooMany
from jobs import actions
from jobs.models import Job

TEXT = {"text": "Ropes creak."}
MINUTE = dt.timedelta(minutes=1)


@pytest.fixture
def post(api, alice):
    def ask(key="morning", data=TEXT, user=alice, client=None):
        client = client or api(user)
        return client.post("/api/jobs", data, "application/json", headers={"idempotency-key": key})

    return ask


def age(by):
    IdempotencyKey.objects.update(created_at=times.now() - by)


def code(answer):
    return answer.status_code, answer.json()["code"]


def test_the_first_answer_comes_again(post, alice, demo):
    first = post()
    actions.cancel_job(by=alice, job=Job.objects.get())
    second = post()
    assert (first.status_code, second.status_code, second.content) == (202, 202, first.content)
    assert second.headers["Location"] == first.headers["Location"] == f"/api/jobs/{first.json()['_id']}"
    assert second.headers["Content-Type"] == first.headers["Content-Type"]
    assert (first.headers.get("Idempotent-Replayed"), second.headers["Idempotent-Replayed"]) == (None, "true")
    assert Job.objects.count() == 1


def test_without_a_key_each_request_starts_a_job(api, alice, demo):
    for _ in range(2):
        assert api(alice).post("/api/jobs", TEXT, "application/json").status_code == 202
    assert (Job.objects.count(), IdempotencyKey.objects.count()) == (2, 0)


def test_another_body_is_told(post, demo):
    post()
    assert code(post(data=TEXT | {"format": "mp3"})) == (409, "idempotency_mismatch")
    assert Job.objects.count() == 1


def test_keys_of_other_people_are_others(post, charlie, demo):
    assert [post(user=user).status_code for user in (charlie, charlie)] == [202, 202]
    assert post(data=TEXT | {"format": "mp3"}).status_code == 202
    assert Job.objects.count() == 2


@pytest.mark.parametrize("refused", [{"text": " "}, {"text": "Hello.", "voice_id": "nobody"}, {}])
def test_a_refusal_leaves_the_key_free(post, demo, refused):
    assert post(data=refused).status_code == 422
    assert not IdempotencyKey.objects.exists()
    assert post().status_code == 202


def test_too_many_leaves_the_key_free(post, demo, monkeypatch):
    def hit(rule, key, *, cost=1):
        raise TooMany("Wait.", retry_after=1)

    with monkeypatch.context() as patch:
        patch.setattr(limits, "hit", hit)
        assert post().status_code == 429
    assert post().status_code == 202


@pytest.mark.parametrize(("error", "status"), [(OperationalError("away"), 503), (RuntimeError("a bug"), 500)])
def test_a_failure_leaves_the_key_free(post, alice, demo, monkeypatch, error, status):
    def fail(**fields):
        raise error

    client = Client(headers={"authorization": f"Bearer {tokens.issue(alice)}"}, raise_request_exception=False)
    with monkeypatch.context() as patch:
        patch.setattr(actions, "start_job", fail)
        assert post(client=client).status_code == status
    assert post().status_code == 202


def test_while_the_first_is_answered_others_are_told(post, demo, monkeypatch):
    start, seen = actions.start_job, []

    def meanwhile(**fields):
        seen.extend([code(post()), code(post(data={"text": "Another."}))])
        return start(**fields)

    monkeypatch.setattr(actions, "start_job", meanwhile)
    assert post().status_code == 202
    assert seen == [(409, "in_progress"), (409, "idempotency_mismatch")]
    assert Job.objects.count() == 1


def test_a_first_that_was_killed_does_not_hold_the_key_for_ever(post, alice, demo):
    first = idempotency.claim(by=alice, door="start_job", key="morning", digest="0" * 64)
    age(MINUTE)
    assert code(post()) == (409, "idempotency_mismatch")
    age(3 * MINUTE)
    answer = post()
    assert answer.status_code == 202
    idempotency.answer(row=first, status=202, body=b"{}")  # it was only slow
    idempotency.free(row=first)
    assert post().content == answer.content


def test_of_two_who_take_over_one_is_told(alice):
    idempotency.claim(by=alice, door="start_job", key="morning", digest="0" * 64)
    age(3 * MINUTE)
    row = IdempotencyKey.objects.get()
    idempotency.claim(by=alice, door="start_job", key="morning", digest="1" * 64)
    with pytest.raises(idempotency.InProgress):
        idempotency.take_over(row, "0" * 64)
    assert IdempotencyKey.objects.get().digest == "1" * 64


def test_after_a_day_the_key_is_free(post, demo):
    post()
    age(24 * 60 * MINUTE - MINUTE)
    idempotency.purge()
    assert code(post(data={"text": "Another."})) == (409, "idempotency_mismatch")
    age(24 * 60 * MINUTE)
    assert post(data={"text": "Another."}).json()["text"] == "Another."
    age(24 * 60 * MINUTE)
    idempotency.purge()
    assert not IdempotencyKey.objects.exists()


@pytest.mark.parametrize("key", ["", " ", "x" * 256, "a\tb", "\u00e9", "a\x7f"])
def test_a_key_that_cannot_be_is_refused(post, demo, key):
    answer = post(key)
    assert (code(answer), answer.json()["errors"][0]["loc"]) == ((422, "invalid"), ["header", "Idempotency-Key"])
    assert not Job.objects.exists()


@pytest.mark.parametrize("key", ["x", "x" * 255, "9f3c 'quoted' {}"])
def test_a_key_may_be_any_printable_text(post, demo, key):
    assert post(key).content == post(key).content
    assert Job.objects.count() == 1


def test_a_long_answer_is_kept_whole(post, demo):
    text = "Ropes creak in the harbour. \u6e2f " * 3_000
    assert post(data={"text": text}).content == post(data={"text": text}).content


def test_an_answer_that_cannot_be_remembered_goes_out(post, demo, monkeypatch):
    def fail(**fields):
        raise OperationalError("away")

    monkeypatch.setattr(idempotency, "answer", fail)
    assert post().status_code == 202


def test_it_is_documented(client, db):
    for _ in range(2):
        paths = client.get("/api/openapi.json").json()["paths"]
    taking = [
        path
        for path, entry in paths.items()
        for each in entry.get("post", {}).get("parameters", [])
        if "-Key" in each["name"]
    ]
    assert sorted(taking) == [
        "/api/audio-file/{file_id}/clone",
        "/api/audiobooks",
        "/api/jobs",
        "/api/jobs/batch",
        "/api/leads",
        "/api/upload-reference",
        "/api/v1/admin/users/{user_id}/messages",
        "/api/voice-models/{model_id}/versions",
        "/tts/jobs",
    ]
    assert {"409", "422"} <= set(paths["/api/jobs"]["post"]["responses"])


@pytest.mark.django_db(transaction=True)
def test_of_many_at_one_instant_one_starts_a_job(post, alice, demo):
    people, together = (
        [Client(headers={"authorization": f"Bearer {tokens.issue(alice)}"}) for _ in range(6)],
        Barrier(6),
    )

    def ask(client):
        together.wait(60)
        try:
            return post(client=client)
        finally:
            connection.close()

    with ThreadPoolExecutor(6) as pool:
        answers = list(pool.map(ask, people))
    made = [answer for answer in answers if answer.status_code == 202]
    told = [code(answer) for answer in answers if answer.status_code != 202]
    assert Job.objects.count() == 1
    assert {answer.json()["_id"] for answer in made} == {Job.objects.get().pk}
    assert set(told) <= {(409, "in_progress")}
    assert post().content == made[0].content
