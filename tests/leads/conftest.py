"""A journal, and a database that is away when a test says so."""

import pytest
from django.db import OperationalError

from config import breaker
from leads.actions import intake, replay
from leads.records import Kind
from tests.leads.journals import of_person


class Database:
    """What a writer finds: an answer, or an error for some records."""

    def __init__(self):
        self.written, self.errors, self.is_away = [], {}, False

    def write(self, record):
        number = record.data["number"]
        if self.is_away:
            raise OperationalError("no server")
        if number in self.errors:
            raise self.errors[number]
        self.written.append(number)
        return number


@pytest.fixture
def database(monkeypatch):
    made = Database()
    monkeypatch.setitem(replay.WRITERS, Kind.LEAD, made.write)
    monkeypatch.setattr(breaker, "PROBE_SECONDS", 3600.0)  # only the test says that it is back
    return made


@pytest.fixture
def take(alice, database):
    """What comes in through the desk's doors."""
    return lambda number: intake.take(of_person(alice, number), database.write)
