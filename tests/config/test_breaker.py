import os
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, InterfaceError, OperationalError, ProgrammingError
from pymongo import _csot
from pymongo.errors import (
    AutoReconnect,
    DuplicateKeyError,
    ExecutionTimeout,
    NetworkTimeout,
    ServerSelectionTimeoutError,
)

from config import breaker, db
from tests.installation import soon

GONE = OperationalError("unable to open the database file")


def inside(error):
    """As Django wraps what MongoDB's driver raises."""
    wrapped = DatabaseError(str(error))
    wrapped.__cause__ = error
    return wrapped


@pytest.fixture
def database(monkeypatch):
    """A stand-in for the database, which says how often it was looked for."""

    class Database:
        is_there, looks = False, 0

        def answers(self):
            self.looks += 1
            return self.is_there

    database = Database()
    monkeypatch.setattr(breaker, "answers", database.answers)
    monkeypatch.setattr(breaker, "PROBE_SECONDS", 0.01)
    return database


def probes():
    return [thread for thread in threading.enumerate() if thread.name == "database-probe"]


@pytest.mark.parametrize(
    "error",
    [
        GONE,
        InterfaceError("closed"),
        AutoReconnect("reset"),
        NetworkTimeout("slow"),
        ServerSelectionTimeoutError("none"),
        ExecutionTimeout("slow", 50),
    ],
)
def test_away(error):
    assert breaker.is_away(error)
    assert breaker.is_away(inside(error))


@pytest.mark.parametrize(
    "error", [None, KeyError("x"), ProgrammingError("x"), DatabaseError("x"), DuplicateKeyError("x")]
)
def test_not_away(error):
    assert not breaker.is_away(error)
    assert error is None or not breaker.is_away(inside(error))


def test_it_opens_once_and_closes_by_itself(database, caplog):
    assert not breaker.is_open()
    with ThreadPoolExecutor(8) as pool:
        list(pool.map(lambda _: breaker.trip(GONE), range(32)))
    assert breaker.is_open()
    soon(lambda: database.looks >= 3)
    assert breaker.is_open()
    assert len(probes()) == 1
    database.is_there = True
    soon(lambda: not breaker.is_open())
    soon(lambda: not probes())
    assert [record.getMessage() for record in caplog.records] == [
        "The database is away: unable to open the database file",
        "The database is back.",
    ]


def test_it_opens_again(database):
    database.is_there = True
    for _ in range(20):
        breaker.trip(GONE)
        assert breaker.is_open()
        soon(lambda: not breaker.is_open())
    soon(lambda: not probes())


def test_the_search_looks_once_a_second(database, monkeypatch):
    monkeypatch.setattr(breaker, "PROBE_SECONDS", 0.2)
    breaker.trip(GONE)
    start = time.monotonic()
    soon(lambda: database.looks >= 3)
    assert time.monotonic() - start >= 0.5


def test_a_closed_one_searches_no_more(database):
    breaker.trip(GONE)
    breaker.close()
    assert not breaker.is_open()
    soon(lambda: not probes())


def test_a_search_outlives_whatever_its_question_raises(monkeypatch):
    def fail():
        raise KeyError("a bug")

    with monkeypatch.context() as patch:
        patch.setattr(breaker.ContentType.objects, "exists", fail, raising=False)
        assert not breaker.answers()


@pytest.mark.django_db
def test_the_database_of_the_tests_answers():
    assert breaker.answers()


@pytest.mark.filterwarnings("ignore:This process:DeprecationWarning")
def test_the_child_of_a_fork_finds_out_for_itself(database):
    breaker.trip(GONE)
    read, write = os.pipe()
    if (child := os.fork()) == 0:
        os.write(write, b"open" if breaker.is_open() else b"closed")
        os._exit(0)
    os.waitpid(child, 0)
    assert os.read(read, 10) == b"closed"
    assert breaker.is_open()
    os.close(read)
    os.close(write)


def test_what_a_driver_adds_to_its_error_is_left_out(database, caplog):
    breaker.trip(ServerSelectionTimeoutError("db:27017: refused (configured timeouts: 2000ms), Topology: <...>"))
    assert caplog.messages == ["The database is away: db:27017: refused"]


def test_the_limit_is_that_of_the_settings_and_an_inner_one_is_no_longer(settings):
    settings.MONGODB_TIMEOUT = 2_000
    with breaker.limited():
        settings.MONGODB_TIMEOUT = 60_000
        with breaker.limited():
            assert 1.3 < _csot.remaining() <= 1.5  # for pymongo looks half a second longer
    assert _csot.remaining() is None


def test_a_short_limit_is_a_limit_too(settings):
    settings.MONGODB_TIMEOUT = 100
    with breaker.limited():
        assert 0 < _csot.remaining() <= 0.05


def test_no_second_try_when_the_time_is_up():
    tries = []
    error = NetworkTimeout("slow")
    error._add_error_label("TransientTransactionError")

    @db.again
    def write():
        tries.append(1)
        raise inside(error)

    with pytest.raises(DatabaseError):
        write()
    assert len(tries) == 1


def test_a_question_is_answered_and_while_the_database_is_away_not_asked(database):
    def fail():
        questions.append("failed")
        raise GONE

    questions = []
    assert breaker.ask(lambda: "there") == "there"
    assert breaker.ask(fail) is None
    assert breaker.is_open()
    assert breaker.ask(fail, away=lambda: "remembered") == "remembered"
    assert questions == ["failed"]


def test_a_question_that_fails_for_another_reason_opens_nothing(database):
    def fail():
        raise ProgrammingError("no such table")

    with pytest.raises(ProgrammingError):
        breaker.ask(fail)
    assert not breaker.is_open()
