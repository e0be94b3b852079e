"""Transactions and long walks that work on both databases."""

import functools
import logging
import random
import time
from collections.abc import Callable, Iterable, Iterator
from contextlib import AbstractContextManager, nullcontext
from itertools import islice
from typing import ParamSpec, TypeVar

from django.db import Error, connection
from django.db import transaction as django_transaction  # noqa: TID251
from django.db.models import Model, QuerySet
from pymongo.errors import BulkWriteError, PyMongoError

logger = logging.getLogger(__name__)
M = TypeVar("M", bound=Model)
P = ParamSpec("P")
R = TypeVar("R")
T = TypeVar("T")
TRIES = 7
STORE_ERRORS = (Error, PyMongoError)  # the backend lets MongoDB's error of an insert through as it is
WRITE_CONFLICT = 112  # MongoDB's code
BATCH_ROWS = 100


def transaction() -> AbstractContextManager[object]:
    """One transaction: Django's on SQLite, MongoDB's own there, none on a standalone MongoDB server.

    Never catch an IntegrityError inside: MongoDB has no savepoints and has ended the transaction by then.
    """
    if connection.vendor != "mongodb":
        return django_transaction.atomic()
    if not connection.features._supports_transactions:
        return nullcontext()
    from django_mongodb_backend import transaction as mongodb_transaction

    return mongodb_transaction.atomic()


def atomic(function: Callable[P, R]) -> Callable[P, R]:
    """Run the function in one transaction, again when MongoDB reports a passing conflict with another one."""

    @functools.wraps(function)
    def within(*args: P.args, **kwargs: P.kwargs) -> R:
        with transaction():
            return function(*args, **kwargs)

    alone = again(within)

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        # A conflict ends the whole transaction, and only whoever began that can begin again.
        return (within if is_in_transaction() else alone)(*args, **kwargs)

    return wrapped


def is_in_transaction() -> bool:
    return bool(getattr(connection, "in_atomic_block_mongo", False))


def again(function: Callable[P, R]) -> Callable[P, R]:
    """Run the function once more, and more than once, when MongoDB reports a passing conflict of its writes."""

    @functools.wraps(function)
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(TRIES):
            try:
                return function(*args, **kwargs)
            except STORE_ERRORS as error:
                if not is_transient(error) or attempt == TRIES - 1:
                    raise
                logger.info("Tried again after a conflict: %s", error)
                time.sleep(random.uniform(0.01, 0.05) * 2**attempt)  # noqa: S311
        raise AssertionError("unreachable")

    return wrapped


def is_transient(error: BaseException) -> bool:
    """Whether the server says that the same work may succeed when it is done again, and there is time left for it."""
    causes = (error, error.__cause__)
    is_over = any(isinstance(each, PyMongoError) and each.timeout for each in causes)
    return not is_over and any(is_conflict(each) for each in causes)


def is_conflict(error: BaseException | None) -> bool:
    if isinstance(error, BulkWriteError):
        return any(entry.get("code") == WRITE_CONFLICT for entry in error.details.get("writeErrors", ()))
    if getattr(error, "code", None) == WRITE_CONFLICT:  # of an update, which has lost its label
        return True
    return hasattr(error, "has_error_label") and error.has_error_label("TransientTransactionError")


def batches(items: Iterable[T], size: int) -> Iterator[list[T]]:
    """All of them in their order, `size` at a time."""
    rest = iter(items)
    while batch := list(islice(rest, size)):
        yield batch


def id_batches(rows: QuerySet[M]) -> Iterator[list[str]]:
    """The ids of all rows, some at a time. They are read once, 80 bytes each."""
    return batches(sorted(rows.values_list("pk", flat=True)), BATCH_ROWS)


def in_batches(rows: QuerySet[M]) -> Iterator[list[M]]:
    """All rows by their ids, some at a time: no cursor stays open, and whoever walks may delete them.

    Looked up by their ids alone: with the filter beside them SQLite reads all its rows for each batch.
    """
    for pks in id_batches(rows):
        yield list(rows.model._default_manager.filter(pk__in=pks).order_by("pk"))


def delete_rows(rows: QuerySet[M]) -> None:
    """Delete all rows, by their ids: MongoDB deletes by no filter that joins."""
    for pks in id_batches(rows):
        rows.model._default_manager.filter(pk__in=pks).delete()
