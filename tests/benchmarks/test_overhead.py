"""What queue, rows and files add to bare piper-tts: the same text, voice and threads, turn by turn in one run."""

import json
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import onnxruntime
import pytest
from piper import PiperVoice
from piper.config import PiperConfig, SynthesisConfig

from jobs import audio
from jobs.text import sentences
from tests.benchmarks.conftest import Caller
from tests.benchmarks.heavy_voice import DEMO, HEAVY
from tests.benchmarks.talkers import text_of

ROUNDS = 15
MINUTE_LINES = 17  # of ten words, for 60 s of sound
MINUTE_ROUNDS = {DEMO: 15, HEAVY: 5}
POLL_SECONDS = 0.005  # at first; a twentieth of the time that has passed later on
HEAD = (
    "| text | bare piper-tts | job, created to completed | overhead | press to sound over HTTP |\n|---|---|---|---|---|"
)


def bare(model: Path) -> PiperVoice:
    """Piper's own API, with the one thread that our workers use."""
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(model), options, providers=["CPUExecutionProvider"])
    config = PiperConfig.from_dict(json.loads(Path(f"{model}.json").read_text()))
    voice = PiperVoice(config=config, session=session)
    list(voice.synthesize("Hello."))
    return voice


def texts() -> Iterator[tuple[str, int]]:
    yield from (("10 words", 1), ("100 words", 10), ("500 words", 50))


def speak_bare(voice: PiperVoice, text: str, fmt: str, path: object) -> float:
    """Seconds for the same sentences, encoded to the same kind of file, with nothing around them."""
    started = time.perf_counter()
    chunks = (
        chunk.audio_int16_array for line in sentences(text) for chunk in voice.synthesize(line, SynthesisConfig())
    )
    audio.encode(chunks, sample_rate=22_050, format=fmt, path=path)
    return time.perf_counter() - started


def speak_job(caller: Caller, voice: str, text: str, fmt: str) -> tuple[float, float]:
    """Seconds from the job's creation to its completion by its own clock, and from the request to the last byte."""
    started = time.perf_counter()
    job = caller.json("POST", "/api/jobs", {"text": text, "format": fmt, "voice_id": voice})
    while job["status"] in ("queued", "processing"):
        time.sleep(max(POLL_SECONDS, (time.perf_counter() - started) / 20))
        job = caller.json("GET", f"/api/jobs/{job['job_id']}")
    assert job["status"] == "completed"
    caller.call("GET", job["audio_url"])
    return job["timings"]["total"], time.perf_counter() - started


@pytest.mark.parametrize("fmt", ["wav", "mp3"])
def test_overhead_of_a_job(caller, models, tmp_path, fmt):
    alone = bare(models[DEMO])
    print(f"\n\n{fmt}, demo voice, median of {ROUNDS} rounds\n\n{HEAD}")
    for name, lines in texts():
        rows = []
        for _ in range(ROUNDS):
            text = text_of(lines)
            spoken = speak_bare(alone, text, fmt, tmp_path / f"bare.{fmt}")
            rows.append((spoken, *speak_job(caller, DEMO, text, fmt)))
        piper, job, heard = (statistics.median(column) * 1000 for column in zip(*rows, strict=True))
        overhead = statistics.median((row[1] - row[0]) * 1000 for row in rows)
        print(f"| {name} | {piper:.0f} ms | {job:.0f} ms | {overhead:+.0f} ms | {heard:.0f} ms |", flush=True)


def test_a_minute_of_speech(caller, models, tmp_path):
    """The worker has the voice already, and so has Piper."""
    print("\n\nA minute of sound, wav, one thread, median of the rounds, turn by turn\n")
    print("| voice | bare piper-tts | job, created to completed | more | ratio |\n|---|---|---|---|---|")
    for voice, model in models.items():
        alone, rows = bare(model), []
        speak_job(caller, voice, text_of(1), "wav")
        for _ in range(MINUTE_ROUNDS[voice]):
            text = text_of(MINUTE_LINES)
            piper = speak_bare(alone, text, "wav", tmp_path / "bare.wav")
            rows.append((piper, speak_job(caller, voice, text, "wav")[0]))
        piper, job = (statistics.median(column) * 1000 for column in zip(*rows, strict=True))
        more = statistics.median((row[1] - row[0]) * 1000 for row in rows)
        ratio = statistics.median(row[1] / row[0] for row in rows)
        print(f"| {voice} | {piper:.0f} ms | {job:.0f} ms | {more:+.0f} ms | {ratio:.2f} |", flush=True)
