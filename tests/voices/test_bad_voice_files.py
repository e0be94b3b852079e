"""Whatever lies in PIPER_VOICES_DIR, the catalogue is made, and what is broken is reported."""

import json
import os

import pytest

from voices.actions import voices
from voices.engines.piper_files import DEMO_DIR
from voices.models import Voice

DEMO = "en_US-demo-low"
CHANGES = {
    "sample rate 0": {"audio": {"sample_rate": 0}},
    "negative sample rate": {"audio": {"sample_rate": -5}},
    "huge sample rate": {"audio": {"sample_rate": 10**12}},
    "endless sample rate": {"audio": {"sample_rate": float("inf")}},
    "endless speakers": {"num_speakers": float("inf")},
    "a language that is an object": {"language": {"code": {}}},
    "a scale that is text": {"inference": {"length_scale": "slow"}},
}


@pytest.fixture
def folder(db, var_dir):
    folder = var_dir / "voices"
    folder.mkdir()
    (folder / "xx-bad-low.onnx").write_bytes((DEMO_DIR / f"{DEMO}.onnx").read_bytes())
    return folder


def sync():
    lines = []
    voices.sync_voices(lines.append)
    assert list(Voice.objects.available().values_list("voice_id", flat=True)) == [DEMO]
    return "\n".join(lines)


@pytest.mark.parametrize("change", CHANGES.values(), ids=CHANGES)
def test_a_description_that_cannot_be_is_reported(folder, change):
    config = json.loads((DEMO_DIR / f"{DEMO}.onnx.json").read_text())
    (folder / "xx-bad-low.onnx.json").write_text(json.dumps(config | change))
    assert "xx-bad-low.onnx.json does not describe a Piper voice." in sync()


def test_a_description_nested_without_end_is_reported(folder):
    (folder / "xx-bad-low.onnx.json").write_text("[" * 100_000)
    assert "does not describe a Piper voice." in sync()


def test_what_is_no_file_is_reported(folder):
    os.mkfifo(folder / "xx-bad-low.onnx.json")
    (folder / "xx-folder-low.onnx").mkdir()
    (folder / "xx-folder-low.onnx.json").write_text("{}")
    lines = sync()
    assert "The voice file of xx-bad-low is damaged." in lines
    assert "The voice file of xx-folder-low is damaged." in lines


def test_a_name_that_cannot_be_shown_is_passed_over(folder):
    (folder / "xx-bad-low.onnx").rename(os.fsdecode(os.fsencode(folder) + b"/xx-\xff-low.onnx"))
    sync()
