"""`manage.py up` as people run it: on a free port, with a VAR_DIR of its own."""

import http.client
import os
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from pymongo import MongoClient

from config import guard

ROOT = Path(__file__).parents[1]
READY_SECONDS = 60  # on a busy machine, migrations on MongoDB included; SQLite takes 5
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


def start(place: Place, *options: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "manage.py", "up", *options],
        cwd=ROOT,
        env=os.environ | place,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )


def wait_for_line(process: subprocess.Popen[str], text: str) -> str:
    head, deadline = "", time.monotonic() + READY_SECONDS
    while text not in head:
        assert (line := process.stdout.readline()) and time.monotonic() < deadline, head
        head += line
    return head


def soon(fact: Callable[[], Any], seconds: float) -> Any:
    deadline = time.monotonic() + seconds
    while not (result := fact()):
        assert time.monotonic() < deadline, f"not within {seconds} s"
        time.sleep(0.05)
    return result


def mark(place: Place) -> str:
    return guard.mark_of(Path(place["VAR_DIR"], "run").resolve())


def pid(place: Place, name: str) -> int:
    path = Path(place["VAR_DIR"], "run", f"{name}.pid")
    return int(path.read_text()) if path.exists() else 0


def page(place: Place, path: str = "/login") -> tuple[int, str]:
    connection = http.client.HTTPConnection("127.0.0.1", int(place["PORT"]), timeout=5)
    try:
        connection.request("GET", path)
        response = connection.getresponse()
        return response.status, response.read().decode()
    except OSError:
        return 0, ""
    finally:
        connection.close()
