"""Long texts over two workers beside bare piper-tts, which uses both cores in one process; and the cache."""

import http.client
import statistics
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from piper import PiperVoice
from piper.config import SynthesisConfig

from jobs import audio
from jobs.text import sentences
from tests.benchmarks.conftest import Caller, studio
from tests.benchmarks.heavy_voice import DEMO, HEAVY
from tests.benchmarks.talkers import text_of

WORKERS = 2
MINUTE_LINES = 17  # of ten words, for 60 s of sound
TEXTS = (
    ("60 s", "wav", MINUTE_LINES, 7),
    ("60 s", "mp3", MINUTE_LINES, 7),
    ("10,000 words", "wav", 1_000, 2),
)  # lines of ten words, and rounds
FIRST_ROUNDS = 7
SHORT_LINES, LONG_LINES = 8, 1_470  # about 500 and 100,000 characters


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory, models: dict[str, Path]) -> Iterator[Caller]:
    """An installation with two workers and room for what is spoken here."""
    settings = {"WORKERS": str(WORKERS), "PIPER_VOICES_DIR": str(models[HEAVY].parent), "SPEECH_CACHE_MB": "4000"}
    with studio(tmp_path_factory, **settings) as place:
        caller = Caller(place)
        yield caller
        caller.connection.close()


def bare(voice: PiperVoice, text: str, path: Path, fmt: str) -> float:
    """Seconds for the same sentences, with Piper's default threads, to the same kind of file."""
    started = time.perf_counter()
    said = (chunk.audio_int16_array for line in sentences(text) for chunk in voice.synthesize(line, SynthesisConfig()))
    audio.encode(said, sample_rate=22_050, format=fmt, path=path)
    return time.perf_counter() - started


def job(caller: Caller, text: str, fmt: str = "wav", voice: str = HEAVY) -> float:
    """Seconds from the job's creation to its completion, by its own clock."""
    made = caller.json("POST", "/api/jobs", {"text": text, "format": fmt, "voice_id": voice})
    while made["status"] in ("queued", "processing"):
        time.sleep(0.1)
        made = caller.json("GET", f"/api/jobs/{made['job_id']}")
    assert made["status"] == "completed", made
    return made["timings"]["total"]


def test_two_workers_beside_piper_with_both_cores(caller: Caller, models: dict[str, Path], tmp_path: Path) -> None:
    voice = PiperVoice.load(models[HEAVY])
    list(voice.synthesize("Hello."))
    for _ in range(WORKERS):  # both workers have the voice by then
        job(caller, text_of(MINUTE_LINES))
    print("\n\nHeavy voice, two workers beside one process of piper-tts with its default threads, turn by turn\n")
    print("| text | bare piper-tts | ours | ours / piper's speed | the same again | times faster |")
    print("|---|---|---|---|---|---|")
    for name, fmt, lines, rounds in TEXTS:
        rows = []
        for _ in range(rounds):
            text = text_of(lines)
            rows.append((bare(voice, text, tmp_path / "bare", fmt), job(caller, text, fmt), job(caller, text, fmt)))
        piper, ours, again = (statistics.median(column) for column in zip(*rows, strict=True))
        speed = statistics.median(row[0] / row[1] for row in rows)
        faster = statistics.median(row[1] / row[2] for row in rows)
        print(
            f"| {name}, {fmt} | {piper:.2f} s | {ours:.2f} s | {speed:.2f} | {again:.3f} s | {faster:.0f} |", flush=True
        )


def first_sound(caller: Caller, text: str, voice: str) -> float:
    """Milliseconds from asking for a job to the first of its sound, as whoever listens meanwhile hears it."""
    listener = http.client.HTTPConnection("127.0.0.1", caller.connection.port, timeout=120)
    started = time.perf_counter()
    made = caller.json("POST", "/api/jobs", {"text": text, "format": "wav", "voice_id": voice})
    listener.request("GET", f"/api/jobs/{made['job_id']}/stream", headers=caller.headers)
    listener.getresponse().read(1_000)
    seconds = time.perf_counter() - started
    listener.close()
    caller.call("DELETE", f"/api/jobs/{made['job_id']}")
    return seconds * 1000


def test_first_sound_of_a_long_text(caller: Caller) -> None:
    print(f"\n\nFrom asking to the first sound, wav, median of {FIRST_ROUNDS} rounds, turn by turn\n")
    print("| voice | 500 characters | 100,000 characters | ratio |\n|---|---|---|---|")
    for voice in (HEAVY, DEMO):
        rows = []
        for _ in range(FIRST_ROUNDS):
            short, long = (first_sound(caller, text_of(lines), voice) for lines in (SHORT_LINES, LONG_LINES))
            rows.append((short, long))
        short, long = (statistics.median(column) for column in zip(*rows, strict=True))
        ratio = statistics.median(row[1] / row[0] for row in rows)
        print(f"| {voice} | {short:.0f} ms | {long:.0f} ms | {ratio:.2f} |", flush=True)


def begin_long(caller: Caller, voice: str) -> str:
    """The number of a long job that a worker has begun."""
    made = caller.json("POST", "/api/jobs", {"text": text_of(LONG_LINES), "format": "wav", "voice_id": voice})
    while caller.json("GET", f"/api/jobs/{made['job_id']}")["status"] == "queued":
        time.sleep(0.1)
    return made["job_id"]


def test_a_short_text_beside_long_ones(caller: Caller) -> None:
    print("\n\n500 characters, wav, from asking to the file, alone, then with every worker at 100,000 characters\n")
    print("| voice | alone | beside long ones | ratio |\n|---|---|---|---|")
    for voice in (HEAVY, DEMO):
        alone = statistics.median(job(caller, text_of(SHORT_LINES), voice=voice) for _ in range(FIRST_ROUNDS))
        begun = [begin_long(caller, voice) for _ in range(WORKERS)]
        beside = statistics.median(job(caller, text_of(SHORT_LINES), voice=voice) for _ in range(FIRST_ROUNDS))
        for number in begun:
            caller.call("DELETE", f"/api/jobs/{number}")
        print(f"| {voice} | {alone:.2f} s | {beside:.2f} s | {beside / alone:.1f} |", flush=True)
