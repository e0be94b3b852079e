"""How long WhatsApp waits until a webhook is acknowledged: it is on the disk by then, and read by a worker after that.

50 a second for 20 seconds, from ten connections, each a message of one of a hundred people: `up` with two web processes
and a worker, on SQLite, or on the server of MONGODB_URI. The worker reads meanwhile, or stands still as if it were on
another machine: here it and the database take the processors that the web server needs.
"""

import http.client
import os
import signal
import statistics
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from django.db import connection

from leads.whatsapp.signatures import sign
from tests.benchmarks.conftest import Caller, studio
from tests.installation import Place, pid, soon
from tests.leads.whatsapp.payloads import NUMBER_ID, body, change, text

SENDERS, A_SECOND, SECONDS = 10, 50, 20
WARM_SECONDS = 3
PEOPLE = 100
GOAL_SECONDS = 0.1
READ_SECONDS = 600
SECRET = "5e1f0c9a7b3d4e6f8a2c1b0d9e8f7a6b"
CHANNEL = {
    "WHATSAPP_PHONE_NUMBER_ID": NUMBER_ID,
    "WHATSAPP_ACCESS_TOKEN": "EAAG-token-of-benchmarks",
    "WHATSAPP_APP_SECRET": SECRET,
    "WHATSAPP_VERIFY_TOKEN": "verify-me",
    "WHATSAPP_API_BASE_URL": "http://127.0.0.1:9",  # nobody: the assistant is off
}


@pytest.fixture
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    with studio(tmp_path_factory, WEB_PROCESSES="2", **CHANNEL) as place:
        yield place


def post(server: http.client.HTTPConnection, number: int) -> float:
    """How long the acknowledgement took, in seconds; the body is made before."""
    sent = body(change(text(f"Have you a boat for {number} people?", sender=str(4915100000000 + number % PEOPLE))))
    headers = {"Content-Type": "application/json", "X-Hub-Signature-256": sign(sent, SECRET)}
    start = time.perf_counter()
    server.request("POST", "/webhook/whatsapp", sent, headers)
    answer = server.getresponse()
    content = answer.read()
    taken = time.perf_counter() - start
    assert (answer.status, content) == (200, b'{"status": "success"}'), content
    return taken


def send(place: Place, sender: int, start: float, seconds: float, found: list[float]) -> None:
    """At its own times, however long the answers take, as far as one connection can."""
    server = http.client.HTTPConnection("127.0.0.1", int(place["PORT"]), timeout=60)
    for turn in range(int(seconds * A_SECOND / SENDERS)):
        number = turn * SENDERS + sender
        time.sleep(max(0.0, start + number / A_SECOND - time.monotonic()))
        found.append(post(server, number))
    server.close()


def acknowledgements(place: Place, seconds: float) -> list[float]:
    found: list[float] = []
    start = time.monotonic()
    threads = [threading.Thread(target=send, args=(place, sender, start, seconds, found)) for sender in range(SENDERS)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return found


@contextmanager
def workers_at(place: Place, *, is_still: bool) -> Iterator[None]:
    """That one which reads, running or standing still."""
    worker = pid(place, "worker-1")
    if is_still:
        os.kill(worker, signal.SIGSTOP)
    yield
    os.kill(worker, signal.SIGCONT)


@pytest.mark.parametrize("is_still", [False, True], ids=["reading", "still"])
def test_acknowledgements(place: Place, is_still: bool) -> None:
    caller = Caller(place)
    with workers_at(place, is_still=is_still):
        warm = acknowledgements(place, WARM_SECONDS)
        found = acknowledgements(place, SECONDS)
    ended, count = time.monotonic(), len(warm) + len(found)
    assert len(found) == A_SECOND * SECONDS
    soon(lambda: caller.json("GET", "/api/v1/admin/stats")["total_messages"] == count, READ_SECONDS)
    all_read = time.monotonic() - ended
    caller.connection.close()
    cuts = statistics.quantiles(found, n=100)
    state = f"the worker {'stands still' if is_still else 'reads'}, load {os.getloadavg()[0]:.1f}"
    print(f"\n\n{connection.vendor}, {A_SECOND} a second for {SECONDS} s, {state}")
    print("| p50 | p90 | p99 | slowest | all read after |\n|---|---|---|---|---|")
    figures = [f"{1000 * seconds:.1f} ms" for seconds in (cuts[49], cuts[89], cuts[98], max(found))]
    print(f"| {' | '.join(figures)} | {all_read:.0f} s |")
    assert cuts[98] < GOAL_SECONDS
