"""The engine fish: models made of recordings, their state, list and end, and their speech, all over HTTP."""

import io
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import av
import numpy as np
import ormsgpack
import pytest

from config.errors import Unprocessable
from tests.voices.fish_stub import KEY, FishStub
from tests.voices.fish_wire import Fault
from voices import engines
from voices.engines import SpeakerUnknown, SpeedRefused, fish_http
from voices.engines.fish import SAMPLE_RATE, Fish, MadeModel, new_tag
from voices.engines.fish_errors import EngineOff, EngineRefused, ModelUnknown

SENTENCE = "The gull has taken my sandwich again."
ENGINE = Fish()


def test_off_without_a_key(client, db, settings) -> None:
    settings.FISH_API_KEY = ""
    assert client.get("/health").json()["engines"] == {"piper": "on", "fish": "off"}
    for call in (
        lambda: ENGINE.make_model("Anna", [b"sound"], tag=new_tag()),
        lambda: ENGINE.model_state("a" * 32),
        lambda: ENGINE.list_models(),
        lambda: ENGINE.delete_model("a" * 32),
        lambda: ENGINE.speak(SENTENCE, "a" * 32),
        lambda: ENGINE.synthesize("a" * 32, [SENTENCE]),
    ):
        with pytest.raises(EngineOff, match="sets FISH_API_KEY") as off:
            call()
        assert (off.value.status, off.value.code) == (503, "engine_off")


def test_on_with_a_key(client, db, fish: FishStub) -> None:
    assert client.get("/health").json()["engines"] == {"piper": "on", "fish": "on"}
    assert not fish.seen  # whether it answers is not asked


def test_nothing_is_imported_before_it_is_used(settings) -> None:
    code = """
import sys
from django.conf import settings
settings.configure(FISH_API_KEY="a-key", PIPER_VOICES_DIR=__import__("pathlib").Path("nowhere"))
from voices import engines
assert engines.states()["fish"] == "on" and not engines.get("fish").voices()
print([name for name in ("fishaudio", "httpx", "httpcore", "numpy") if name in sys.modules])
"""
    done = subprocess.run([sys.executable, "-c", code], cwd=settings.BASE_DIR, capture_output=True, text=True)
    assert (done.stdout, done.stderr) == ("[]\n", "")


def test_the_catalogue_has_none_of_its_models(fish: FishStub) -> None:
    fish.add_model()
    assert ENGINE.scan() == engines.Scan([], [])
    assert not fish.seen


def test_make_a_model(fish: FishStub, tmp_path: Path) -> None:
    recording = tmp_path / "anna.wav"
    recording.write_bytes(b"RIFF one \r\n\x00\xff")
    fish.states = ["created"]
    model = ENGINE.make_model("Anna é", [recording, b"two"], tag="echodesk-1", tags=["warm"], description="Reads.")
    [made] = fish.models.values()
    assert model == MadeModel(made["_id"], "created")
    assert (made["title"], made["description"], made["visibility"]) == ("Anna é", "Reads.", "private")
    assert made["tags"] == ["echodesk-1", "warm"]
    assert fish.doors() == ["POST /model"]
    fields, voices = fish.seen[0].form()
    assert voices == [b"RIFF one \r\n\x00\xff", b"two"]
    assert (fields["train_mode"], fields["type"]) == (["fast"], ["tts"])
    assert fish.seen[0].headers["authorization"] == f"Bearer {KEY}"


@pytest.mark.parametrize("count", [0, 21])
def test_a_model_needs_1_to_20_recordings(fish: FishStub, count: int) -> None:
    with pytest.raises(Unprocessable, match="1 to 20 recordings"):
        ENGINE.make_model("Anna", [b"sound"] * count, tag=new_tag())
    assert not fish.seen


def test_20_recordings_are_taken(fish: FishStub) -> None:
    ENGINE.make_model("Anna", [b"sound"] * 20, tag=new_tag())
    assert len(fish.seen[0].form()[1]) == 20


def test_what_the_engine_says_of_a_recording_is_passed_on(fish: FishStub) -> None:
    with pytest.raises(EngineRefused, match=r"^Fish Audio refused this: Field required\.$"):
        ENGINE.make_model("", [b"sound"], tag=new_tag())
    assert fish.doors() == ["POST /model"]


@pytest.mark.parametrize("end", ["trained", "failed"])
def test_a_model_is_polled_until_it_is_ready_or_has_failed(fish: FishStub, end: str) -> None:
    fish.states = ["created", "training", "training", end]
    model = ENGINE.make_model("Anna", [b"sound"], tag=new_tag())
    assert model.state == "created"
    assert [ENGINE.model_state(model.model_id) for _ in range(4)] == ["training", "training", end, end]


def test_list_models(fish: FishStub) -> None:
    for number in range(150):
        fish.add_model(tags=["desk", f"n{number}"])
    everything = ENGINE.list_models()
    assert [model.model_id for model in everything] == list(reversed(fish.models))
    assert fish.doors() == ["GET /model"] * 2
    assert ENGINE.list_models("n7") == [everything[149 - 7]]
    assert len(ENGINE.list_models("desk")) == 150
    assert ENGINE.list_models("nobody has it") == []


def test_delete_a_model(fish: FishStub) -> None:
    model_id = fish.add_model()["_id"]
    ENGINE.delete_model(model_id)
    assert not fish.models
    ENGINE.delete_model(model_id)  # gone already
    assert fish.doors() == [f"DELETE /model/{model_id}"] * 2


@pytest.mark.parametrize("model_id", ["", "..", "../wallet/self", "a/b", "a?b", "a b", "a\n", "é", "a" * 65])
def test_what_can_be_no_id_never_gets_into_an_address(fish: FishStub, model_id: str) -> None:
    for call in (ENGINE.model_state, lambda bad: ENGINE.speak(SENTENCE, bad), lambda bad: ENGINE.synthesize(bad, [])):
        with pytest.raises(ModelUnknown):
            call(model_id)
    ENGINE.delete_model(model_id)
    assert not fish.seen


@pytest.mark.parametrize(("kind", "rate"), [("wav", 44_100), ("mp3", 44_100), ("opus", 48_000)])
def test_speak(fish: FishStub, kind: str, rate: int) -> None:
    sound = ENGINE.speak(SENTENCE, fish.add_model()["_id"], format=kind)
    with av.open(io.BytesIO(sound)) as file:
        seconds = sum(frame.samples / frame.sample_rate for frame in file.decode(audio=0))
        assert file.streams.audio[0].rate == rate
    assert seconds == pytest.approx(0.35, abs=0.1)


def test_what_is_asked_for_speech(fish: FishStub) -> None:
    model_id = fish.add_model()["_id"]
    ENGINE.speak("Grüße!", model_id, format="opus", speed=1.5, volume=-3)
    wanted = ormsgpack.unpackb(fish.seen[0].content)
    assert (wanted["text"], wanted["reference_id"], wanted["format"]) == ("Grüße!", model_id, "opus")
    assert (wanted["prosody"], wanted["opus_bitrate"]) == ({"speed": 1.5, "volume": -3}, -1000)
    assert "sample_rate" not in wanted


def test_speech_for_jobs(fish: FishStub) -> None:
    said = ENGINE.synthesize(fish.add_model()["_id"], iter([SENTENCE, "…", "Twice two."]))
    assert not fish.seen  # nothing is asked before it is wanted
    first, none, last = said
    assert {sound.dtype for sound in (first, none, last)} == {np.dtype(np.int16)}
    assert (len(first), len(none), len(last)) == (15_435, 0, 4_410)
    assert np.abs(first).max() > 7_000
    assert fish.doors() == ["POST /v1/tts"] * 2  # a sentence with no word in it is not billed
    assert ENGINE.sample_rate("any") == SAMPLE_RATE


def test_speed(fish: FishStub) -> None:
    model_id = fish.add_model()["_id"]
    slow, fast = (next(ENGINE.synthesize(model_id, [SENTENCE], speed=speed)) for speed in (0.5, 2.0))
    assert (len(slow), len(fast)) == (30_870, 7_718)


@pytest.mark.parametrize("speed", [0.49, 2.01, 4.0, float("nan"), float("inf")])
def test_a_speed_that_the_engine_has_not_is_refused_at_once(fish: FishStub, speed: float) -> None:
    with pytest.raises(SpeedRefused, match="0.5 to 2 times"):
        ENGINE.synthesize("a" * 32, [SENTENCE], speed=speed)
    assert not fish.seen


@pytest.mark.parametrize("volume", [-20.1, 20.1, float("nan")])
def test_a_volume_that_the_engine_has_not_is_refused_at_once(fish: FishStub, volume: float) -> None:
    with pytest.raises(Unprocessable, match="-20 to 20 dB"):
        ENGINE.speak(SENTENCE, "a" * 32, volume=volume)
    assert not fish.seen


def test_a_voice_model_has_one_speaker(fish: FishStub) -> None:
    with pytest.raises(SpeakerUnknown, match="only one speaker"):
        ENGINE.synthesize("a" * 32, [SENTENCE], speaker="1")


def test_a_warm_up_costs_nothing(fish: FishStub) -> None:
    ENGINE.warm_up("a" * 32)
    assert not fish.seen


def test_billed_bytes() -> None:
    assert [ENGINE.billed_bytes(text) for text in ("", "gull", "é", "漢字", "🦜")] == [0, 4, 2, 6, 4]


def test_tags_differ() -> None:
    assert len({new_tag() for _ in range(100)}) == 100


def test_connections_are_kept_and_calls_of_threads_do_not_mix(fish: FishStub) -> None:
    model_id = fish.add_model()["_id"]
    fish.fail(*[Fault(429, {"message": "busy"})] * 2)  # a third could meet the same call, which then gives up
    with ThreadPoolExecutor(4) as pool:
        texts = [" ".join(["word"] * count) for count in range(1, 13)]
        sounds = list(pool.map(lambda text: ENGINE.speak(text, model_id, format="pcm"), texts))
    assert [len(sound) // 2 for sound in sounds] == [2_205 * count for count in range(1, 13)]


def test_a_proxy_of_the_operator_is_used(fish: FishStub, settings, monkeypatch) -> None:
    for name in ("NO_PROXY", "no_proxy"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("http_proxy", fish.url.replace("://", "://user:pass@"))
    settings.FISH_BASE_URL = "http://fish.invalid"
    assert ENGINE.list_models() == []
    fish_http.client().close()
    assert fish.seen[0].headers["host"] == "fish.invalid"
    assert fish.seen[0].headers["proxy-authorization"] == "Basic dXNlcjpwYXNz"


def test_the_stub_speaks_the_rest_of_the_api(fish: FishStub) -> None:
    model_id = fish.add_model()["_id"]
    fish_http.ask(lambda client: client.voices.update(model_id, title="Berta", tags=["x", "y"]), between=list)
    assert (fish.models[model_id]["title"], fish.models[model_id]["tags"]) == ("Berta", ["x", "y"])
    assert fish_http.ask(lambda client: str(client.account.get_credits().credit), between=list) == "4.2"
