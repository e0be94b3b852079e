"""The ways in which Fish Audio can fail for good: one try, a sentence for each, and no secret in it."""

import logging
import traceback

import pytest

from config import transport
from config.errors import DomainError
from jobs import actions as jobs
from tests.voices.fish_stub import KEY, FishStub
from tests.voices.fish_wire import Fault
from voices.engines import VoiceBroken
from voices.engines.fish import Fish
from voices.engines.fish_errors import (
    EngineGarbled,
    EngineOff,
    EngineRefused,
    KeyRefused,
    ModelUnknown,
    NoCredit,
)
from voices.models import Voice

ENGINE = Fish()
HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
REFUSED_LIST = [
    {"loc": ["body", "text"], "type": "too_long", "msg": "Text is too long"},
    {"loc": ["body"], "msg": "Odd"},
]
CUT = Fault(200, b"x" * 1_000, how="cut")
FINAL = [
    (Fault(401, {"message": "Invalid Token", "status": 401}), KeyRefused, "check FISH_API_KEY"),
    (Fault(401, "No permission -- see authorization schemes"), KeyRefused, "check FISH_API_KEY"),
    (Fault(403, {"message": "Not yours"}), KeyRefused, "check FISH_API_KEY"),
    (Fault(402, {"message": "Insufficient API credit", "status": 402}), NoCredit, "no credit left"),
    (Fault(404, {"message": "Model not found", "status": 404}), ModelUnknown, "does not know this voice model"),
    (Fault(404, HTML), EngineGarbled, "check FISH_BASE_URL"),
    (Fault(301, "", {"Location": "https://elsewhere.invalid/"}), EngineGarbled, "check FISH_BASE_URL"),
    (Fault(405, {"message": "Method not allowed"}), EngineGarbled, "check FISH_BASE_URL"),
    (Fault(400, {"message": "No audio in the text.", "status": 400}), EngineRefused, "this: No audio in the text.$"),
    (Fault(422, REFUSED_LIST), EngineRefused, r"this: Text is too long; Odd\.$"),
    (Fault(422, {"detail": REFUSED_LIST}), EngineRefused, r"this: Text is too long; Odd\.$"),
    (Fault(422, {"message": "Too \n\x07loud"}), EngineRefused, r"this: Too loud\.$"),
    (Fault(422, {"message": 7}), EngineRefused, "without saying why"),
    (Fault(422, []), EngineRefused, "without saying why"),
    (Fault(413, HTML), EngineRefused, "without saying why"),
    (Fault(422, b"\xff\xfe not text"), EngineRefused, "without saying why"),
    (Fault(422, b"[" * 100_000), EngineRefused, "without saying why"),
    (Fault(200, b""), EngineGarbled, "can't be used"),
    (Fault(200, HTML), EngineGarbled, "can't be used"),
    (Fault(200, {"message": "fine"}), EngineGarbled, "can't be used"),
    (Fault(200, b"garbage", {"Content-Encoding": "gzip"}), EngineGarbled, "can't be used"),
    (Fault(422, b"garbage", {"Content-Encoding": "gzip"}), EngineRefused, "without saying why"),
    (Fault(302, b"", {"Location": "http://[::bad"}), EngineGarbled, "check FISH_BASE_URL"),
    (Fault(404, HTML, {"Content-Type": "text/html; charset=hex"}), EngineGarbled, "check FISH_BASE_URL"),
]


@pytest.fixture
def model_id(fish: FishStub) -> str:
    return fish.add_model()["_id"]


def speak(model_id: str) -> bytes:
    return ENGINE.speak("The gull is back.", model_id)


@pytest.mark.parametrize(("fault", "failure", "words"), FINAL)
@pytest.mark.parametrize("call", [speak, ENGINE.model_state])
def test_what_does_not_pass_is_asked_once(fish: FishStub, model_id, call, fault, failure, words) -> None:
    fish.fail(fault)
    with pytest.raises(failure, match=words) as raised:
        call(model_id)
    assert len(fish.seen) == 1
    assert raised.value.status in (422, 503)
    assert raised.value.status == 422 or raised.value.retry_after
    assert not raised.value.may_pass


def test_an_endless_answer_is_cut_off(fish: FishStub, model_id, monkeypatch) -> None:
    monkeypatch.setattr(transport, "MAX_ANSWER_BYTES", 1_000)
    with pytest.raises(EngineGarbled):
        speak(model_id)
    assert len(fish.seen) == 1


@pytest.mark.parametrize(("kind", "body"), [("wav", b"ID3"), ("mp3", b"RIFF"), ("opus", b"noise"), ("pcm", b"odd")])
def test_what_is_no_sound_of_that_kind(fish: FishStub, model_id, kind: str, body: bytes) -> None:
    fish.fail(Fault(200, body))
    with pytest.raises(EngineGarbled):
        ENGINE.speak("The gull is back.", model_id, format=kind)


@pytest.mark.parametrize("reference", [{"message": "Reference not found", "status": 400}, [{"msg": "reference_id"}]])
def test_a_model_that_the_engine_lost(fish: FishStub, model_id, reference) -> None:
    fish.fail(Fault(400, reference))
    with pytest.raises(ModelUnknown, match="make the model again") as unknown:
        speak(model_id)
    assert isinstance(unknown.value, VoiceBroken)
    fish.models.clear()
    with pytest.raises(ModelUnknown):
        ENGINE.model_state(model_id)


@pytest.mark.parametrize("state", ["ready", "", None])
def test_a_state_that_nobody_knows(fish: FishStub, model_id, state) -> None:
    fish.states = [state]
    with pytest.raises(EngineGarbled):
        ENGINE.model_state(model_id)


def test_a_delete_whose_answer_was_lost(fish: FishStub, model_id) -> None:
    fish.fail(Fault(200, b"{}" * 100, how="cut", done=True))
    ENGINE.delete_model(model_id)
    assert fish.doors() == [f"DELETE /model/{model_id}"] * 2
    assert not fish.models


def test_a_delete_at_a_wrong_address_is_no_delete(fish: FishStub, model_id) -> None:
    fish.fail(Fault(404, HTML))
    with pytest.raises(EngineGarbled):
        ENGINE.delete_model(model_id)


def test_no_secret_in_messages_tracebacks_and_logs(fish: FishStub, model_id, caplog) -> None:
    caplog.set_level(logging.DEBUG)
    logging.getLogger("httpx").setLevel(logging.DEBUG)
    try:
        for fault in (Fault(422, {"message": f"Bad header: Bearer {KEY}"}), Fault(401, f"who is {KEY}?"), *[CUT] * 3):
            fish.fail(fault)
        for _ in range(3):
            with pytest.raises(DomainError) as raised:
                speak(model_id)
            assert KEY not in raised.value.message
            assert KEY not in "".join(traceback.format_exception(raised.value))
    finally:
        logging.getLogger("httpx").setLevel(logging.WARNING)
    assert "asked again" in caplog.text
    assert KEY not in caplog.text


def test_off_is_told_apart_from_away(fish: FishStub, settings, model_id) -> None:
    fish.fail(Fault(401))
    with pytest.raises(EngineOff) as off:
        speak(model_id)
    assert off.value.code == "engine_off"


@pytest.mark.django_db
def test_a_job_with_a_voice_model(fish: FishStub, alice, model_id) -> None:
    voice = Voice.objects.create(voice_id=model_id, name="Anna", language="en", engine="fish", sample_rate=44_100)
    job = jobs.start_job(by=alice, text="The gull is back. It wants more.", voice_id=voice.voice_id)
    fish.fail(Fault(502, HTML))
    jobs.run_job(job=job)
    job.refresh_from_db()
    assert (job.status, job.duration) == ("completed", pytest.approx(0.35))
    assert fish.doors() == ["POST /v1/tts"] * 3


@pytest.mark.django_db
def test_a_job_without_credit_fails_with_the_sentence(fish: FishStub, alice, model_id) -> None:
    voice = Voice.objects.create(voice_id=model_id, name="Anna", language="en", engine="fish", sample_rate=44_100)
    job = jobs.start_job(by=alice, text="The gull is back.", voice_id=voice.voice_id)
    fish.fail(Fault(402, {"message": "Insufficient API credit"}))
    jobs.run_job(job=job)
    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", NoCredit.sentence)
