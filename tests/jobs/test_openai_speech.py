"""The door for clients of OpenAI's API. A worker is played by the pause between two looks at the job."""

import threading

import pytest
from django.test import Client

from accounts.actions import keys
from accounts.models import Scope, UsageDay
from config import streaming
from config.errors import DomainError
from jobs import actions, synthesis
from jobs.listening import waiting
from jobs.models import Job
from jobs.schemas.openai import INPUT_MAX_CHARACTERS
from voices.models import Voice

DOOR = "/v1/audio/speech"
BODY = {"model": "tts-1", "input": "Ropes creak.", "voice": "demo"}
BAD_FIELDS = [
    ({"input": ""}, "input"),
    ({"input": "..."}, "input"),
    ({"input": "a\0b"}, "input"),
    ({"input": "half \ud83d"}, "input"),
    ({"input": "a" * (INPUT_MAX_CHARACTERS + 1)}, "input"),
    ({"input": 5}, "input"),
    ({"input": None}, "input"),
    ({"model": None}, "model"),
    ({"model": ""}, "model"),
    ({"voice": None}, "voice"),
    ({"voice": ""}, "voice"),
    ({"voice": "nobody"}, "voice"),
    ({"voice": "a\0b"}, "voice"),
    ({"voice": "v" * 300}, "voice"),
    ({"voice": {}}, "voice"),
    ({"voice": {"id": "nobody"}}, "voice"),
    ({"voice": {"id": ["demo"]}}, "voice"),
    ({"response_format": "tape"}, "response_format"),
    ({"response_format": None}, "response_format"),
    ({"response_format": "m" * 300}, "response_format"),
    ({"speed": 0.2}, "speed"),
    ({"speed": 1e400}, "speed"),
    ({"speed": float("nan")}, "speed"),
    ({"speed": "fast"}, "speed"),
    ({"stream_format": "tape"}, "stream_format"),
    ({"instructions": 5}, "instructions"),
]


@pytest.fixture
def program(alice, demo, clock):
    """A program with a key of Alice's that may speak."""
    return with_key(alice, Scope.SPEAK)


def with_key(user, *scopes):
    _, text = keys.create_key(by=user, name="Program", scopes=scopes)
    return Client(headers={"authorization": f"Bearer {text}"})


def post(client, **fields):
    answer = client.post(DOOR, BODY | fields, "application/json")
    answer.sound = answer.getvalue() if answer.streaming else b""
    return answer


def assert_refused(answer, status, kind="invalid_request_error", param=None):
    assert (answer.status_code, set(answer.json())) == (status, {"error"}), answer.content
    error = answer.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert (error["type"], error["param"]) == (kind, param), error
    assert error["message"].endswith(".")
    return error


def test_the_sound_comes_back(program, alice, clock):
    answer = post(program)
    assert (answer.status_code, answer.headers["Content-Type"]) == (200, "audio/mpeg")
    assert len(answer.sound) > 1000
    assert (answer.headers["Cache-Control"], answer.headers["X-Accel-Buffering"]) == ("private, no-store", "no")
    assert answer.sound[:3] in (b"ID3", b"\xff\xfb\x90")
    job = Job.objects.get()
    assert (job.user, job.text, job.format, job.voice_id) == (alice, "Ropes creak.", "mp3", "en_US-demo-low")
    assert clock.pauses == [1.0]


def test_a_wav_at_another_speed_by_a_named_voice(program):
    answer = post(program, voice={"id": "en_US-demo-low"}, response_format="wav", speed=2, instructions="Softly.")
    assert answer.headers["Content-Type"] == "audio/wav"
    assert answer.sound[:4] == b"RIFF"
    assert Job.objects.get().speed == 2


def test_the_longest_input(program, monkeypatch):
    monkeypatch.setattr(waiting, "first_sound", lambda job, sound: (_ for _ in ()).throw(DomainError("Enough.")))
    assert post(program, input="ab " * (INPUT_MAX_CHARACTERS // 3) + "a").json()["error"]["message"] == "Enough."
    assert Job.objects.get().characters == INPUT_MAX_CHARACTERS


@pytest.mark.parametrize(("fields", "param"), BAD_FIELDS, ids=str)
def test_a_bad_field_is_named_as_the_client_named_it(program, fields, param):
    assert_refused(post(program, **fields), 400, param=param)
    assert not Job.objects.exists()


@pytest.mark.parametrize("name", ["model", "input", "voice"])
def test_a_missing_field(program, name):
    body = {key: value for key, value in BODY.items() if key != name}
    assert_refused(program.post(DOOR, body, "application/json"), 400, param=name)


def test_an_unknown_voice_or_format_names_the_known_ones(program, settings):
    settings.VOICE_ALIASES = {"alloy": "en_US-demo-low", "gone": "en_US-nobody-low"}
    message = assert_refused(post(program, voice="onyx"), 400, param="voice")["message"]
    assert message == "There is no voice onyx. Known voices: en_US-demo-low, alloy."
    assert post(program, voice="alloy").sound
    message = assert_refused(post(program, voice="alloy", response_format="tape"), 400, param="response_format")[
        "message"
    ]
    assert "wav, mp3" in message
    Voice.objects.update(available=False)
    assert "Known voices: none yet." in assert_refused(post(program), 400, param="voice")["message"]


def test_a_broken_body(program):
    assert_refused(program.post(DOOR, b"{", "application/json"), 400)
    assert_refused(program.post(DOOR, b"\xff", "application/json"), 400)
    assert_refused(program.post(DOOR, {"input": "x"}), 415)


def test_too_large_a_body(program, settings):
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 1024**2
    assert_refused(program.post(DOOR, b" " * (1024**2 + 1), "application/json"), 413)


def test_other_methods_and_addresses(program):
    assert assert_refused(program.get(DOOR), 405)["message"] == "Use POST here."
    assert program.get(DOOR).headers["Allow"] == "POST"
    for path in ("/v1/models/tts-1", "/v1/chat/completions", "/v1", "/v1/"):
        assert_refused(program.get(path), 404)


def test_who_may_speak(page, alice, demo, clock):
    for client in (Client(), Client(headers={"authorization": "Bearer ed_nonsense"})):
        answer = post(client)
        assert_refused(answer, 401, "authentication_error")
        assert answer.headers["WWW-Authenticate"] == "Bearer"
    error = assert_refused(post(with_key(alice, Scope.READ, Scope.VOICES, Scope.DESK)), 403, "permission_error")
    assert error["code"] == "missing_scope"
    assert post(with_key(alice, Scope.ALL)).status_code == 200
    assert post(page(alice)).status_code == 200


def test_too_many_requests(program, settings):
    settings.RATES = settings.RATES | {"speech": "1/h"}
    assert post(program).status_code == 200
    answer = post(program)
    assert_refused(answer, 429, "rate_limit_error")
    assert int(answer.headers["Retry-After"]) > 0


def test_a_job_that_fails(program, monkeypatch):
    def fail(job, path, *more):
        raise DomainError("The voice is broken.")

    monkeypatch.setattr(synthesis, "speak", fail)
    error = assert_refused(post(program), 503, "server_error")
    assert (error["message"], error["code"]) == ("The voice is broken.", "job_failed")


def test_a_text_of_which_a_worker_finds_nothing_to_say(program):
    error = assert_refused(post(program, input="<b></b>"), 400, param="input")
    assert error["code"] == "nothing_to_say"


def test_a_job_that_is_cancelled_or_deleted_meanwhile(program, alice, clock):
    clock.work = lambda: actions.cancel_job(by=alice, job=Job.objects.get())
    assert assert_refused(post(program), 400)["code"] == "job_cancelled"
    clock.work = Job.objects.all().delete
    assert assert_refused(post(program), 400)["code"] == "job_cancelled"


def test_a_job_that_takes_too_long_goes_on(program, clock):
    clock.work = lambda: None
    answer = post(program)
    error = assert_refused(answer, 503, "server_error")
    assert error["code"] == "still_making"
    assert f"/api/jobs/{Job.objects.get().pk}/audio" in error["message"]
    assert (answer.headers["Retry-After"], answer.headers["X-Should-Retry"]) == ("5", "false")
    assert Job.objects.get().status == "queued"
    assert 60 <= len(clock.pauses) <= 62


def test_too_many_waiting_at_once(program, monkeypatch):
    slots = threading.BoundedSemaphore(1)
    monkeypatch.setattr(streaming, "places", slots)
    with streaming.place():
        answer = post(program)
        assert_refused(answer, 503, "server_error")
        assert answer.headers["Retry-After"] == "5"
        assert not Job.objects.exists()
    assert post(program).status_code == 200
    assert slots.acquire(blocking=False)  # it was given back


def test_a_place_is_given_back_after_a_refusal(program, monkeypatch):
    monkeypatch.setattr(streaming, "places", threading.BoundedSemaphore(1))
    for _ in range(2):
        assert_refused(post(program, voice="nobody"), 400, param="voice")


def test_speech_and_calls_are_counted(program, alice):
    post(program)
    day = UsageDay.objects.get(user=alice)
    assert (day.jobs, day.key_calls) == (1, 1)
    assert day.speech_seconds == pytest.approx(Job.objects.get().duration, abs=0.001)


@pytest.mark.parametrize("scope", [Scope.READ, Scope.SPEAK, Scope.VOICES])
def test_the_lists(alice, demo, scope):
    client = with_key(alice, scope)
    models = client.get("/v1/models").json()
    assert (models["object"], models["data"][0]["id"], models["data"][0]["object"]) == ("list", "tts-1", "model")
    assert set(models["data"][0]) == {"id", "object", "created", "owned_by"}
    voices = client.get("/v1/audio/voices").json()["voices"]
    assert voices == [{"id": "en_US-demo-low", "name": demo.name, "language": "en_US"}]


def test_who_may_see_the_lists(alice, demo):
    for path in ("/v1/models", "/v1/audio/voices"):
        assert_refused(Client().get(path), 401, "authentication_error")
        assert_refused(with_key(alice, Scope.DESK).get(path), 403, "permission_error")
