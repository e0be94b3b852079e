"""The bundled voice: its build gives the shipped bytes, and both of its files agree."""

import json

import numpy as np
import onnxruntime
import pytest

from voices.demo import build_voice, onnx_graph, vocoder
from voices.engines.piper import Piper
from voices.engines.piper_files import DEMO_DIR

MODEL = DEMO_DIR / "en_US-demo-low.onnx"
CONFIG = json.loads((DEMO_DIR / "en_US-demo-low.onnx.json").read_text())


def test_build_gives_the_shipped_bytes() -> None:
    assert build_voice.voice_bytes() == MODEL.read_bytes()


def test_equal_constants_are_stored_once() -> None:
    graph = onnx_graph.Graph()
    assert graph.Add(onnx_graph.vector(1), onnx_graph.vector(1)) == "add1"
    assert len(graph.constants) == 1
    assert list(graph.nodes[0].input) == ["c0", "c0"]


def test_json_describes_the_model() -> None:
    assert CONFIG["audio"]["sample_rate"] == vocoder.SAMPLE_RATE
    assert CONFIG["hop_length"] == vocoder.HOP
    assert CONFIG["num_speakers"] == len(CONFIG["speaker_id_map"]) == len(vocoder.SPEAKERS)


def test_durations_add_up_to_the_sound() -> None:
    session = onnxruntime.InferenceSession(MODEL, providers=["CPUExecutionProvider"])
    ids = np.array([[1, 0, 20, 0, 25, 0, 24, 0, 2]])
    inputs = {"input": ids, "input_lengths": [ids.size], "scales": np.array([0, 1, 0], np.float32), "sid": [0]}
    sound, frames = session.run(None, inputs)
    assert sound.shape == (1, 1, 1, vocoder.HOP * int(frames.sum()))
    assert frames.shape == (1, 1, ids.size)
    assert not frames[0, 0, 1::2].any(), "a pad never sounds"


@pytest.mark.parametrize(("speaker", "low", "high"), [("low", 60, 110), ("mid", 95, 150), ("high", 150, 240)])
def test_speakers_differ_in_pitch(speaker: str, low: float, high: float) -> None:
    [sound] = Piper().synthesize("en_US-demo-low", ["Now we all know only you are in Rome."], speaker=speaker)
    assert low < median_pitch(sound.astype(float)) < high


def median_pitch(sound: np.ndarray) -> float:
    """Hz, by autocorrelation of every 40 ms that are loud enough."""
    frames = [frame for frame in np.split(sound[: len(sound) // 882 * 882], len(sound) // 882) if frame.std() > 2_000]
    lags = slice(22_050 // 300, 22_050 // 55)
    return float(
        np.median([22_050 / (np.correlate(f, f, "full")[len(f) - 1 :][lags].argmax() + lags.start) for f in frames])
    )
