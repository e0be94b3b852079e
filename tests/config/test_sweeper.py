"""The sweeper while the database is away, or when a sweep breaks."""

import threading

from django.db import DatabaseError, OperationalError

from config import breaker, sweeper
from config.hooks import Sweep
from tests.installation import soon


def failing(error):
    def run():
        raise error

    return Sweep(every=0.0, run=run)


def test_with_the_database_away_nothing_is_run(monkeypatch):
    monkeypatch.setattr(sweeper, "PAUSE_SECONDS", 0.01)
    monkeypatch.setattr(breaker, "answers", lambda: False)
    stopped, turns = threading.Event(), []
    sweeps = [failing(OperationalError("away")), Sweep(every=0.0, run=lambda: turns.append(1))]
    thread = threading.Thread(target=sweeper.sweep_until, args=(stopped, sweeps))
    thread.start()
    try:
        soon(breaker.is_open)
        seen = len(turns)
        stopped.wait(0.1)
        assert len(turns) == seen
    finally:
        stopped.set()
        thread.join()
        breaker.close()


def test_a_sweep_that_breaks_is_named_and_the_database_is_asked_on(db, caplog):
    sweeper.run(failing(DatabaseError("no such column")))
    sweeper.run(failing(KeyError("name")))
    assert caplog.text.count("A sweep failed") == 2
    assert not breaker.is_open()
