"""Whether the database answers. After one failure it is not asked until a probe finds it again."""

import logging
import threading
from contextlib import AbstractContextManager, nullcontext

import pymongo
from django.conf import settings
from django.db import InterfaceError, OperationalError, connection
from pymongo.errors import ConnectionFailure, PyMongoError

logger = logging.getLogger(__name__)
PROBE_SECONDS = 1.0  # between two looks


class Breaker:
    is_open = False
    lock = threading.Lock()


def limited() -> AbstractContextManager[object]:
    """Inside it all calls to MongoDB together take no longer than MONGODB_TIMEOUT."""
    return pymongo.timeout(settings.MONGODB_TIMEOUT / 1000) if connection.vendor == "mongodb" else nullcontext()


def is_away(error: BaseException | None) -> bool:
    """Whether the error says that the database can't be reached; MongoDB's own is inside Django's."""
    return any(says_away(each) for each in (error, getattr(error, "__cause__", None)))


def says_away(error: BaseException | None) -> bool:
    if isinstance(error, PyMongoError):
        return isinstance(error, ConnectionFailure) or error.timeout
    return isinstance(error, OperationalError | InterfaceError)


def is_open() -> bool:
    """Whether the database is taken for away."""
    return Breaker.is_open


def trip(error: BaseException) -> None:
    """Take the database for away, and look for it once a second."""
    with Breaker.lock:
        if Breaker.is_open:
            return
        Breaker.is_open = True
    logger.warning("The database is away: %s", error)
    threading.Thread(target=probe, name="database-probe", daemon=True).start()


def probe() -> None:
    wait = threading.Event()
    while not wait.wait(PROBE_SECONDS):
        if answers():
            logger.warning("The database is back.")
            Breaker.is_open = False
            return


def answers() -> bool:
    try:
        with limited(), connection.cursor() if connection.vendor != "mongodb" else nullcontext():
            if connection.vendor == "mongodb":
                connection.ensure_connection()
                connection.connection.admin.command("ping")
    except (OperationalError, InterfaceError, PyMongoError):
        return False
    finally:
        connection.close()
    return True
