"""`GET /api/jobs/{id}/stream`: a job's sound from the first byte on, while it is made and after."""

import threading

import pytest

from config import streaming
from config.streaming import PLACES
from jobs import actions
from jobs.listening import live
from jobs.models import Job, TempAudio
from tests.jobs.decoding import CONTENT_TYPES
from tests.jobs.stage import TEXT, Listener, stage

__all__ = ["stage"]


def start(by, **fields):
    return actions.start_job(by=by, text=TEXT, **fields)


def get(client, job, method="get", **headers):
    return getattr(client, method)(f"/api/jobs/{job.pk}/stream", headers=headers)


def free():
    return streaming.places._value


def body_of(answer):
    return b"".join(answer)


def leave(answer):
    """What the server does when the client has left; `close` would close the test's database too."""
    for close in answer._resource_closers:
        close()


@pytest.mark.parametrize("kind", live.FORMATS)
def test_it_is_heard_before_the_job_is_completed(api, alice, demo, redis, stage, kind):
    job = start(alice, format=kind)
    answer = get(api(alice), job)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, CONTENT_TYPES[kind])
    assert (answer.headers["Cache-Control"], answer.headers["X-Accel-Buffering"]) == ("private, no-store", "no")
    assert "Content-Length" not in answer.headers
    ear, early = Listener(answer), []
    stage.before(3, lambda: early.append((len(ear.catch_up()), Job.objects.get().status)))
    actions.run_job(job=job)
    assert early[0][0] > 1_000
    assert early[0][1] == "processing"
    assert len(ear.to_end()) == Job.objects.get().size_bytes
    leave(answer)
    assert free() == PLACES


def test_by_its_number_and_without_redis(api, alice, demo, stage):
    job = start(alice)
    answer = api(alice).get(f"/api/jobs/{job.job_id}/stream")
    ear = Listener(answer)
    assert ear.catch_up() == b""
    actions.run_job(job=job)
    assert len(ear.to_end()) == Job.objects.get().size_bytes


def test_a_completed_job_is_its_file(api, alice, finished):
    answer = get(api(alice), finished)
    assert (answer.status_code, answer.headers["Accept-Ranges"]) == (200, "bytes")
    assert int(answer.headers["Content-Length"]) == finished.size_bytes == len(body_of(answer))
    part = get(api(alice), finished, range="bytes=4-7")
    assert (part.status_code, len(body_of(part))) == (206, 4)


@pytest.mark.parametrize("kind", ["flac", "aac"])
def test_formats_that_are_not_heard_early(api, alice, demo, kind):
    job = start(alice, format=kind)
    answer = get(api(alice), job)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert answer.json()["detail"].startswith(f"{kind} can't be heard before it is ready.")
    actions.run_job(job=job)
    assert body_of(get(api(alice), job))


def test_the_rate_of_samples(api, alice, demo, model):
    def rate(**fields):
        return get(api(alice), start(alice, **fields)).headers.get("X-Sample-Rate")

    assert rate(format="pcm") == "22050"
    assert rate(format="pcm", sample_rate=24_000) == "24000"
    assert rate(format="pcm", model_id=model.pk) is None
    assert rate(format="wav") is None


def test_head(api, alice, demo, finished):
    job = start(alice)
    for each in (job, finished):
        answer = get(api(alice), each, "head")
        assert (answer.status_code, body_of(answer)) == (200, b"")
        leave(answer)
    assert free() == PLACES


@pytest.mark.parametrize("act", ["cancel", "fail"])
def test_no_sound(api, alice, job, monkeypatch, act):
    if act == "fail":
        monkeypatch.setattr("jobs.synthesis.speak", lambda *_: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            actions.run_job(job=job)
    else:
        actions.cancel_job(by=alice, job=job)
    answer = get(api(alice), job)
    assert answer.status_code == 409
    assert f"this job was {Job.objects.get().status}." in answer.json()["detail"]


def test_an_expired_sound(api, alice, finished):
    TempAudio.objects.all().delete()
    answer = get(api(alice), finished)
    assert (answer.status_code, answer.json()["code"]) == (410, "expired")


def test_who_may_listen(api, client, alice, bob, charlie, job):
    assert get(client, job).status_code == 401
    for other in (bob, charlie):
        assert get(api(other), job).status_code == 404
    assert get(api(alice), job, "post").status_code == 405
    assert api(alice).get("/api/jobs/999/stream").status_code == 404
    assert api(alice).get(f"/api/jobs/{'9' * 30}/stream").status_code == 404


def test_a_client_that_leaves_frees_its_place_and_the_job_goes_on(api, alice, demo, redis, stage):
    job = start(alice)
    answer = get(api(alice), job)
    ear = Listener(answer)
    stage.before(3, ear.catch_up)
    stage.before(4, lambda: leave(answer))
    actions.run_job(job=job)
    assert (Job.objects.get().status, free()) == ("completed", PLACES)
    assert 0 < len(ear.data) < Job.objects.get().size_bytes


def test_too_many_listeners(api, alice, job, monkeypatch):
    monkeypatch.setattr(streaming, "places", threading.BoundedSemaphore(1))
    first = get(api(alice), job)
    second = get(api(alice), job)
    assert (second.status_code, second.headers["Retry-After"]) == (503, "5")
    leave(first)
    assert get(api(alice), job).status_code == 200
