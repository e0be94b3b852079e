"""Pages while many listen: a long text is spoken all the time, with and without 50 streams of it open."""

import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import closing, suppress
from pathlib import Path
from statistics import median

import pytest

from tests.benchmarks import talkers
from tests.benchmarks.browser import Browser
from tests.benchmarks.conftest import Caller, studio
from tests.benchmarks.heavy_voice import HEAVY
from tests.benchmarks.turns import milliseconds
from tests.installation import Place, soon

LISTENERS = 50
LINES = 400  # of ten words: the heavy voice speaks them for a minute
ROUNDS, REQUESTS = 5, 20
SETTLED_SECONDS = 30
DOORS = ("GET /speak", "GET /api/jobs")


class Listeners:
    """Streams of one job, read by one thread as fast as they come."""

    def __init__(self, caller: Caller, job_id: str) -> None:
        self.caller, self.job_id, self.heard = caller, job_id, dict[socket.socket, int]()
        self.selector, self.is_over = selectors.DefaultSelector(), threading.Event()
        for _ in range(LISTENERS):
            self.open()
        self.thread = threading.Thread(target=self.read)
        self.thread.start()

    def open(self) -> None:
        """A web process has 48 places: a listener that finds none there tries again and comes to the other one."""
        head = f"GET /api/jobs/{self.job_id}/stream HTTP/1.1\r\nHost: 127.0.0.1:{self.caller.connection.port}\r\n"
        head += f"Authorization: {self.caller.headers['Authorization']}\r\n\r\n"
        while True:
            listener = socket.create_connection(("127.0.0.1", self.caller.connection.port))
            listener.sendall(head.encode())
            answer = listener.recv(65_536)
            if b" 200 " in answer.partition(b"\r\n")[0]:
                break
            assert b" 503 " in answer.partition(b"\r\n")[0], answer
            listener.close()
        listener.setblocking(False)
        self.heard[listener] = 0
        self.selector.register(listener, selectors.EVENT_READ)

    def read(self) -> None:
        while not self.is_over.is_set():
            for key, _ in self.selector.select(0.1):
                with suppress(BlockingIOError):
                    self.heard[key.fileobj] += len(key.fileobj.recv(65_536))

    def close(self) -> None:
        self.is_over.set()
        self.thread.join()
        for listener in self.heard:
            listener.close()
        self.selector.close()


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory, models: dict[str, Path]) -> Iterator[Place]:
    with studio(tmp_path_factory, WEB_PROCESSES="2", PIPER_VOICES_DIR=str(models[HEAVY].parent)) as place:
        yield place


def test_pages_beside_listeners(place: Place) -> None:
    caller = Caller(place)
    with closing(Browser(int(place["PORT"]))) as browser, closing(caller.connection):
        acts = [lambda: browser.get("/speak"), lambda: caller.json("GET", "/api/jobs")]
        rows = [measure(caller, acts) for _ in range(ROUNDS)]
    print_rows(rows)


def measure(caller: Caller, acts: list[Callable[[], object]]) -> tuple[list[float], list[float]]:
    """Milliseconds of each act without listeners and with them, while a job of its own is spoken."""
    text = {"text": talkers.text_of(LINES), "voice_id": HEAVY, "format": "mp3"}
    job_id = caller.json("POST", "/api/jobs", text)["_id"]
    soon(lambda: state(caller, job_id) == "processing", SETTLED_SECONDS)
    alone = medians(acts)
    with closing(Listeners(caller, job_id)) as listeners:
        soon(lambda: min(listeners.heard.values()) > 0, SETTLED_SECONDS)
        beside = medians(acts)
    assert state(caller, job_id) == "processing", "The job has ended before the measurement."
    caller.json("POST", f"/api/jobs/{job_id}/cancel")
    return alone, beside


def state(caller: Caller, job_id: str) -> str:
    return caller.json("GET", f"/api/jobs/{job_id}")["status"]


def medians(acts: list[Callable[[], object]]) -> list[float]:
    """The median milliseconds of each, done turn by turn."""
    rows = [[milliseconds(act) for act in acts] for _ in range(REQUESTS)]
    return [median(column) for column in zip(*rows, strict=True)]


def print_rows(rows: list[tuple[list[float], list[float]]]) -> None:
    print(f"\n\nOne worker speaks all the time; {LISTENERS} streams, two web processes, median of {ROUNDS} rounds\n")
    print("| door | without listeners | with | ratio |\n|---|---|---|---|")
    for number, name in enumerate(DOORS):
        pairs = [(alone[number], beside[number]) for alone, beside in rows]
        alone, beside = (median(column) for column in zip(*pairs, strict=True))
        ratio = median(second / first for first, second in pairs)
        print(f"| `{name}` | {alone:.1f} ms | {beside:.1f} ms | {ratio:.2f} |", flush=True)
