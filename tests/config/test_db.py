import pytest
from django.db import DatabaseError, connection
from pymongo.errors import BulkWriteError, WriteError

from accounts.models import Team
from config import db

pytestmark = pytest.mark.django_db(transaction=True)


class Labelled(Exception):
    """What MongoDB's driver raises."""

    def __init__(self, label):
        self.label = label

    def has_error_label(self, label):
        return label == self.label


def conflict(label="TransientTransactionError"):
    error = DatabaseError("Write conflict")
    error.__cause__ = Labelled(label)
    return error


@pytest.fixture(autouse=True)
def no_pauses(monkeypatch):
    monkeypatch.setattr(db.random, "uniform", lambda low, high: 0.0)


def test_what_is_done_stays_done():
    @db.atomic
    def two_teams(*names, last):
        return [Team.objects.create(name=name).name for name in (*names, last)]

    assert two_teams("one", last="two") == ["one", "two"]
    assert Team.objects.count() == 2


def test_all_or_nothing():
    @db.atomic
    def broken():
        Team.objects.create(name="one")
        Team.objects.filter(name="one").update(name="two")
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        broken()
    assert not Team.objects.exists()


def test_a_row_that_was_there_is_as_it_was():
    Team.objects.create(name="before")

    @db.atomic
    def broken():
        Team.objects.update(name="after")
        Team.objects.all().delete()
        raise KeyError("a bug")

    with pytest.raises(KeyError):
        broken()
    assert Team.objects.get().name == "before"


def test_a_passing_conflict_is_tried_again_from_the_start():
    calls = []

    @db.atomic
    def third_time_lucky():
        calls.append(Team.objects.create(name=f"try {len(calls)}"))
        if len(calls) < 3:
            raise conflict()
        return "done"

    assert third_time_lucky() == "done"
    assert [team.name for team in Team.objects.all()] == ["try 2"]


@pytest.mark.skipif(connection.vendor != "mongodb", reason="SQLite's transactions wait for each other")
def test_within_a_transaction_the_outer_one_begins_again():
    calls = []

    @db.atomic
    def inner():
        calls.append("inner")
        if len(calls) < 3:
            raise conflict()

    @db.atomic
    def outer():
        calls.append("outer")
        inner()

    outer()
    assert calls == ["outer", "inner", "outer", "inner"]


def test_a_conflict_that_stays_is_raised_in_the_end():
    calls = []

    @db.atomic
    def never():
        calls.append(Team.objects.create(name="try"))
        raise conflict()

    with pytest.raises(DatabaseError, match="Write conflict"):
        never()
    assert len(calls) == db.TRIES
    assert not Team.objects.exists()


@pytest.mark.parametrize("error", [conflict("NetworkError"), DatabaseError("no cause"), KeyError("a bug")])
def test_any_other_error_is_raised_at_once(error):
    calls = []

    @db.atomic
    def broken():
        calls.append(1)
        raise error

    with pytest.raises(type(error)):
        broken()
    assert calls == [1]


def test_all_rows_are_walked_in_batches_and_may_be_deleted_meanwhile(monkeypatch):
    monkeypatch.setattr(db, "BATCH_ROWS", 2)
    names = [Team.objects.create(name=name).name for name in "abcde"]
    batches = []
    for batch in db.in_batches(Team.objects.exclude(name="c")):
        batches.append([team.name for team in batch])
        batch[-1].delete()
    assert batches == [["a", "b"], ["d", "e"]]
    assert sorted(Team.objects.values_list("name", flat=True)) == [name for name in names if name in "acd"]


def test_rows_are_deleted_in_batches_and_others_stay(monkeypatch):
    monkeypatch.setattr(db, "BATCH_ROWS", 2)
    for name in "abcde":
        Team.objects.create(name=name)
    db.delete_rows(Team.objects.exclude(name="c"))
    assert Team.objects.get().name == "c"


def test_a_conflict_of_an_insert_is_tried_again_too():
    tries = []

    @db.atomic
    def clashing():
        tries.append(1)
        if len(tries) < 3:
            raise BulkWriteError({"writeErrors": [{"code": 112, "errmsg": "WriteConflict"}]})
        return "done"

    assert (clashing(), len(tries)) == ("done", 3)


def test_a_conflict_of_an_update_is_tried_again_too():
    tries, refused = [], DatabaseError()
    refused.__cause__ = WriteError("WriteConflict", 112)

    @db.atomic
    def clashing():
        tries.append(1)
        if len(tries) < 3:
            raise refused
        return "done"

    assert (clashing(), len(tries)) == ("done", 3)


def test_another_error_of_an_insert_is_not():
    @db.atomic
    def broken():
        raise BulkWriteError({"writeErrors": [{"code": 121, "errmsg": "Document failed validation"}]})

    with pytest.raises(BulkWriteError):
        broken()
