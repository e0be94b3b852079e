"""What may pass at Fish Audio is tried again, as often and as long as promised; the stub counts the tries."""

import datetime as dt
from email.utils import format_datetime

import pytest

from config import queue
from tests.voices.fish_stub import FishStub
from tests.voices.fish_wire import Fault
from voices.engines import fish_http
from voices.engines.fish import Fish
from voices.engines.fish_errors import EngineAway, TooManyAtOnce

ENGINE = Fish()
HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
CUT = Fault(200, b"x" * 1_000, how="cut")
SILENT, DRIPPING = Fault(how="silent"), Fault(200, b"x" * 10_000, how="drip")
PASSING = [
    (Fault(429, {"message": "Too many requests", "status": 429}), TooManyAtOnce, "busy with other requests"),
    (Fault(429, "slow down", {"Retry-After": "0"}), TooManyAtOnce, "busy with other requests"),
    (Fault(500, {"message": "Oops", "status": 500}), EngineAway, "can't be reached"),
    (Fault(500, b"null"), EngineAway, "can't be reached"),
    (Fault(500, [1, 2]), EngineAway, "can't be reached"),
    (Fault(502, HTML), EngineAway, "can't be reached"),
    (Fault(502, b"\xff\xfe\xfd"), EngineAway, "can't be reached"),
    (Fault(503, ""), EngineAway, "can't be reached"),
    (CUT, EngineAway, "can't be reached"),
    (Fault(502, HTML, how="cut"), EngineAway, "can't be reached"),
]


class Stop(Exception):
    """What a caller raises to stop."""


@pytest.fixture
def model_id(fish: FishStub) -> str:
    return fish.add_model()["_id"]


def speak(model_id: str) -> bytes:
    return ENGINE.speak("The gull is back.", model_id)


@pytest.mark.parametrize(("fault", "failure", "words"), PASSING)
def test_what_may_pass_is_asked_three_times(fish: FishStub, model_id, fault, failure, words) -> None:
    fish.fail(fault, fault, fault)
    with pytest.raises(failure, match=words) as raised:
        speak(model_id)
    assert len(fish.seen) == 3
    assert (raised.value.status, raised.value.retry_after > 0) == (503, True)


@pytest.mark.parametrize(("fault", "failure", "words"), PASSING)
def test_what_has_passed_is_not_seen(fish: FishStub, model_id, fault, failure, words) -> None:
    fish.fail(fault, fault)
    assert speak(model_id).startswith(b"RIFF")
    assert len(fish.seen) == 3


@pytest.mark.parametrize("fault", [SILENT, DRIPPING, Fault(429, b"x" * 10_000, how="drip")])
def test_a_slow_answer_is_given_up_and_asked_again(fish: FishStub, model_id, fault) -> None:
    fish.fail(fault, fault, fault)
    with pytest.raises(EngineAway):
        speak(model_id)
    assert len(fish.seen) == 3


def test_nobody_listens(fish: FishStub) -> None:
    fish.close()
    with pytest.raises(EngineAway, match="can't be reached"):
        ENGINE.list_models()


def test_the_engines_own_pause_is_kept(fish: FishStub, model_id, monkeypatch) -> None:
    pauses: list[float] = []
    monkeypatch.setattr(fish_http, "wait", lambda seconds, between: pauses.append(seconds))
    monkeypatch.setattr(fish_http, "PAUSES", (1, 3))
    until = format_datetime(dt.datetime.now(dt.UTC) + dt.timedelta(seconds=20), usegmt=True)
    fish.fail(Fault(429, "", {"Retry-After": "7"}), Fault(503, "", {"Retry-After": until}))
    speak(model_id)
    fish.fail(Fault(429), Fault(429, "", {"Retry-After": "soon"}))
    speak(model_id)
    assert pauses == [7, pytest.approx(20, abs=2), 1, 3]


@pytest.mark.parametrize("asked", ["61", "9" * 5_000, "Fri, 31 Dec 9999 23:59:59 GMT"])
def test_a_pause_that_does_not_fit_is_told_instead(fish: FishStub, model_id, asked: str) -> None:
    fish.fail(Fault(429, "", {"Retry-After": asked}))
    with pytest.raises(TooManyAtOnce) as busy:
        speak(model_id)
    assert busy.value.retry_after == (61 if asked == "61" else 3_600)
    assert len(fish.seen) == 1


@pytest.mark.parametrize("asked", ["-5", "0", "Thu, 01 Jan 1970 00:00:00 GMT", "Thu, 01 Jan 1970 00:00:00 -0000"])
def test_a_pause_that_is_over_is_none(fish: FishStub, model_id, asked: str) -> None:
    fish.fail(Fault(429, "", {"Retry-After": asked}))
    speak(model_id)
    assert len(fish.seen) == 2


@pytest.mark.parametrize(("total", "limit"), [(60, 20), (15, 15)])
def test_a_call_has_20_seconds_and_all_calls_share_60(fish: FishStub, model_id, monkeypatch, total, limit) -> None:
    assert (fish_http.TOTAL_SECONDS, fish_http.CALL_SECONDS) == (60, 20)
    monkeypatch.setattr(fish_http, "TOTAL_SECONDS", total)
    fish.fail(Fault(500), Fault(500))
    speak(model_id)
    assert len(fish.limits) == 3
    assert all(limit - 5 < seconds <= limit for seconds in fish.limits)


def test_a_worker_that_is_asked_to_stop_does_not_try_again(fish: FishStub, model_id, monkeypatch) -> None:
    monkeypatch.setattr(fish_http, "PAUSES", (50, 50))
    queue.stopping.set()
    try:
        fish.fail(Fault(500))
        with pytest.raises(EngineAway):
            speak(model_id)
    finally:
        queue.stopping.clear()
    assert len(fish.seen) == 1


def test_between_may_stop_it(fish: FishStub, model_id, monkeypatch) -> None:
    def between() -> None:
        raise Stop

    monkeypatch.setattr(fish_http, "PAUSES", (50, 50))
    fish.fail(Fault(429))
    with pytest.raises(Stop):
        list(ENGINE.synthesize(model_id, ["The gull is back."], between=between))
    assert len(fish.seen) == 1


def test_between_is_called_all_through_a_pause(fish: FishStub, model_id, monkeypatch) -> None:
    calls: list[str] = []
    monkeypatch.setattr(fish_http, "PAUSES", (0.05, 0))
    monkeypatch.setattr(fish_http, "LOOK_SECONDS", 0.01)
    fish.fail(Fault(429))
    ENGINE.speak("The gull is back.", model_id, between=lambda: calls.append("called"))
    assert len(calls) > 2
