"""The memory of a worker after many jobs of mixed lengths, voices and formats, beside that after the first few."""

import itertools
import re
import shutil
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from pathlib import Path

import pytest

from tests.benchmarks import talkers
from tests.benchmarks.conftest import Caller, folder_of, studio
from tests.benchmarks.heavy_voice import DEMO, make_heavy_voice
from tests.installation import Place, pid
from voices.engines.piper_files import DEMO_DIR

VOICES = ("en_US-first-low", "en_US-second-low", "en_US-third-low")  # the third is heavy
FORMATS = ("wav", "mp3", "opus", "flac", "aac", "pcm")
LONGEST = (2, 4)  # two sentences, each of four times ten words
LENGTHS = ((1, 1), (12, 1), LONGEST, (1, 1), (3, 2), (1, 4), (4, 1))
CLIENTS = 4
JOBS = {10: 10, 100: 90, 500: 400, 1_000: 500}  # after so many the memory is looked at: so many more


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """One worker, so that it makes all the jobs."""
    with folder_of(tmp_path_factory, "voices") as folder:
        *light, heavy = VOICES
        make_heavy_voice(folder, heavy)
        for name, ending in itertools.product(light, (".onnx", ".onnx.json")):
            shutil.copyfile(DEMO_DIR / f"{DEMO}{ending}", folder / f"{name}{ending}")
        with studio(tmp_path_factory, PIPER_VOICES_DIR=str(folder)) as place:
            yield place


def test_memory_after_1000_jobs(place: Place) -> None:
    caller = Caller(place)
    caller.connection.close()
    worker, asked, first = pid(place, "worker-1"), texts(), 0.0
    print(f"\n\nOne worker, {len(VOICES)} voices, one of them heavy, {len(FORMATS)} formats, 10 to 120 words a text\n")
    print("| jobs | memory of the worker | of that after the first 10 |\n|---|---|---|")
    for done, more in JOBS.items():
        with ThreadPoolExecutor(CLIENTS) as pool:
            for heard in [pool.submit(speak, caller, *given) for given in itertools.islice(asked, more)]:
                heard.result()
        assert pid(place, "worker-1") == worker, "The worker has ended."
        memory = megabytes(worker)
        first = first or memory
        print(f"| {done:,} | {memory:.0f} MB | {memory / first:.2f} |", flush=True)


def texts() -> Iterator[tuple[tuple[int, int], str, str]]:
    """Lengths, voices and formats in turn; first the longest sentence of each voice, whose memory its model keeps."""
    yield from ((LONGEST, voice, "wav") for voice in VOICES)
    yield from zip(itertools.cycle(LENGTHS), voices(), itertools.cycle(FORMATS), strict=False)


def voices() -> Iterator[str]:
    """The heavy one for each tenth job, the others in turn."""
    *light, heavy = VOICES
    for number in itertools.count():
        yield heavy if number % 10 == 2 else light[number % 2]


def speak(caller: Caller, length: tuple[int, int], voice: str, kind: str) -> None:
    with closing(talkers.ours(caller.connection.port, caller.headers, voice, kind)) as talker:
        assert talker.hear(talkers.text_of(*length))[1] > 1_000


def megabytes(process: int) -> float:
    """What of a process lies in memory."""
    return int(re.search(r"VmRSS:\s+(\d+)", Path(f"/proc/{process}/status").read_text())[1]) / 1024
