"""Transactions that work on both databases."""

import functools
import logging
import random
import time
from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext
from typing import ParamSpec, TypeVar

from django.db import DatabaseError, connection
from django.db import transaction as django_transaction  # noqa: TID251

logger = logging.getLogger(__name__)
P = ParamSpec("P")
R = TypeVar("R")
TRIES = 5


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
    def wrapped(*args: P.args, **kwargs: P.kwargs) -> R:
        for attempt in range(TRIES):
            try:
                with transaction():
                    return function(*args, **kwargs)
            except DatabaseError as error:
                if not is_transient(error) or attempt == TRIES - 1:
                    raise
                logger.info("Transaction tried again: %s", error)
                time.sleep(random.uniform(0.01, 0.05) * 2**attempt)  # noqa: S311
        raise AssertionError("unreachable")

    return wrapped


def is_transient(error: DatabaseError) -> bool:
    """Whether the server says that the same transaction may succeed when it is run again."""
    cause = error.__cause__
    return hasattr(cause, "has_error_label") and cause.has_error_label("TransientTransactionError")
