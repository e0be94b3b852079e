"""Who goes first: while records wait to be replayed, what comes in waits behind them, in every process of this host.

A file in JOURNAL_DIR says so. A replay takes it away when nothing waits any more: it looks for the last time and
takes it away under a lock that writers share while they ask. A writer's record lies in the journal before the writer
asks, so either that look finds it, or its writer asks afterwards and need not wait.
"""

import fcntl
import logging
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from django.conf import settings

from leads.journal.writer import PRIVATE, sync_folder

logger = logging.getLogger(__name__)
MARKER, GATE, REPLAY = "behind", "gate.lock", "replay.lock"


def is_behind() -> bool:
    """Whether records wait to be replayed: what comes in now waits behind them, so that all stay in order."""
    try:
        with locked(GATE, fcntl.LOCK_SH):
            return marker().exists()
    except OSError as error:
        logger.error("Nobody can tell whether the journal is behind: %s", error)
        return False  # the database is asked, which is safer than a journal in this state


def close() -> None:
    """Let what comes in wait."""
    try:
        with locked(GATE, fcntl.LOCK_SH):
            put_marker()
    except OSError as error:
        logger.error("What comes in can't be made to wait for the journal: %s", error)


def put_marker() -> None:
    if marker().exists():
        return
    os.close(os.open(marker(), os.O_WRONLY | os.O_CREAT, PRIVATE))
    sync_folder(marker().parent)


def marker() -> Path:
    return Path(settings.JOURNAL_DIR, MARKER)


@contextmanager
def held() -> Iterator[None]:
    """Nobody asks whether the journal is behind while it lasts: keep it short."""
    with locked(GATE, fcntl.LOCK_EX):
        yield


def open_up() -> None:
    """Nothing waits any more. Only while the gate is held, after a look at every file."""
    marker().unlink(missing_ok=True)


@contextmanager
def one_at_a_time() -> Iterator[bool]:
    """Whether this is the only process now that replays, compresses or restores. OSError without the folder."""
    try:
        with locked(REPLAY, fcntl.LOCK_EX | fcntl.LOCK_NB):
            yield True
    except BlockingIOError:
        yield False


@contextmanager
def locked(name: str, how: int) -> Iterator[None]:
    descriptor = os.open(Path(settings.JOURNAL_DIR, name), os.O_RDWR | os.O_CREAT, PRIVATE)
    try:
        fcntl.flock(descriptor, how)
        yield
    finally:
        os.close(descriptor)
