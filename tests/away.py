"""A database that goes away and comes back, for tests that have no server of their own to stop."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

import pytest
from django.db import OperationalError, connection

from config import breaker


class Outage:
    """Whatever the database is asked fails, as it would without a server. Whether it is back is asked all along."""

    def __init__(self, patch: pytest.MonkeyPatch) -> None:
        self.patch, self.questions = patch, 0

    def begin(self) -> None:
        self.patch.setattr(type(connection.ops), "compiler", self.fail)

    def fail(self, *args: Any) -> None:
        self.questions += threading.current_thread() is not breaker.breaker.probe
        raise OperationalError("the secret address of the server")

    def end(self) -> None:
        self.patch.undo()
        breaker.close()


@pytest.fixture
def outage() -> Iterator[Outage]:
    with pytest.MonkeyPatch.context() as patch:
        yield Outage(patch)


@contextmanager
def silent_server() -> Iterator[int]:
    """The port of a server that lets everybody connect and never says a word, as one that hangs."""
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]
