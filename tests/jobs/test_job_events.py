"""Events of a job, as Server-Sent Events."""

import json
import threading

import pytest

from config import streaming
from config.streaming import PLACES
from jobs import actions
from jobs.listening import progress
from jobs.listening.progress import Moved
from jobs.models import Job

LONG = " ".join(f"This is sentence {number}." for number in range(40))


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    """A listener looks at once instead of after a second."""
    monkeypatch.setattr(progress, "STEP_SECONDS", 0.05)


def open_events(client, job, **headers):
    return client.get(f"/api/jobs/{job.pk}/events", headers=headers)


def parse(part):
    """The fields of one event; a comment has none."""
    return dict(line.split(": ", 1) for line in part.decode().splitlines() if not line.startswith(":") and line)


def events(answer):
    """(name, data) of each event, as they come; comments are left out."""
    for part in answer._iterator:
        fields = parse(part)
        if "event" in fields:
            yield fields["event"], json.loads(fields["data"])


def free():
    return streaming.places._value


@pytest.mark.parametrize("away", [False, True], ids=["Redis", "without Redis"])
def test_it_begins_with_the_job_as_it_is_and_ends_with_the_job(api, alice, job, request, away):
    if not away:
        request.getfixturevalue("redis")
    answer = open_events(api(alice), job)
    told = events(answer)
    first = {"_id": job.pk, "job_id": job.job_id, "status": "queued", "progress": 0}
    assert next(told) == ("progress", first | {"completed_chunks": 0, "total_chunks": None})
    actions.run_job(job=job)
    rest = list(told)
    assert [name for name, _ in rest] == ["progress"] * (len(rest) - 1) + ["completed"]
    assert rest[-1][1] == api(alice).get(f"/api/jobs/{job.pk}").json()
    assert free() == PLACES


def test_a_finished_job_is_told_once(api, alice, finished):
    answer = open_events(api(alice), finished)
    assert answer.headers["Content-Type"] == "text/event-stream"
    assert (answer.headers["Cache-Control"], answer.headers["X-Accel-Buffering"]) == ("no-store", "no")
    parts = [parse(part) for part in answer._iterator]
    assert [list(part) for part in parts] == [["retry"], ["id", "event", "data"]]
    assert parts[1]["id"] == "end"


def test_who_has_heard_the_end_need_not_come_again(api, alice, finished, job):
    heard = {"last-event-id": "end"}
    assert open_events(api(alice), finished, **heard).status_code == 204
    Job.objects.filter(pk=finished.pk).update(status="queued")
    answer = open_events(api(alice), finished, **heard)
    assert next(events(answer))[0] == "progress"
    answer._iterator.close()


@pytest.mark.parametrize("end", ["failed", "cancelled", "deleted"])
def test_what_ends_without_a_sound_is_failed(api, alice, job, redis, end):
    told = events(open_events(api(alice), job))
    next(told)
    if end == "failed":
        Job.objects.filter(pk=job.pk).update(status="failed", error="The voice is gone.")
        progress.tell_change(job)
    elif end == "cancelled":
        actions.cancel_job(by=alice, job=job)
    else:
        actions.delete_job(by=alice, job=job)
    [(name, data)] = told
    assert (name, data["status"], data["job_id"]) == ("failed", end, job.job_id)
    assert data["error"] == {"failed": "The voice is gone.", "deleted": "This job was deleted."}.get(end)


def test_a_change_that_nobody_told_is_seen_all_the_same(api, alice, job, redis, monkeypatch):
    monkeypatch.setattr(progress, "LOOK_SECONDS", 0.1)
    told = events(open_events(api(alice), job))
    next(told)
    Job.objects.filter(pk=job.pk).update(status="processing", completed_chunks=3, total_chunks=7, progress=42)
    assert next(told)[1]["completed_chunks"] == 3
    Job.objects.filter(pk=job.pk).delete()
    assert next(told) == (
        "failed",
        {"job_id": job.job_id, "status": "deleted", "error": "This job was deleted."},
    )


def test_steps_are_told_before_the_row_says_them(api, alice, job, redis):
    told = events(open_events(api(alice), job))
    next(told)
    for done in (1, 3):
        progress.Teller(job)(Moved(done, 8, 10 * done))
        assert next(told)[1] | {"status": "processing"} == {
            "_id": job.pk,
            "job_id": job.job_id,
            "status": "processing",
            "progress": 10 * done,
            "completed_chunks": done,
            "total_chunks": 8,
        }
    assert Job.objects.get().progress == 0


def test_silence_keeps_the_connection_alive_and_asks_seldom(api, alice, job, redis, django_assert_num_queries):
    answer = open_events(api(alice), job)
    next(events(answer))
    with django_assert_num_queries(0):
        assert [next(answer._iterator) for _ in range(5)] == [b":\n\n"] * 5
    answer._iterator.close()
    assert free() == PLACES


def test_who_leaves_frees_the_place_and_the_channel(api, alice, job, redis):
    told = events(answer := open_events(api(alice), job))
    next(told)
    assert free() == PLACES - 1
    channels = progress.queue.connection().pubsub_channels
    assert len(channels()) == 1
    answer._iterator.close()
    assert (free(), channels()) == (PLACES, [])


def test_without_a_place_it_is_refused(api, alice, job):
    bodies = [streaming.Stream(part for part in ()) for _ in range(PLACES)]
    answer = open_events(api(alice), job)
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["code"]) == (503, "5", "unavailable")
    for body in bodies:
        body.close()


def test_redis_may_come_and_go(api, alice, job, redis, monkeypatch):
    monkeypatch.setattr(progress, "AGAIN_SECONDS", 0.0)
    told = events(open_events(api(alice), job))
    next(told)
    redis.stop()
    Job.objects.filter(pk=job.pk).update(status="processing", completed_chunks=1, total_chunks=9)
    assert next(told)[1]["completed_chunks"] == 1
    redis.start()
    progress.away.end()
    publishing = threading.Event()

    def tell():
        while not publishing.wait(0.02):
            progress.publish(job, b"[5, 9, 50]")

    thread = threading.Thread(target=tell)
    thread.start()
    try:
        assert next(told)[1]["completed_chunks"] == 5
    finally:
        publishing.set()
        thread.join()
    actions.cancel_job(by=alice, job=job)
    assert next(told)[1]["status"] == "cancelled"


@pytest.mark.django_db
def test_it_needs_a_credential_hides_other_peoples_jobs_and_takes_get_only(client, api, alice, bob, charlie, job):
    assert open_events(client, job).status_code == 401
    for user in (bob, charlie):
        assert open_events(api(user), job).status_code == 404
    assert api(alice).post(f"/api/jobs/{job.pk}/events").status_code == 405
    assert open_events(api(alice), Job(pk="mine")).status_code == 404


def test_head_gives_the_headers_and_no_place_is_held(api, alice, job):
    answer = api(alice).head(f"/api/jobs/{job.pk}/events")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/event-stream")
    assert list(answer._iterator) == []
    assert free() == PLACES


# Telling


def test_a_worker_tells_each_step_and_the_end(alice, demo, redis, monkeypatch):
    job = actions.start_job(by=alice, text=LONG)
    monkeypatch.setattr(progress, "TOLD_SECONDS", 0.0)
    words = progress.Words(job)
    actions.run_job(job=job)
    heard = []
    while word := words.heard(0.05):
        heard.append(word)
    words.close()
    assert heard[0] == progress.LOOK
    moves = [Moved(*json.loads(word)) for word in heard[1:-2]]
    assert [(move.sentences, move.of_sentences) for move in moves] == [(done, 40) for done in range(1, 41)]
    assert sorted(move.progress for move in moves) == [move.progress for move in moves]
    assert (moves[0].progress, moves[-1].progress) == (2, 99)
    assert heard[-2:] == [progress.LOOK] * 2


def test_it_is_told_a_few_times_a_second_at_most(job, monkeypatch):
    told = []
    monkeypatch.setattr(progress, "publish", lambda job, word: told.append(word))
    teller = progress.Teller(job)
    for done in range(1, 1_000):
        teller(Moved(done, 1_000, 0))
    assert told[0] == b"[1, 1000, 0]"
    assert len(told) <= 2


def test_a_redis_that_is_away_is_left_alone_for_a_while(job, monkeypatch):
    asked, connect = [], progress.queue.connection
    monkeypatch.setattr(progress.queue, "connection", lambda: asked.append(1) or connect())
    for _ in range(3):
        progress.tell_change(job)
    assert len(asked) == 1
    progress.away.end()
    progress.tell_change(job)
    assert len(asked) == 2
