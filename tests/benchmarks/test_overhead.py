"""What queue, rows and files add to bare piper-tts: the same text, voice and threads, turn by turn in one run."""

import statistics
import time
from collections.abc import Iterator

import onnxruntime
import pytest
from piper import PiperVoice
from piper.config import PiperConfig, SynthesisConfig

from jobs import audio
from jobs.text import sentences
from tests.benchmarks.conftest import Caller
from voices.engines import piper_files

VOICE = "en_US-demo-low"
ROUNDS = 15
POLL_SECONDS = 0.005  # at first; a twentieth of the time that has passed later on
LINE = "The harbour wakes before the sun, and {number} ropes creak."
HEAD = (
    "| text | bare piper-tts | job, created to completed | overhead | press to sound over HTTP |\n|---|---|---|---|---|"
)


@pytest.fixture(scope="module")
def bare() -> PiperVoice:
    """Piper's own API, with the one thread that our workers use."""
    files = piper_files.find(VOICE)
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    session = onnxruntime.InferenceSession(str(files.model), options, providers=["CPUExecutionProvider"])
    voice = PiperVoice(config=PiperConfig.from_dict(piper_files.read_config(files)), session=session)
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


def speak_job(caller: Caller, text: str, fmt: str) -> tuple[float, float]:
    """Seconds from the job's creation to its completion by its own clock, and from the request to the last byte."""
    started = time.perf_counter()
    job = caller.json("POST", "/api/jobs", {"text": text, "format": fmt})
    while job["status"] in ("queued", "processing"):
        time.sleep(max(POLL_SECONDS, (time.perf_counter() - started) / 20))
        job = caller.json("GET", f"/api/jobs/{job['job_id']}")
    assert job["status"] == "completed"
    caller.call("GET", job["audio_url"])
    return job["timings"]["total"], time.perf_counter() - started


@pytest.mark.parametrize("fmt", ["wav", "mp3"])
def test_overhead_of_a_job(caller, bare, tmp_path, fmt):
    print(f"\n\n{fmt}, median of {ROUNDS} rounds\n\n{HEAD}")
    for name, lines in texts():
        rows = []
        for turn in range(ROUNDS):
            text = " ".join(LINE.format(number=turn * 100 + line) for line in range(lines))
            rows.append((speak_bare(bare, text, fmt, tmp_path / f"bare.{fmt}"), *speak_job(caller, text, fmt)))
        alone, job, heard = (statistics.median(column) * 1000 for column in zip(*rows, strict=True))
        overhead = statistics.median((row[1] - row[0]) * 1000 for row in rows)
        print(f"| {name} | {alone:.0f} ms | {job:.0f} ms | {overhead:+.0f} ms | {heard:.0f} ms |")
