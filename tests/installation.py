"""`manage.py up` as people run it: on a free port, with a VAR_DIR of its own."""

import http.client
import os
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from config import guard

ROOT = Path(__file__).parents[1]
EMAIL, PASSWORD = "admin@example.com", "sea breeze 42"
PATIENCE = 120  # seconds; then a test fails instead of hanging. Seven processes on a busy machine may need half of it
Place = dict[str, str]


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as server:
        return server.getsockname()[1]


@contextmanager
def new_place(folder: Path) -> Iterator[Place]:
    """The environment of an installation: a folder, a port and a database; they go with the block."""
    place = {
        "VAR_DIR": str(folder),
        "PORT": str(free_port()),
        "WORKERS": "1",
        "WEB_PROCESSES": "1",
        "MONGODB_DB_NAME": f"test_up_{uuid.uuid4().hex[:12]}",
        "DJANGO_SETTINGS_MODULE": "config.settings",
        "PYTHONWARNINGS": "default",
    }
    yield place
    guard.end_marked(mark(place), 0)
    if uri := os.environ.get("MONGODB_URI"):
        with MongoClient(uri) as client:
            client.drop_database(place["MONGODB_DB_NAME"])


@contextmanager
def running(place: Place) -> Iterator[subprocess.Popen[str]]:
    """`up` from its ready line on. The test ends it; whatever is left is killed."""
    process = start(place)
    try:
        process.head = wait_for_line(process, "Echodesk is ready")
        yield process
    finally:
        process.kill()
        process.communicate()


@dataclass(frozen=True)
class Site:
    """An installation that is served, with one person: EMAIL, PASSWORD."""

    place: Place

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.place['PORT']}"


@contextmanager
def served(folder: Path, **settings: str) -> Iterator[Site]:
    """One with these settings, once all its parts are up. No child of this process: see tests/isolation.py."""
    with new_place(folder) as place:
        place |= {"ADMIN_EMAIL": EMAIL, "ADMIN_PASSWORD": PASSWORD, **settings}
        with start(place, through=("sh", "-c", '"$@" &', "sh")) as shell:
            try:
                wait_for_line(shell, "Echodesk is ready")
                shell.wait()
                soon(lambda: '"healthy"' in page(place, "/health")[1])
                soon(lambda: '"workers": 3' in page(place, "/health")[1])
                yield Site(place)
            finally:
                os.killpg(shell.pid, signal.SIGKILL)  # `up` alone: each of its parts has a group of its own


class Shared:
    """One that is served for all tests in a row that ask for it: nothing takes longer to start."""

    def __init__(self) -> None:
        self._running, self._site = ExitStack(), None

    def get(self, make_folder: Callable[[], Path], **settings: str) -> Site:
        if not self._site:
            self._site = self._running.enter_context(served(make_folder(), **settings))
        return self._site

    def end(self) -> None:
        """When no test asks for it any more; else it takes its part of a core."""
        self._site = None
        self._running.close()


def start(place: Place, *options: str, through: Sequence[str] = ()) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [*through, sys.executable, "manage.py", "up", *options],
        cwd=ROOT,
        env=os.environ | place,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_for_line(process: subprocess.Popen[str], text: str) -> str:
    head, deadline = "", time.monotonic() + PATIENCE
    while text not in head:
        assert (line := process.stdout.readline()) and time.monotonic() < deadline, head
        head += line
    return head


def soon(fact: Callable[[], Any], seconds: float = PATIENCE) -> Any:
    """What `fact` is once it is true, within that many seconds."""
    deadline = time.monotonic() + seconds
    while not (result := fact()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.03)
    return result


def mark(place: Place) -> str:
    return guard.mark_of(Path(place["VAR_DIR"], "run").resolve())


def pid(place: Place, name: str) -> int:
    return pid_in(Path(place["VAR_DIR"], "run"), name)


def pid_in(run: Path, name: str) -> int:
    """0 while it has none: a part that has just ended takes its file along."""
    try:
        return int((run / f"{name}.pid").read_text())
    except FileNotFoundError:
        return 0


def page(place: Place, path: str = "/login") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", int(place["PORT"]), timeout=PATIENCE)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    except OSError:
        return 0, ""
    finally:
        connection.close()
