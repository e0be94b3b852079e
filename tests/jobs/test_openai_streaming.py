"""Speech that is heard while it is made, at OpenAI's door: with its own client, against an installation that runs."""

import base64
import json
import threading

import httpx
import pytest
from openai import APIError, OpenAI

from config import streaming
from config.errors import DomainError
from jobs import actions
from jobs.listening import ears, live, speech_events
from jobs.models import Job
from tests.installation import EMAIL, PASSWORD, soon
from tests.jobs.decoding import CONTAINERS, CONTENT_TYPES, decode
from tests.jobs.stage import TEXT, Listener, stage

__all__ = ["stage"]
LONG = " ".join(f"This is sentence number {number} of a long book." for number in range(30))  # a second of work
DOOR = "/v1/audio/speech"


# In this process, sentence by sentence


@pytest.fixture(autouse=True)
def places(monkeypatch):
    monkeypatch.setattr(streaming, "places", threading.BoundedSemaphore(2))


@pytest.fixture
def speaking(api, alice, demo, redis, stage, monkeypatch):
    """Asks for speech; its job runs as soon as somebody waits for it, in a thread of the request's own."""

    def ask(**fields):
        body = {"model": "tts-1", "input": TEXT, "voice": "demo"} | fields
        return api(alice).post(DOOR, body, "application/json")

    def news(job, after):
        monkeypatch.setattr(live, "news", real)
        actions.run_job(job=Job.objects.get())
        return []

    real = live.news
    monkeypatch.setattr(live, "news", news)
    return ask


def events(answer):
    """The data of each event; comments are left out."""
    parts = b"".join(answer).decode().split("\n\n")
    return [json.loads(part.removeprefix("data: ")) for part in parts if part.startswith("data: ")]


def test_events(speaking):
    answer = speaking(stream_format="sse", response_format="wav", instructions="Softly.")
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "text/event-stream")
    *deltas, done = events(answer)
    assert {delta["type"] for delta in deltas} == {"speech.audio.delta"}
    sound = b"".join(base64.b64decode(delta["audio"]) for delta in deltas)
    assert len(sound) == Job.objects.get().size_bytes
    size = len(TEXT)
    usage = {"input_tokens": size, "output_tokens": 0, "total_tokens": size}
    assert done == {"type": "speech.audio.done", "usage": usage}


@pytest.mark.parametrize("stream_format", ["audio", "sse"])
def test_a_failure_before_any_sound_is_a_refusal(speaking, stage, stream_format):
    def fail():
        raise DomainError("The voice is broken.")

    stage.before(1, fail)
    answer = speaking(stream_format=stream_format)
    assert (answer.status_code, answer.json()["error"]["message"]) == (503, "The voice is broken.")
    assert streaming.places._value == 2


@pytest.mark.parametrize("stream_format", ["audio", "sse"])
def test_a_failure_in_the_middle(alice, demo, redis, stage, stream_format):
    job = actions.start_job(by=alice, text=TEXT, format="mp3")
    sound = ears.listen(job)
    ear = Listener(speech_events.events(job, sound) if stream_format == "sse" else sound)

    def fail():
        raise DomainError("The voice is broken.")

    stage.before(3, lambda: next(ear._sound))
    stage.before(4, fail)
    actions.run_job(job=job)
    if stream_format == "audio":
        with pytest.raises(DomainError, match="The voice is broken"):
            ear.to_end()
    else:
        last = ear.to_end().decode().strip().rpartition("data: ")[2]
        wanted = {"message": "The voice is broken.", "type": "server_error", "param": None, "code": "job_failed"}
        assert json.loads(last) == {"type": "error", "error": wanted}


# An installation that runs


@pytest.fixture(scope="module")
def program(site):
    """A client of the JSON API with a token."""
    token = httpx.post(f"{site.url}/api/login", json={"email": EMAIL, "password": PASSWORD}).json()["token"]
    with httpx.Client(base_url=site.url, headers={"Authorization": f"Bearer {token}"}, timeout=60) as program:
        yield program


@pytest.fixture(scope="module")
def openai(site, program):
    key = program.post("/api/keys", json={"name": "Program", "scopes": ["speak"]}).json()["key"]
    with OpenAI(base_url=f"{site.url}/v1", api_key=key, max_retries=0) as client:
        yield client


def ask(openai, **fields):
    options = {"model": "tts-1", "voice": "demo", "input": LONG} | fields
    return openai.audio.speech.with_streaming_response.create(**options)


def newest(program):
    return program.get(f"/api/jobs/{program.get('/api/jobs?limit=1').json()['items'][0]['_id']}").json()


def wait_until_over(program, job):
    soon(lambda: program.get(f"/api/jobs/{job['_id']}").json()["status"] not in ("queued", "processing"))
    return program.get(f"/api/jobs/{job['_id']}").json()


@pytest.mark.parametrize("kind", live.FORMATS)
def test_the_first_bytes_come_before_the_job_is_completed(openai, program, kind):
    with ask(openai, response_format=kind) as answer:
        assert answer.headers["Content-Type"] == CONTENT_TYPES[kind]
        parts = answer.iter_bytes()
        first, job = next(parts), newest(program)
        assert job["status"] == "processing"
        sound = first + b"".join(parts)
    job = wait_until_over(program, job)
    assert (job["status"], job["size_bytes"]) == ("completed", len(sound))
    heard = decode(sound, raw_rate=24_000 if kind == "pcm" else None)
    assert heard.container == CONTAINERS[kind]
    assert abs(heard.duration - job["duration"]) < 0.2


@pytest.mark.parametrize("kind", ["flac", "aac"])
def test_the_others_come_whole(openai, program, kind):
    with ask(openai, response_format=kind) as answer:
        sound = answer.read()
    assert len(sound) == newest(program)["size_bytes"]


def test_events_as_the_client_reads_them(openai, program):
    with ask(openai, stream_format="sse") as answer:
        lines = [json.loads(line.removeprefix("data: ")) for line in answer.iter_lines() if line.startswith("data: ")]
    sound = b"".join(base64.b64decode(line["audio"]) for line in lines[:-1])
    assert lines[-1]["type"] == "speech.audio.done"
    assert len(lines) > 20
    assert len(sound) == newest(program)["size_bytes"]


def test_clients_that_leave_in_the_middle(openai, program):
    """More of them than there are places; the jobs are completed all the same."""
    job = program.post("/api/jobs", json={"text": LONG * 4, "format": "mp3"}).json()
    for _ in range(streaming.PLACES + 4):
        with program.stream("GET", f"/api/jobs/{job['_id']}/stream") as answer:
            assert answer.status_code == 200
            next(answer.iter_raw())
    assert wait_until_over(program, job)["status"] == "completed"
    with ask(openai) as answer:
        next(answer.iter_bytes())
    assert wait_until_over(program, newest(program))["status"] == "completed"


def test_a_stream_that_ends_too_soon_names_its_job(program):
    body = {"model": "tts-1", "voice": "demo", "input": LONG}
    with program.stream("POST", DOOR, json=body) as answer:
        parts, job = answer.iter_bytes(), f"/api/jobs/{answer.headers['X-Job-Id']}"
        next(parts)
        assert program.post(f"{job}/cancel").status_code == 200
        list(parts)
    assert program.get(job).json()["status"] == "cancelled"


def test_events_that_end_too_soon_say_so(openai, program):
    def listen():
        with ask(openai, stream_format="sse") as answer:
            for number, line in enumerate(answer.iter_lines()):
                if not number:
                    assert program.post(f"/api/jobs/{newest(program)['_id']}/cancel").status_code == 200
                if line.startswith("data: ") and (error := json.loads(line.removeprefix("data: ")).get("error")):
                    raise APIError(error["message"], request=None, body=error)

    with pytest.raises(APIError, match="This job was cancelled"):
        listen()
