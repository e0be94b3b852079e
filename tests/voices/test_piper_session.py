import os
import subprocess
import sys

import numpy as np
import pytest

from voices.engines import piper


class Recorder:
    """Stands for onnxruntime's session; remembers what it was asked."""

    def run(self, names, inputs, options=None):
        self.asked = (names, inputs["input"].shape, options)
        return ["sound"]


@pytest.mark.parametrize(("ids", "gives_back"), [(1, False), (piper.LONG_IDS, False), (piper.LONG_IDS + 1, True)])
def test_only_a_long_sentence_gives_its_memory_back(ids, gives_back):
    recorder = Recorder()
    assert piper.Session(recorder).run(None, {"input": np.zeros((1, ids), np.int64)}) == ["sound"]
    names, shape, options = recorder.asked
    assert (names, shape, options is not None) == (None, (1, ids), gives_back)


def test_a_long_sentence_is_spoken_whole():
    voice = piper.Piper()._voice("en_US-demo-low")
    options = piper.synthesis_options(voice.config, speed=1, speaker=None)
    sound = piper.speak(voice, "en_US-demo-low", "harbour " * 99, options, lambda: None)
    assert len(sound) > 22_050 * 30
    assert np.abs(sound).max() == piper.MAX_VOLUME


def test_nobody_is_told_which_models_are_loaded(tmp_path):
    """onnxruntime would keep an id of the machine in its user's cache, to send it along."""
    load = "import django; django.setup(); from voices.engines import piper; piper.Piper()._voice('en_US-demo-low')"
    env = os.environ | {"HOME": str(tmp_path), "XDG_CACHE_HOME": str(tmp_path), "VAR_DIR": str(tmp_path / "var")}
    env.pop("ORT_DISABLE_TELEMETRY", None)
    env["DJANGO_SETTINGS_MODULE"] = "config.settings"
    subprocess.run([sys.executable, "-c", load], env=env, check=True)
    assert {path.name for path in tmp_path.iterdir()} <= {"var"}
