"""A worker's voices in a process of their own: `python -m tests.benchmarks.hold_voices FOLDER BOUND_MB VOICE ...`.

Speaks a sentence with each voice in turn, and prints what that took and what the process then holds, a JSON line each.
"""

import json
import os
import sys
import time
from pathlib import Path

import django

SENTENCE = "The harbour was quiet, and the boats lay still in the morning light."


def main(folder: str, bound: str, *voices: str) -> None:
    os.environ["DJANGO_SETTINGS_MODULE"] = "tests.settings"
    os.environ["VOICE_CACHE_MB"] = bound
    django.setup()
    from django.conf import settings

    settings.PIPER_VOICES_DIR = Path(folder)
    from config.workers import memory_bytes
    from voices.engines.piper import engine

    warm_libraries()
    before = memory_bytes()
    for voice_id in voices:
        started = time.perf_counter()
        sound = list(engine.synthesize(voice_id, [SENTENCE]))
        seconds = time.perf_counter() - started
        assert len(sound[0])
        line = {"voice": voice_id, "seconds": seconds, "held": engine.loaded()}
        print(
            json.dumps(line | {"megabytes": (memory_bytes() - before) / 1e6, "peak": peak_megabytes() - before / 1e6})
        )


def peak_megabytes() -> float:
    """Of this process alone: what `getrusage` says begins with the parent's."""
    status = Path("/proc/self/status").read_text()
    return int(status.partition("VmHWM:")[2].split()[0]) * 1024 / 1e6


def warm_libraries() -> None:
    """What every worker has in memory before it has a voice."""
    import onnxruntime
    import piper
    from piper.phonemize_espeak import EspeakPhonemizer

    assert onnxruntime.__version__
    assert piper.PiperVoice
    EspeakPhonemizer().phonemize("en-us", SENTENCE)


if __name__ == "__main__":
    main(*sys.argv[1:])
