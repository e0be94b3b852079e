"""The engine piper: what it finds, how it speaks, and a sentence for every way a voice can be broken."""

import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from config.errors import DomainError
from voices import engines
from voices.engines import EngineUnknown, SpeakerUnknown, SpeedRefused, VoiceBroken, piper, piper_files
from voices.engines.piper import Piper

DEMO = "en_US-demo-low"
SENTENCE = "The quick brown fox jumps over the lazy dog today."


@pytest.fixture
def folder(tmp_path: Path, settings: Any) -> Path:
    settings.PIPER_VOICES_DIR = tmp_path / "voices"
    settings.PIPER_VOICES_DIR.mkdir()
    return settings.PIPER_VOICES_DIR


def add_voice(folder: Path, voice_id: str, change: Callable[[dict[str, Any]], object] = lambda config: None) -> Path:
    """A copy of the demo voice under another name, its JSON changed; the model's path."""
    folder.mkdir(parents=True, exist_ok=True)
    config = json.loads((piper_files.DEMO_DIR / f"{DEMO}.onnx.json").read_text())
    change(config)
    (folder / f"{voice_id}.onnx.json").write_text(json.dumps(config))
    return Path(shutil.copyfile(piper_files.DEMO_DIR / f"{DEMO}.onnx", folder / f"{voice_id}.onnx"))


def still(config: dict[str, Any]) -> None:
    """No noise, so that the same sentence gives the same samples."""
    config["inference"] = {"noise_scale": 0, "noise_w": 0, "length_scale": 1}


def spoken(voice_id: str, sentence: str, **options: Any) -> np.ndarray:
    return next(Piper().synthesize(voice_id, [sentence], **options))


def test_registry() -> None:
    assert [engine.name for engine in engines.all()] == ["piper", "fish"]
    assert engines.get("piper") is engines.get("piper")
    assert engines.get("piper").is_on()
    with pytest.raises(EngineUnknown, match="no voice engine named gramophone"):
        engines.get("gramophone")


def test_the_web_server_does_not_import_piper() -> None:
    code = """
import pathlib, sys
from django.conf import settings
settings.configure(PIPER_VOICES_DIR=pathlib.Path("missing"))
from voices import engines
assert engines.get("piper").voices()
assert not {"piper", "onnxruntime", "numpy"} & set(sys.modules)
"""
    subprocess.run([sys.executable, "-c", code], check=True)


def test_demo_voice_is_there_when_the_folder_is_not(tmp_path: Path, settings: Any) -> None:
    settings.PIPER_VOICES_DIR = tmp_path / "missing"
    scan = Piper().scan()
    [voice] = scan.voices
    assert scan.problems == []
    assert (voice.voice_id, voice.name, voice.language, voice.quality) == (DEMO, "Demo (low)", "en_US", "low")
    assert voice.speakers == ("low", "mid", "high")
    assert voice.sample_rate == Piper().sample_rate(DEMO) == 22_050
    assert voice.size_bytes == (piper_files.DEMO_DIR / f"{DEMO}.onnx").stat().st_size
    assert voice.license == "GPL-3.0-or-later"


def test_voices_in_nested_folders_are_found(folder: Path) -> None:
    add_voice(folder / "pt" / "pt_PT" / "tugão" / "medium", "pt_PT-tugão-medium", lambda c: c.pop("dataset"))
    add_voice(
        folder,
        "en_GB-sun_rise-x_low",
        lambda c: c.update(dataset="sun_rise", num_speakers=1, audio={"sample_rate": 16000}),
    )
    (folder / "en_US-half-low.onnx.part").touch()
    assert ["en_US-half-low has" in problem.message for problem in Piper().scan().problems] == [True]
    found = {voice.voice_id: voice for voice in Piper().voices()}
    assert found.keys() == {DEMO, "pt_PT-tugão-medium", "en_GB-sun_rise-x_low"}
    assert found["pt_PT-tugão-medium"].name == "Tugão (low)"
    single = found["en_GB-sun_rise-x_low"]
    assert (single.name, single.speakers, single.sample_rate) == ("Sun Rise (x low)", (), 16_000)


def test_version_follows_the_content(folder: Path) -> None:
    def version() -> str:
        return piper_files.read_spec(piper_files.find("a")).version

    model = add_voice(folder, "a")
    first = version()
    os.utime(model, (1, 1))
    assert version() == first
    content = bytearray(model.read_bytes())
    content[-1000] ^= 1
    model.write_bytes(content)
    assert version() != first


def test_one_array_for_each_sentence(folder: Path) -> None:
    sounds = list(Piper().synthesize(DEMO, [SENTENCE, "", "...", "Hi."]))
    assert [sound.dtype for sound in sounds] == [np.int16] * 4
    assert [sound.ndim for sound in sounds] == [1] * 4
    assert 2 < len(sounds[0]) / 22_050 < 6
    assert (len(sounds[1]), len(sounds[2])) == (0, 0)
    assert 0 < len(sounds[3]) < len(sounds[0])
    assert np.abs(sounds[0].astype(int)).max() > 30_000


def test_sentences_are_taken_one_at_a_time(folder: Path) -> None:
    taken = []
    sounds = Piper().synthesize(DEMO, (taken.append(word) or word for word in ("One.", "Two.", "Three.")))
    next(sounds)
    assert taken == ["One."]


def test_same_samples_as_pipers_own(folder: Path) -> None:
    from piper import PiperVoice
    from piper.config import SynthesisConfig

    model = add_voice(folder, "still", still)
    [chunk] = PiperVoice.load(model).synthesize(SENTENCE, SynthesisConfig(speaker_id=0))
    own = spoken("still", SENTENCE, speaker="low")
    assert own.shape == chunk.audio_int16_array.shape
    assert np.abs(own.astype(int) - chunk.audio_int16_array).max() <= 2


def test_speed_and_speaker(folder: Path) -> None:
    add_voice(folder, "still", still)
    middle = spoken("still", SENTENCE)
    assert np.array_equal(spoken("still", SENTENCE, speaker="mid"), middle)
    assert np.array_equal(spoken("still", SENTENCE, speaker="1"), middle)
    assert not np.array_equal(spoken("still", SENTENCE, speaker="high")[: len(middle)], middle)
    assert len(middle) / len(spoken("still", SENTENCE, speed=2)) == pytest.approx(2, rel=0.1)
    assert len(middle) / len(spoken("still", SENTENCE, speed=0.25)) == pytest.approx(0.25, rel=0.1)


@pytest.mark.parametrize("speed", [0, -1, 0.24, 4.01, float("nan"), float("inf")])
def test_speed_out_of_range_is_refused(folder: Path, speed: float) -> None:
    with pytest.raises(SpeedRefused, match="0.25 to 4 times its own speed"):
        Piper().synthesize(DEMO, [SENTENCE], speed=speed)


@pytest.mark.parametrize("speaker", ["nobody", "3", "-1", "1.7", "²"])
def test_unknown_speaker_is_refused(folder: Path, speaker: str) -> None:
    with pytest.raises(SpeakerUnknown, match="low, mid, high") as refused:
        Piper().synthesize(DEMO, [SENTENCE], speaker=speaker)
    assert refused.value.status == 422


def test_many_speakers_are_not_all_named(folder: Path) -> None:
    add_voice(folder, "many", lambda c: c.update(num_speakers=900, speaker_id_map={f"p{n}": n for n in range(900)}))
    with pytest.raises(SpeakerUnknown, match=r"p0, p1, .* p19 and 880 more\."):
        Piper().synthesize("many", [SENTENCE], speaker="x")


def test_abbreviations_are_read_without_a_pause(folder: Path) -> None:
    add_voice(folder, "still", still)
    with_stops = spoken("still", "Dr. Smith met J. Jones on Jan. 5.")
    assert np.array_equal(with_stops, spoken("still", "Dr Smith met J Jones on Jan 5."))
    assert piper.without_false_stops("At 5 p.m. we met. Version 1.2.") == "At 5 p.m. we met. Version 1.2."


def test_what_is_read_at_once_is_bounded(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    voice, sizes, run = Piper()._voice(DEMO), [], piper.run_model
    monkeypatch.setattr(piper, "run_model", lambda *rest: sizes.append(len(rest[2])) or run(*rest))
    options = piper.synthesis_options(voice.config, speed=4, speaker=None)
    pauses: list[int] = []
    sound = piper.speak(voice, DEMO, "www." * 250, options, lambda: pauses.append(len(sizes)))
    assert len(sound) > 22_050 * 10
    assert pauses == list(range(1, len(sizes)))
    assert len(sizes) > 1
    assert max(sizes) <= piper.MAX_PHONEMES
    with pytest.raises(ValueError, match="at most 100 words"):
        piper.speak(voice, DEMO, "word " * 101, options, lambda: None)


def test_model_runs_lose_nothing() -> None:
    phonemes = [str(number) for number in range(2_500)]
    runs = list(piper.model_runs(phonemes))
    assert [len(run) for run in runs] == [833, 833, 834]
    assert sum(runs, []) == phonemes
    assert list(piper.model_runs([])) == []


def test_voices_stay_loaded_until_their_files_change(folder: Path) -> None:
    engine, model = Piper(), add_voice(folder, "a")
    engine.warm_up("a")
    first = engine._voice("a")
    assert engine._voice("a") is first
    os.utime(model, (1, 1))
    assert engine._voice("a") is not first


def test_an_id_can_not_leave_the_folder(folder: Path) -> None:
    add_voice(folder.parent, "secret")
    for voice_id in ("../secret", f"{folder.parent}/secret", "secret", "", "..", "a\0b"):
        with pytest.raises(VoiceBroken, match="is missing"):
            Piper().synthesize(voice_id, [SENTENCE])


def unlink_config(model: Path) -> None:
    Path(f"{model}.json").unlink()


def configured(text: str) -> Callable[[Path], object]:
    return lambda model: Path(f"{model}.json").write_text(text)


def changed(**values: Any) -> Callable[[Path], object]:
    return lambda model: add_voice(model.parent, "broken", lambda config: config.update(values))


BREAKS = {
    "model missing": (Path.unlink, "file of broken is missing. Choose another voice.", True),
    "model empty": (lambda model: model.write_bytes(b""), "file of broken is damaged", True),
    "json missing": (unlink_config, "file of broken is missing", True),
    "json bad": (configured("{"), "broken.onnx.json does not describe a Piper voice", True),
    "json not text": (lambda model: Path(f"{model}.json").write_bytes(b"\xff\xfe\x00"), "does not describe", True),
    "json empty": (configured("{}"), "does not describe a Piper voice", True),
    "json a list": (configured("[]"), "does not describe a Piper voice", True),
    "speaker number out of range": (changed(speaker_id_map={"a": 9}), "does not describe a Piper voice", True),
    "json half": (changed(phoneme_type="smoke"), "does not describe a Piper voice", False),
    "model cut": (lambda model: os.truncate(model, 500_000), "file of broken is damaged. Download it again", False),
    "model of nothing": (lambda model: model.write_bytes(b"no model at all"), "file of broken is damaged", False),
    "language unknown": (changed(espeak={"voice": "xx-none"}), r"not installed \(xx-none\). Choose another", False),
    "default speaker out of range": (changed(default_speaker_id=9), "voice broken failed while it spoke", False),
}


@pytest.mark.parametrize(("spoil", "sentence", "is_seen_by_scan"), BREAKS.values(), ids=BREAKS)
def test_broken_voices_say_what_to_do(
    folder: Path, spoil: Callable[[Path], object], sentence: str, is_seen_by_scan: bool
) -> None:
    spoil(add_voice(folder, "broken"))
    with pytest.raises(VoiceBroken, match=sentence) as broken:
        Piper().warm_up("broken")
    assert isinstance(broken.value, DomainError)
    scan = Piper().scan()
    assert [problem.message for problem in scan.problems] == ([broken.value.message] if is_seen_by_scan else [])
    assert ("broken" in {voice.voice_id for voice in scan.voices}) is not is_seen_by_scan
    Piper().warm_up(DEMO)
