"""Our speech over HTTP beside piper-tts's own HTTP server: same voices, same texts, turn by turn in one run."""

import statistics
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from tests.benchmarks import talkers
from tests.benchmarks.conftest import Caller, studio
from tests.benchmarks.heavy_voice import DEMO, HEAVY
from tests.benchmarks.piper_server import piper_server

CLIENTS, WORKERS = 8, 2
REQUESTS = {DEMO: 160, HEAVY: 32}  # in a round, of all clients
ROUNDS = 5
FIRST_ROUNDS = {DEMO: 9, HEAVY: 3}
LINES = 50  # of ten words


@pytest.fixture(scope="module")
def caller(tmp_path_factory: pytest.TempPathFactory, models: dict[str, Path]) -> Iterator[Caller]:
    """An installation as it comes, with two workers and both voices."""
    settings = {"WORKERS": str(WORKERS), "WEB_PROCESSES": "2", "PIPER_VOICES_DIR": str(models[HEAVY].parent)}
    with studio(tmp_path_factory, **settings) as place:
        caller = Caller(place)
        caller.connection.close()
        yield caller


def test_short_requests_a_second(caller: Caller, models: dict[str, Path]) -> None:
    print(f"\n\n{CLIENTS} clients, {WORKERS} workers, sentences of ten words, wav, median of {ROUNDS} rounds\n")
    print("| voice | piper's HTTP server | ours | ours / piper's |\n|---|---|---|---|")
    for voice, model in models.items():
        with piper_server(model) as port:
            theirs = [talkers.pipers(port) for _ in range(CLIENTS)]
            own = [talkers.ours(caller.connection.port, caller.headers, voice, "wav") for _ in range(CLIENTS)]
            for group in (theirs, own):
                talkers.a_second(group, 2 * CLIENTS)  # every worker has the voice now
            rows = [[talkers.a_second(group, REQUESTS[voice]) for group in (theirs, own)] for _ in range(ROUNDS)]
        print_row(voice, rows)


def print_row(voice: str, rows: list[list[float]]) -> None:
    piper, ours = (statistics.median(column) for column in zip(*rows, strict=True))
    ratio = statistics.median(row[1] / row[0] for row in rows)
    print(f"| {voice} | {piper:.1f} a second | {ours:.1f} a second | {ratio:.2f} |", flush=True)


def test_first_sound_of_500_words(caller: Caller, models: dict[str, Path]) -> None:
    print("\n\nA text of 500 words, until the first byte of its sound, median of the rounds, turn by turn\n")
    print("| voice | format | piper's HTTP server (wav) | ours | times sooner |\n|---|---|---|---|---|")
    for voice, model in models.items():
        with piper_server(model) as port:
            theirs = talkers.pipers(port)
            for kind in ("mp3", "wav"):
                own = talkers.ours(caller.connection.port, caller.headers, voice, kind)
                for talker in (theirs, own):
                    talkers.a_second([talker], 2 * WORKERS)
                print_first(f"{voice} | {kind}", first_sounds(theirs, own, FIRST_ROUNDS[voice]))


def first_sounds(theirs: talkers.Talker, own: talkers.Talker, rounds: int) -> list[list[float]]:
    texts = [talkers.text_of(LINES) for _ in range(rounds)]
    return [[first_sound(talker, text) for talker in (theirs, own)] for text in texts]


def first_sound(talker: talkers.Talker, text: str) -> float:
    """Milliseconds, with a connection of its own."""
    with closing(talker):
        return talker.hear(text)[0] * 1000


def print_first(name: str, rows: list[list[float]]) -> None:
    piper, ours = (statistics.median(column) for column in zip(*rows, strict=True))
    sooner = statistics.median(row[0] / row[1] for row in rows)
    print(f"| {name} | {piper:.0f} ms | {ours:.0f} ms | {sooner:.1f} |", flush=True)
