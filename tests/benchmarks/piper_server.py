"""piper-tts's own HTTP server, to measure beside ours."""

import http.client
import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tests.installation import free_port, soon

READY_SECONDS = 60


@contextmanager
def piper_server(model: Path) -> Iterator[int]:
    """Its port; the server has the voice loaded and is killed after the block."""
    port = free_port()
    command = [sys.executable, "-m", "piper.http_server", "--model", str(model), "--host", "127.0.0.1"]
    process = subprocess.Popen(
        [*command, "--port", str(port)], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, env=os.environ
    )
    try:
        soon(lambda: process.poll() is not None or answers(port), READY_SECONDS)
        assert process.poll() is None, "piper's HTTP server did not start."
        yield port
    finally:
        process.kill()
        process.wait()


def answers(port: int) -> bool:
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=5)
    try:
        connection.request("GET", "/info")
        return connection.getresponse().status == http.HTTPStatus.OK
    except OSError:
        return False
    finally:
        connection.close()
