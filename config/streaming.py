"""Answers that hold a thread for long: speech as it is made, events, requests that wait. Some of the threads do."""

import logging
import threading
from collections.abc import Callable, Generator, Iterator
from contextlib import AbstractContextManager, contextmanager

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from config.errors import DomainError, Unavailable

logger = logging.getLogger(__name__)
PLACES = 48  # of the 64 threads of a web process
places = threading.BoundedSemaphore(PLACES)
KEPT_BY_NOBODY = "private, no-store"


class Place:
    """The right to hold a thread for long, given back once. Unavailable when too many requests hold one already.

    `on_end` is called when it is given back, or when there is none to be had.
    """

    def __init__(self, on_end: Callable[[], object] = lambda: None) -> None:
        if not places.acquire(blocking=False):
            on_end()
            raise Unavailable("Too many requests wait for their speech, or listen to it. Try again in a few seconds.")
        self._places, self._is_held, self._lock, self._on_end = places, True, threading.Lock(), on_end
        self.is_handed_on = False

    def give_back(self) -> None:
        with self._lock:
            is_held, self._is_held = self._is_held, False
        if is_held:
            self._places.release()
            self._on_end()


def place() -> AbstractContextManager[Place]:
    """The right to wait inside a request, which a stream may take over."""
    return holding(Place())


@contextmanager
def holding(held: Place) -> Iterator[Place]:
    """A place for as long as a block takes, unless a stream takes it over."""
    try:
        yield held
    finally:
        if not held.is_handed_on:
            held.give_back()


class Stream:
    """The body of a StreamingHttpResponse: it has a place until it ends or its client leaves.

    The server calls `close` in both cases, even of a body that it never began; a generator alone would not notice that.
    It learns that a client has left when it gets the next part: one that waits gives `b""` every few seconds.
    A refusal in the middle ends it. Granian then closes the body as if it were whole: say elsewhere that it isn't.
    """

    def __init__(self, parts: Generator[bytes, None, None], place: Place | None = None) -> None:
        self._parts, self._place = parts, place or Place()
        self._place.is_handed_on = True

    def __iter__(self) -> Iterator[bytes]:
        try:
            yield from self._parts
        except DomainError as error:
            logger.info("A stream ends too soon: %s", error.message)

    def close(self) -> None:
        try:
            self._parts.close()
        finally:
            self._place.give_back()


def download(
    parts: Generator[bytes, None, None], name: str, content_type: str, place: Place | None = None
) -> StreamingHttpResponse:
    """A file of this name, sent as it is made."""
    response = StreamingHttpResponse(Stream(parts, place), content_type=content_type)
    response["Content-Disposition"] = content_disposition_header(True, name)
    response["Cache-Control"] = KEPT_BY_NOBODY
    response["X-Accel-Buffering"] = "no"  # nginx would hold the beginning back
    return response
