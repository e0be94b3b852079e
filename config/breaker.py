"""Whether the database answers. After one failure it is not asked until a probe has found it again.

Whoever can do without the database asks by `ask()`, or looks at `is_open()` first and trips the breaker when it fails.
"""

import logging
import os
import re
import threading
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import TypeVar

import pymongo
from django.conf import settings
from django.contrib.contenttypes.models import ContentType
from django.db import InterfaceError, OperationalError, connection
from pymongo.errors import ConnectionFailure, PyMongoError

from config.db import STORE_ERRORS

logger = logging.getLogger(__name__)
R = TypeVar("R")
VIEW = re.compile(r" \(|, Timeout: ")  # how pymongo begins to tell what it thinks of every server
PROBE_SECONDS = 1.0  # between two looks
STRIDE_SECONDS = 0.5  # by which pymongo, looking for a server, may go beyond its time


class Breaker:
    """Of this process. Open: the database is away, and one thread looks for it."""

    def __init__(self) -> None:
        self.lock = threading.Lock()
        self.found: threading.Event | None = None  # of the search that is on
        self.probe: threading.Thread | None = None

    @property
    def is_open(self) -> bool:
        return self.found is not None

    def trip(self, error: BaseException) -> None:
        with self.lock:
            if self.is_open:
                return
            found = threading.Event()
            self.probe = threading.Thread(target=self.search, args=(found,), name="database-probe", daemon=True)
            self.probe.start()
            self.found = found
        logger.warning("The database is away: %s", VIEW.split(str(error.__cause__ or error))[0])

    def search(self, found: threading.Event) -> None:
        while not found.wait(PROBE_SECONDS):
            if answers() and not found.is_set():
                logger.warning("The database is back.")
                self.close()
                return

    def close(self) -> None:
        """Ask the database again; ends the search."""
        with self.lock:
            if self.found:
                self.found.set()
            self.found = None


breaker = Breaker()
os.register_at_fork(after_in_child=breaker.__init__)  # a child has no such thread: it finds out for itself


def is_open() -> bool:
    """Whether the database is taken for away."""
    return breaker.is_open


def trip(error: BaseException) -> None:
    """Take the database for away, and look for it once a second."""
    breaker.trip(error)


def close() -> None:
    """Take the database for there."""
    breaker.close()


def ask(question: Callable[[], R], *, away: Callable[[], R | None] = lambda: None) -> R | None:
    """What the database says, in limited time; what `away` says while it can't be reached."""
    if is_open():
        return away()
    try:
        with limited():
            return question()
    except STORE_ERRORS as error:
        if not is_away(error):
            raise
        trip(error)
    return away()


def limited(seconds: float = 0) -> AbstractContextManager[object]:
    """Inside it all calls to MongoDB together take no longer than that, else MONGODB_TIMEOUT. SQLite is not limited."""
    seconds = seconds or settings.MONGODB_TIMEOUT / 1000
    return pymongo.timeout(max(seconds - STRIDE_SECONDS, seconds / 2))


def is_away(error: BaseException | None) -> bool:
    """Whether the error says that the database can't be reached; MongoDB's own is inside Django's."""
    return any(says_away(each) for each in (error, getattr(error, "__cause__", None)))


def says_away(error: BaseException | None) -> bool:
    if isinstance(error, PyMongoError):
        return isinstance(error, ConnectionFailure) or error.timeout
    return isinstance(error, OperationalError | InterfaceError)


def answers() -> bool:
    """Whether the database answers a question now."""
    try:
        with limited():
            ContentType.objects.exists()
    except Exception as error:  # noqa: BLE001 - a probe that dies of anything would leave the database away for ever
        logger.debug("The database does not answer: %s", error)
        return False
    finally:
        connection.close()
    return True
