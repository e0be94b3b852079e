"""How rows of sessions are written: many write one session at once, and none of it may be lost.

Whoever writes has read the row, and writes it only if nobody has since; else it is read and written again. No
transaction holds the row meanwhile: on MongoDB those who met in one would throw each other out. Writers in one process
go in turns, which spares them that.
"""

import datetime as dt
import functools
import random
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, IntegrityError

from config import times
from config.db import WRITE_CONFLICT
from leads.models import ConversationSession
from leads.records import Record

P = ParamSpec("P")
R = TypeVar("R")
TRIES = 30
TURN_SECONDS = 1.0  # that a turn is waited for: of the two that a door has, the write needs some too
LOCKS = [threading.Lock() for _ in range(256)]
FIELDS = (
    "start_time",
    "has_own_start",
    "end_time",
    "was_silent",
    "active_at",
    "duration_seconds",
    "event_count",
    "user_count",
    "first_event_at",
    "last_event_at",
    "lead_generated",
    "lead_id",
    "recounts",
    "updated_at",
)
TOLD = ("told", "items", "total_items", "metadata", "channel", "country", "audio_file_id")


class Overtaken(DatabaseError):
    """Somebody else wrote the row since it was read. Whoever loses too often may try later, as after a conflict."""

    code = WRITE_CONFLICT


def until_won(function: Callable[P, R]) -> Callable[P, R]:
    """Do it again when somebody else wrote or made the row first. It reads the row itself, outside transactions."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        for _ in range(TRIES - 1):
            with suppress(Overtaken, IntegrityError):
                return function(*args, **kwargs)
            time.sleep(random.uniform(0, 0.02))  # noqa: S311
        return function(*args, **kwargs)

    return wrapped


@contextmanager
def turn(team_id: str, session_id: str) -> Iterator[None]:
    """Alone in this process with this session, or nearly: who waits too long goes on without."""
    lock = LOCKS[hash((team_id, session_id)) % len(LOCKS)]
    is_held = lock.acquire(timeout=TURN_SECONDS)
    try:
        yield
    finally:
        if is_held:
            lock.release()


def save(session: ConversationSession, *, is_told: bool = False) -> None:
    """Write what was read and changed. Overtaken when it is another row by now. `is_told`: with what clients say."""
    session.settle_duration()
    session.updated_at = times.now()
    fields = {name: getattr(session, name) for name in (*FIELDS, *(TOLD if is_told else ()))}
    rows = ConversationSession.objects.filter(pk=session.pk, revision=session.revision)
    if not rows.update(**fields, revision=session.revision + 1):
        raise Overtaken(f"Session {session.pk} was written meanwhile.")
    session.revision += 1


def blank(record: Record, session_id: str, start: dt.datetime) -> ConversationSession:
    """A session that is not saved yet."""
    return ConversationSession(
        team_id=record.team_id, session_id=session_id, start_time=start, active_at=record.at, created_at=record.at
    )
