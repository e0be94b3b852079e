"""Clients that ask for speech and hear it to its end, of ours and of piper's own HTTP server."""

import http.client
import itertools
import json
import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field

# One for each digit: sentences with numbers would grow as they rise.
WORDS = ("amber", "bitter", "cheerful", "dusty", "early", "faded", "gentle", "hollow", "ivory", "jaded")
numbers = itertools.count()


def text_of(sentences: int, clauses: int = 1) -> str:
    """So many sentences that nobody has spoken yet, all as long as each other: of ten words for each of the clauses."""
    return " ".join("; ".join(clause(next(numbers)) for _ in range(clauses)) + "." for _ in range(sentences))


def clause(number: int) -> str:
    words = " ".join(WORDS[int(digit)] for digit in f"{number % 100_000:05}")
    return f"The harbour wakes, {words} ropes creak"


@dataclass
class Talker:
    """One client; it keeps its connection while it talks."""

    port: int
    path: str
    headers: dict[str, str]
    fields: dict[str, str]  # beside the text
    text_name: str
    connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self.connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=120)

    def hear(self, text: str) -> tuple[float, int]:
        """Seconds to the first byte of sound, and the bytes of all of it."""
        started = time.perf_counter()
        body = json.dumps(self.fields | {self.text_name: text})
        self.connection.request("POST", self.path, body, {"Content-Type": "application/json"} | self.headers)
        answer = self.connection.getresponse()
        first = answer.read(1)
        seconds = time.perf_counter() - started
        content = first + answer.read()
        assert answer.status == http.HTTPStatus.OK, content
        return seconds, len(content)

    def close(self) -> None:
        self.connection.close()


def ours(port: int, headers: dict[str, str], voice: str, kind: str) -> Talker:
    fields = {"model": "tts-1", "voice": voice, "response_format": kind}
    return Talker(port, "/v1/audio/speech", headers, fields, "input")


def pipers(port: int) -> Talker:
    return Talker(port, "/synthesize", {}, {}, "text")


def a_second(talkers: Sequence[Talker], requests: int) -> float:
    """Requests a second of short texts, when each of the talkers asks again as soon as it has heard one."""

    def talk(talker: Talker) -> None:
        for _ in range(requests // len(talkers)):
            assert talker.hear(text_of(1))[1] > 1_000
        talker.close()  # until its next turn the server would do so

    started = time.perf_counter()
    with ThreadPoolExecutor(len(talkers)) as pool:
        list(pool.map(talk, talkers))
    return requests / (time.perf_counter() - started)
