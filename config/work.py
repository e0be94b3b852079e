"""Leased rows and their tasks: run one, hand Redis those that wait, queue again those that lost their worker.

A model says by `task` which task works on its rows, and by `queue` where each waits.
"""

import logging
import time
from collections.abc import Callable
from typing import Any, ParamSpec, TypeVar

from django.db import DatabaseError

from config import leases, queue, sharing
from config.errors import DomainError, disk_sentence
from config.files import STORAGE_ERRORS
from config.leases import Lease, Leased, LeasedQuerySet, LeaseLost

logger = logging.getLogger(__name__)
L = TypeVar("L", bound=Leased)
P = ParamSpec("P")
PROGRESS_SECONDS = 1.0  # between two writes of a row's progress
CHECK_SECONDS = 0.2  # between two looks whether a row has been taken away
WAITING_SECONDS = 2  # after which the sweeper looks whether Redis knows a queued row
WAITING_ROWS = 1_000  # looked at in one sweep
STORAGE_AWAY = "The storage was away when this was to be kept. Try again in a few minutes."
CRASHED = "Something broke while this was made. It is in the log."


class Stopping(Exception):
    """This worker has been asked to stop."""


def enqueue(row: Leased) -> None:
    """Hand Redis a row that waits, or leave that to the sweeper and, where queues are shared, to the tasks that end."""
    if row.owner:
        sharing.enqueue_next(row)
    else:
        queue.enqueue(row.task, row.pk, queue=row.queue)


def run(row: L, work: Callable[[Lease[L]], object]) -> None:
    """Do a queued row's work, unless somebody else does. The row ends completed by `work`, failed, or queued again."""
    try:
        if lease := Lease.claim(row):
            hold(lease, work)
    finally:
        if row.owner:
            sharing.enqueue_next(row)


def hold(lease: Lease[L], work: Callable[[Lease[L]], object]) -> None:
    try:
        with lease:
            attempt(lease, work)
    except LeaseLost:
        logger.info("%s was cancelled or taken over.", lease.row)


def attempt(lease: Lease[L], work: Callable[[Lease[L]], object]) -> None:
    """One try. With the database away the lease is left to run out, and the sweeper queues the row again."""
    try:
        work(lease)
    except (LeaseLost, DatabaseError):
        raise
    except Stopping:
        lease.hand_back()
        enqueue(lease.row)
    except DomainError as error:
        lease.fail(error.message, cause=error.code)
        logger.info("%s failed: %s", lease.row, error.message)
    except Exception as error:
        sentence, cause = reason(error, lease.row)
        lease.fail(sentence, cause=cause)
        raise


def reason(error: Exception, row: Leased) -> tuple[str, str]:
    """What to tell of an error that is not the row's own fault, and its cause."""
    if isinstance(error, STORAGE_ERRORS):
        return STORAGE_AWAY, "storage_away"
    if sentence := disk_sentence(error):
        return sentence, "disk"
    return f"{CRASHED} {row.advice}", "crashed"


def reporter(lease: Lease[L], fields: Callable[P, dict[str, Any]]) -> Callable[P, None]:
    """To be called after each step: stops work on a row that is no longer ours, and writes `fields` now and then."""
    written = checked = time.monotonic()

    def report(*done: P.args, **more: P.kwargs) -> None:
        nonlocal written, checked
        if queue.stopping.is_set():
            raise Stopping
        now = time.monotonic()
        if now - written >= PROGRESS_SECONDS:
            lease.step(**fields(*done, **more))
            written = checked = now
        elif now - checked >= CHECK_SECONDS:
            lease.check()
            checked = now

    return report


def requeue_lost(rows: LeasedQuerySet) -> list[Leased]:
    """Queue again what has lost its worker. The third time is final: gives the rows that have failed so."""
    found = leases.requeue_lost(rows)
    for row in found:
        logger.warning("%s lost its worker and is %s.", row, row.status)
        if row.is_open:
            enqueue(row)
    return [row for row in found if not row.is_open]


def enqueue_waiting(rows: LeasedQuerySet) -> None:
    """Hand Redis the queued rows that it never got or has lost."""
    waiting = rows.waiting(seconds=WAITING_SECONDS)
    if rows.model.shared_by:
        sharing.enqueue_waiting(waiting)
    else:
        queue.enqueue_missing(rows.model.task, [(row.pk, row.queue) for row in waiting[:WAITING_ROWS]])
