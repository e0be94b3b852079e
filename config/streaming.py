"""Answers that hold a thread for long: speech as it is made, events, requests that wait. Some of the threads do."""

import threading
from collections.abc import Generator, Iterator
from contextlib import contextmanager

from config.errors import Unavailable

PLACES = 48  # of the 64 threads of a web process
places = threading.BoundedSemaphore(PLACES)


def take_place() -> None:
    """Unavailable when too many requests hold a thread already."""
    if not places.acquire(blocking=False):
        raise Unavailable("Too many requests wait for their speech, or listen to it. Try again in a few seconds.")


@contextmanager
def place() -> Iterator[None]:
    """The right to wait inside a request."""
    take_place()
    try:
        yield
    finally:
        places.release()


class Stream:
    """The body of a StreamingHttpResponse: it has a place until it ends or its client leaves.

    The server calls `close` in both cases, even of a body that it never began; a generator alone would not notice that.
    It learns that a client has left when it gets the next part: one that waits gives `b""` every few seconds.
    """

    def __init__(self, parts: Generator[bytes, None, None]) -> None:
        take_place()
        self._parts, self._held, self._lock = parts, True, threading.Lock()

    def __iter__(self) -> Iterator[bytes]:
        return self._parts

    def close(self) -> None:
        self._parts.close()
        with self._lock:
            held, self._held = self._held, False
        if held:
            places.release()
