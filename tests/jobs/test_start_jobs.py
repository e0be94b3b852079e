"""A batch: many jobs in one request."""

from collections.abc import Callable

import pytest
from django.db import OperationalError, connection
from django.test.utils import CaptureQueriesContext

from config import queue
from config.errors import Unprocessable
from jobs import actions
from jobs.actions import start
from jobs.models import Counter, Job

BAD_ENTRIES = {
    "text": {"text": " "},
    "nothing to say": {"text": "?!"},
    "nul": {"text": "a\0b"},
    "half a pair": {"text": "half \ud83d"},
    "too long": {"text": "a" * 100_001},
    "no text": {},
    "speed": {"text": "Ropes.", "speed": 9},
    "not a speed": {"text": "Ropes.", "speed": float("nan")},
    "format": {"text": "Ropes.", "format": "tape"},
    "unknown voice": {"text": "Ropes.", "voice_id": "nobody"},
    "unknown model": {"text": "Ropes.", "model_id": "nobody"},
    "unknown echo": {"text": "Ropes.", "echo_id": "nobody"},
    "speaker": {"text": "Ropes.", "speaker": "nobody"},
    "title": {"text": "Ropes.", "title": "\ud800"},
}
FIELDS = {"nothing to say": "text", "nul": "text", "half a pair": "text", "too long": "text", "no text": "text"}
FIELDS |= {"not a speed": "speed", "unknown voice": "voice_id", "unknown model": "model_id", "unknown echo": "echo_id"}


def texts(count, **fields):
    return [{"text": f"Number {number}.", **fields} for number in range(count)]


def post(client, jobs, **headers):
    return client.post("/api/jobs/batch", {"jobs": jobs}, "application/json", headers=headers)


def assert_nothing_started(by):
    """And no number used up."""
    assert not Job.objects.exists()
    assert actions.start_job(by=by, text="Ropes.").job_id == 1


def test_null_is_as_if_it_were_left_out(api, alice, demo):
    fields = ("voice_id", "model_id", "echo_id", "format", "speed", "speaker", "title", "keep", "callback_url")
    entry = {"text": "Ropes creak.", **dict.fromkeys(fields)}
    alone = api(alice).post("/api/jobs", entry, "application/json").json()
    (among,) = post(api(alice), [entry]).json()["jobs"]
    for job in (alone, among):
        assert (job["voice_id"], job["format"], job["speed"], job["title"]) == (demo.voice_id, "wav", 1, "Ropes creak.")


def test_all_are_queued_in_their_order(api, alice, demo):
    answer = post(api(alice), texts(3, format="mp3", title=" Morning "))
    jobs = answer.json()["jobs"]
    assert (answer.status_code, set(answer.json())) == (202, {"jobs"})
    assert [(job["job_id"], job["text"]) for job in jobs] == [(1, "Number 0."), (2, "Number 1."), (3, "Number 2.")]
    assert {(job["status"], job["format"], job["title"], job["user_id"]) for job in jobs} == {
        ("queued", "mp3", "Morning", alice.pk)
    }
    assert api(alice).get(f"/api/jobs/{jobs[2]['_id']}").json() == jobs[2]
    listed = api(alice).get("/api/jobs").json()["items"]
    assert [job["job_id"] for job in listed] == [3, 2, 1]


def test_a_hundred_take_numbers_in_one_go(alice, demo):
    actions.start_job(by=alice, text="Ropes.")
    jobs = actions.start_jobs(by=alice, entries=texts(100))
    assert [job.job_id for job in jobs] == list(range(2, 102))
    assert Counter.objects.get(name="jobs").value == 101
    assert actions.start_job(by=alice, text="Ropes.").job_id == 102


def test_what_they_speak_with_is_looked_up_once(alice, demo, django_assert_max_num_queries):
    def queries(count):
        with CaptureQueriesContext(connection) as asked:
            actions.start_jobs(by=alice, entries=texts(count, voice_id="demo"))
        return [query["sql"] for query in asked]

    queries(2)
    assert len([sql for sql in queries(20) if "voices" in sql]) == 1
    assert len(queries(20)) == len(queries(2))


def test_nobody_waits_for_them(redis, alice, demo):
    actions.start_jobs(by=alice, entries=[*texts(3), {"text": "Long. " * 1_000}])
    assert set(Job.objects.values_list("queue", flat=True)) == {"bulk"}
    assert {name: len(queue.queue_of(name).job_ids) for name in queue.QUEUES_OF["speech"]} == {
        "interactive": 0,
        "default": 0,
        "bulk": 2,
    }


def test_with_a_voice_model_they_wait_among_long_texts(redis, alice, model):
    jobs = actions.start_jobs(by=alice, entries=texts(3, model_id=model.model_id))
    assert {job.queue for job in jobs} == {"network-long"}
    assert queue.queue_of("network-long").job_ids == [queue.task_id(Job.task, job.pk, alice.pk) for job in jobs[:2]]


@pytest.mark.parametrize("name", BAD_ENTRIES)
def test_one_bad_entry_refuses_all_and_is_named(api, alice, demo, name):
    answer = post(api(alice), [*texts(3), BAD_ENTRIES[name], *texts(2)])
    body = answer.json()
    assert (answer.status_code, set(body)) == (422, {"detail", "code", "errors"})
    assert body["errors"][0]["loc"] == ["body", "jobs", 3, FIELDS.get(name, name)]
    assert body["detail"].startswith("jobs.3")
    assert body["detail"].endswith(".")
    assert_nothing_started(alice)


def test_somebody_elses_are_unknown_and_refuse_all(api, alice, charlie, demo, model, echo):
    for entry, field in (({"model_id": model.pk}, "model_id"), ({"echo_id": echo.pk}, "echo_id")):
        answer = post(api(charlie), [*texts(1), {"text": "Ropes.", **entry}])
        assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "jobs", 1, field])
    assert_nothing_started(charlie)


def test_a_model_in_training_refuses_all_and_is_named(api, alice, demo, known_model):
    model = known_model(alice, state="training")
    answer = post(api(alice), [*texts(2), {"text": "Ropes.", "model_id": model.pk}])
    assert (answer.status_code, answer.json()["code"]) == (409, "model_in_training")
    assert answer.json()["detail"].startswith("jobs.2: ")
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    "jobs",
    [[], texts(101), None, {}, "text", [[]], [5], [None]],
    ids=["none", "too many", "null", "object", "text", "list", "number", "nulls"],
)
def test_what_is_no_batch_is_refused(api, alice, demo, jobs):
    answer = post(api(alice), jobs)
    assert (answer.status_code, answer.json()["errors"][0]["loc"][:2]) == (422, ["body", "jobs"])
    assert_nothing_started(alice)


def test_a_body_over_the_limit_is_refused(api, alice, demo):
    answer = post(api(alice), texts(100, title="t" * 50_000))
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")


def test_they_count_as_so_many_requests(api, alice, demo, settings):
    settings.RATES = settings.RATES | {"speech": "5/m"}
    assert post(api(alice), texts(3)).status_code == 202
    refused = post(api(alice), texts(3))
    assert (refused.status_code, refused.json()["code"]) == (429, "too_many")
    assert 1 <= int(refused.headers["Retry-After"]) <= 60
    assert post(api(alice), texts(2)).status_code == 202
    assert post(api(alice), texts(1)).status_code == 429
    assert Job.objects.count() == 5


def test_the_rate_is_exact_in_redis_too(redis, api, alice, demo, settings):
    test_they_count_as_so_many_requests(api, alice, demo, settings)


def test_more_than_the_rate_ever_allows_are_never_taken(api, alice, demo, settings):
    settings.RATES = settings.RATES | {"speech": "5/m"}
    answer = post(api(alice), texts(6))
    assert (answer.status_code, answer.json()["code"]) == (429, "too_many")
    assert answer.json()["detail"] == "Too many requests for speech. Send 5 at once, or fewer; 6 are never taken."
    assert post(api(alice), texts(5)).status_code == 202


def test_they_count_among_the_characters_that_wait(api, alice, demo, settings):
    settings.QUEUE_CHARACTERS = 40
    assert post(api(alice), texts(3)).status_code == 202
    answer = post(api(alice), texts(2))
    assert (answer.status_code, answer.json()["code"]) == (429, "queue_full")
    assert post(api(alice), texts(1)).status_code == 202


def test_more_characters_than_may_ever_wait_are_never_taken(api, alice, demo, settings):
    settings.QUEUE_CHARACTERS = 40
    answer = post(api(alice), texts(5))
    assert (answer.status_code, answer.json()["code"]) == (429, "queue_full")
    assert answer.json()["detail"] == (
        "There are 45 characters to speak; at most 40 of yours may wait. Send fewer at once."
    )


def test_what_is_to_be_kept_needs_room_in_the_storage(api, alice, demo, settings, monkeypatch):
    monkeypatch.setattr("config.storage_quota.used_bytes", lambda user: settings.STORAGE_QUOTA_MB * 1024**2 + 1)
    answer = post(api(alice), [*texts(2), {"text": "Ropes.", "keep": True}])
    assert (answer.status_code, answer.json()["code"]) == (413, "quota_reached")
    assert_nothing_started(alice)
    assert post(api(alice), texts(2)).status_code == 202


def test_sent_again_under_its_key_it_starts_nothing(api, alice, demo):
    first = post(api(alice), texts(3), **{"Idempotency-Key": "morning"})
    second = post(api(alice), texts(3), **{"Idempotency-Key": "morning"})
    assert (second.status_code, second.content) == (202, first.content)
    assert second.headers["Idempotent-Replayed"] == "true"
    assert Job.objects.count() == 3
    other = post(api(alice), texts(2), **{"Idempotency-Key": "morning"})
    assert (other.status_code, other.json()["code"]) == (409, "idempotency_mismatch")


def fail_after_some(save: Callable[..., object]) -> Callable[..., None]:
    def fail(rows, jobs, **options):
        save(rows, jobs[:2], **options)
        raise OperationalError("no server")

    return fail


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("has_transactions", [True, False])
def test_a_database_that_goes_away_in_the_middle_keeps_none(api, alice, demo, monkeypatch, has_transactions):
    if not has_transactions:  # as on a MongoDB that stands alone
        monkeypatch.setattr(start, "insert_many", start.insert_many.__wrapped__)
    queryset = type(Job.objects.all())
    with monkeypatch.context() as patch:
        patch.setattr(queryset, "bulk_create", fail_after_some(queryset.bulk_create))
        answer = post(api(alice), texts(5))
    assert (answer.status_code, answer.json()["code"]) == (503, "unavailable")
    assert not Job.objects.exists()
    assert post(api(alice), texts(5)).status_code == 202


def test_an_action_says_which_entry(alice, demo):
    with pytest.raises(Unprocessable) as refused:
        actions.start_jobs(by=alice, entries=[*texts(1), {"text": ""}])
    assert (refused.value.within, refused.value.field) == (("jobs", 1), "text")


def test_it_needs_a_credential(client, demo):
    assert post(client, texts(1)).status_code == 401


@pytest.mark.parametrize("method", ["put", "patch", "delete"])
def test_it_takes_post_only(api, alice, method):
    assert getattr(api(alice), method)("/api/jobs/batch").status_code == 405


def test_there_is_no_job_of_this_name(api, alice):
    assert api(alice).get("/api/jobs/batch").status_code in (404, 405)
