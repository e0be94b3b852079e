"""How the desk takes what must not be lost: into the journal, then into the database, or later when that is away."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from config import breaker
from config.db import STORE_ERRORS
from config.errors import DomainError
from leads import journal
from leads.records import Record

logger = logging.getLogger(__name__)
R = TypeVar("R")


@dataclass(frozen=True)
class Taken(Generic[R]):
    """A write that is safe: done, with its result, or in the journal until the database is back."""

    record: Record
    result: R | None = None

    @property
    def is_journaled(self) -> bool:
        return self.result is None


def take(record: Record, write: Callable[[Record], R]) -> Taken[R]:
    """Journal the record, then do it. Unavailable when it can't be journaled: nothing is taken then.

    `write` is safe to do twice, and gives something. A refusal of its is raised: the record is done with.
    """
    journal.append(record)
    if journal.is_behind():
        journal.leave(record)
        return Taken(record)
    if breaker.is_open():
        journal.fall_behind(record)
        return Taken(record)
    try:
        result = write(record)
    except DomainError:
        journal.drop(record)
        raise
    except STORE_ERRORS as error:
        put_off(record, error)
        return Taken(record)
    except BaseException:
        journal.fall_behind(record)  # a bug: the replay says what is wrong and puts the record aside
        raise
    journal.settle(record)
    return Taken(record, result)


def put_off(record: Record, error: Exception) -> None:
    if breaker.is_away(error):
        breaker.trip(error)
    else:
        logger.exception("%s %s waits in the journal", record.kind, record.id)
    journal.fall_behind(record)
