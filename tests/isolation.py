"""How tests on MongoDB are kept apart: what a test has written to is emptied, in a part of the time of Django's flush.

The flush makes content types and permissions anew after each test; no test changes them, so they stay. Of the other
collections those are emptied to which this process has written, and all where another process may have written too.
"""

import functools
import os
import sys
import threading
from typing import Any

from django.db import connection
from django.test import TransactionTestCase
from pymongo import monitoring

KEPT = {"auth_permission", "django_content_type"}
STARTS = {"os.exec", "os.fork", "os.forkpty", "os.posix_spawn", "os.spawn", "os.system", "subprocess.Popen"}
READING = {"count", "distinct", "explain", "find", "getMore", "listCollections", "listIndexes"}
TALKING = {"abortTransaction", "buildInfo", "commitTransaction", "endSessions", "hello", "killCursors", "ping"}
WRITING = {"delete", "findAndModify", "insert", "update"}
Event = monitoring.CommandStartedEvent | monitoring.CommandSucceededEvent | monitoring.CommandFailedEvent


class Written(monitoring.CommandListener):
    """The collections that this process has written to, by all its clients, since they were emptied."""

    def __init__(self) -> None:
        self.names: set[str] = set()
        self.is_doubtful = True  # whether there may be others
        self.is_emptying = False
        monitoring.register(self)
        sys.addaudithook(self.audit)

    def audit(self, event: str, args: tuple[Any, ...]) -> None:
        if event in STARTS:
            self.is_doubtful = True

    def started(self, event: monitoring.CommandStartedEvent) -> None:
        name = event.command_name
        if not is_in_main_thread():
            self.ended(event)
        elif name in WRITING:
            self.names |= set() if self.is_emptying else {event.command[name]}
        elif name not in READING | TALKING and not (name == "aggregate" and reads(event.command["pipeline"])):
            self.is_doubtful = True

    def ended(self, event: Event) -> None:
        """What another thread writes or commits may come in while this one empties."""
        if event.command_name not in READING and not is_in_main_thread():
            self.is_doubtful = True

    succeeded = failed = ended

    def take(self) -> list[str]:
        """What is to be emptied now."""
        if self.is_doubtful or is_parent():
            self.is_doubtful = False
            self.names.clear()
            return tables()
        names, self.names = self.names, set()
        return sorted(names.intersection(tables()))


def is_in_main_thread() -> bool:
    return threading.current_thread() is threading.main_thread()


def reads(pipeline: list[dict[str, Any]]) -> bool:
    return not any(name in stage for stage in pipeline for name in ("$out", "$merge"))


def is_parent() -> bool:
    """Whether a process that this one has started is still there."""
    try:
        os.waitid(os.P_ALL, 0, os.WEXITED | os.WNOHANG | os.WNOWAIT)
    except ChildProcessError:
        return False
    return True


written = Written()


def empty_tables_after_tests() -> None:
    """SQLite rolls back instead, where a test does not ask for more."""
    if connection.vendor == "mongodb":
        TransactionTestCase._fixture_teardown = empty_tables


def empty_tables(case: TransactionTestCase | None = None) -> None:
    written.is_emptying = True
    try:
        for table in written.take():
            connection.database[table].delete_many({})
    finally:
        written.is_emptying = False


@functools.cache
def tables() -> list[str]:
    return sorted(set(connection.introspection.django_table_names(include_views=False)) - KEPT)
