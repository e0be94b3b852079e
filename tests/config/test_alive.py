"""`python -m config.alive`, which containers ask whether their part is well."""

import os
import socket
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
from django.conf import settings

from config import queue, sweeper
from config.redis import SWEEPER_KEYS, WORKER_KEYS, own_name
from tests.installation import ROOT, free_port, soon

NOBODY = 2**22 + 1  # beyond the highest process id of Linux
Ask = Callable[..., subprocess.CompletedProcess[str]]


@pytest.fixture
def ask() -> Ask:
    def ask(*words: str, **env: str) -> subprocess.CompletedProcess[str]:
        env = {"REDIS_URL": settings.REDIS_URL} | env
        command = [sys.executable, "-m", "config.alive", *words]
        return subprocess.run(command, cwd=ROOT, env=os.environ | env, capture_output=True, text=True)

    return ask


def say(key: str) -> None:
    queue.connection().set(key, 1, ex=queue.HEARTBEAT_TTL_SECONDS)


@pytest.mark.parametrize("kind", [queue.SPEECH, queue.NETWORK, queue.ERRANDS])
def test_a_worker_lives_while_it_beats(redis: object, ask: Ask, kind: str) -> None:
    said = ask(kind)
    assert (said.returncode, said.stderr) == (1, f"{kind}: no sign of life\n")
    say(WORKER_KEYS + own_name(kind))
    assert ask(kind).returncode == 0
    others = {queue.SPEECH, queue.NETWORK, queue.ERRANDS} - {kind}
    assert {ask(other).returncode for other in others} == {1}


def test_heartbeats_that_do_not_count(redis: object, ask: Ask) -> None:
    say(f"{WORKER_KEYS}speech-another-host-{os.getpid()}")
    say(f"{WORKER_KEYS}speech-{socket.gethostname()}-{NOBODY}")  # of one that was killed
    assert ask("speech").returncode == 1


def test_the_sweeper_says_that_it_lives_also_without_the_database(redis: object, ask: Ask) -> None:
    assert ask("sweeper").returncode == 1
    stopped = threading.Event()
    thread = threading.Thread(target=sweeper.sweep_until, args=(stopped, []))
    thread.start()
    try:
        soon(lambda: queue.connection().exists(SWEEPER_KEYS + own_name("sweeper")))
    finally:
        stopped.set()
        thread.join()
    assert ask("sweeper").returncode == 0


def test_redis_away(ask: Ask) -> None:
    sweeper.beat()
    said = ask("speech")
    assert said.returncode == 1
    assert said.stderr.startswith("speech: Error 2 connecting")


class Server(BaseHTTPRequestHandler):
    status, asked = 200, ""

    def do_GET(self) -> None:
        Server.asked = f"{self.path} {self.headers['Host']}"
        self.send_response(Server.status)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        """Nothing into the output of the tests."""


@pytest.fixture
def port() -> Iterator[str]:
    with ThreadingHTTPServer(("127.0.0.1", 0), Server) as server:
        threading.Thread(target=server.serve_forever).start()
        yield str(server.server_port)
        server.shutdown()


def test_the_web_server_is_asked_under_its_name(ask: Ask, port: str) -> None:
    Server.status = 200
    assert ask("web", PORT=port, SITE_URL="https://voice.example.com").returncode == 0
    assert Server.asked == "/health voice.example.com"
    assert ask("web", PORT=port, SITE_URL="").returncode == 0
    assert Server.asked == f"/health 127.0.0.1:{port}"
    Server.status = 503
    assert ask("web", PORT=port).returncode == 1


def test_a_web_server_that_is_not_there(ask: Ask) -> None:
    said = ask("web", PORT=str(free_port()))
    assert (said.returncode, said.stderr) == (1, "web: [Errno 111] Connection refused\n")


@pytest.mark.parametrize("words", [[], ["mongo"], ["web", "speech"]])
def test_another_part(ask: Ask, words: list[str]) -> None:
    said = ask(*words)
    assert (said.returncode, said.stderr) == (2, "Name one of web, sweeper, speech, network, errands.\n")
