"""Records that can't be done: refused to their senders, put aside with the reason, or tried later."""

import pytest
from django.db import DatabaseError, IntegrityError
from pymongo.errors import AutoReconnect

from config import breaker
from config.errors import Conflict, Unavailable
from leads import journal, records
from leads.actions import replay, session_rows
from leads.journal import refused
from tests.leads.journals import leave, of_person, record_of, waiting


def test_a_refusal_is_told_at_once_and_not_tried_again(take, database, settings):
    database.errors[1] = Conflict("No.")
    with pytest.raises(Conflict):
        take(1)
    assert waiting(settings.JOURNAL_DIR) == []
    assert not journal.is_behind()


def test_a_bug_leaves_the_record_to_the_replay(take, database, settings):
    database.errors[1] = ZeroDivisionError("division by zero")
    with pytest.raises(ZeroDivisionError):
        take(1)
    assert waiting(settings.JOURNAL_DIR) == [1]
    assert replay.replay().refused == 1


@pytest.mark.parametrize(
    ("error", "reason"),
    [
        (Conflict("This can't be."), "This can't be."),
        (IntegrityError("FOREIGN KEY constraint failed"), "FOREIGN KEY constraint failed"),
        (KeyError("name"), "KeyError('name')"),
    ],
)
def test_what_cannot_be_done_is_put_aside_and_holds_nobody_up(alice, database, settings, error, reason):
    database.errors[1] = error
    leave(*(of_person(alice, number) for number in range(3)))
    result = replay.replay()
    assert (result.done, result.refused, result.left) == (2, 1, 0)
    assert database.written == [0, 2]
    assert not journal.is_behind()
    (path,) = refused.files()
    (aside,) = refused.read(path).values()
    assert (aside.reason, records.read(aside.line).data["number"]) == (reason, 1)
    assert replay.replay().done == 0


def test_what_was_refused_can_be_tried_again(alice, database):
    database.errors |= {1: Conflict("No."), 2: Conflict("Nor this.")}
    leave(*(of_person(alice, number) for number in range(4)))
    replay.replay()
    del database.errors[1]
    result = replay.replay_refused()
    assert (result.done, result.refused, result.left) == (1, 1, 0)
    assert database.written == [0, 3, 1]
    del database.errors[2]
    assert replay.replay_refused().done == 1
    assert refused.files() == []


def test_refused_ones_stay_while_the_database_is_away(alice, database):
    database.errors |= {1: Conflict("No."), 2: Conflict("No.")}
    leave(of_person(alice, 1), of_person(alice, 2))
    replay.replay()
    database.is_away = True
    result = replay.replay_refused()
    assert (result.done, result.refused, result.left) == (0, 0, 2)
    assert [aside.reason for aside in refused.read(refused.files()[0]).values()] == ["No.", "No."]


@pytest.mark.parametrize("error", [session_rows.Overtaken("again"), Unavailable("Later."), AutoReconnect("gone")])
def test_what_may_pass_is_tried_later(alice, database, error):
    database.errors[1] = error
    leave(*(of_person(alice, number) for number in range(3)))
    assert replay.replay().left == 2
    assert journal.is_behind()
    breaker.close()
    database.errors.clear()
    assert replay.replay().done == 2
    assert database.written == [0, 1, 2]


def test_a_record_that_nobody_knows_is_put_aside(alice, database):
    leave(of_person(alice, 1, kind="message"), of_person(alice, 2))
    assert replay.replay().refused == 1
    assert database.written == [2]


def test_nobody_left_in_its_team(alice, database):
    leave(record_of(1), of_person(alice, 2))
    assert replay.replay().refused == 1
    assert database.written == [2]


def test_an_error_of_the_store_that_is_none_of_these(alice, database):
    database.errors[1] = DatabaseError("syntax")
    leave(of_person(alice, 1))
    assert replay.replay().refused == 1
