"""One row that MongoDB refuses with a passing conflict is inserted again; nobody knows what several have left."""

import pytest
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.errors import BulkWriteError

from config import db
from config.mongodb import base

DUPLICATE = 11_000


@pytest.fixture
def rows(monkeypatch):
    monkeypatch.setattr(db.random, "uniform", lambda low, high: 0.0)
    with MongoClient("mongodb://127.0.0.1:1/", connect=False) as client:
        yield base.CarefulCollection(client.nowhere, "rows")


def refuse_once(monkeypatch, code=db.WRITE_CONFLICT):
    """What is asked of a server that refuses the first time."""
    asked = []

    def insert(collection, documents, **options):
        asked.append(documents)
        if len(asked) == 1:
            raise BulkWriteError({"nInserted": 0, "writeErrors": [{"index": 0, "code": code}]})

    monkeypatch.setattr(Collection, "insert_many", insert)
    return asked


def test_one_row_is_inserted_again(rows, monkeypatch):
    asked = refuse_once(monkeypatch)
    rows.insert_many([{"_id": 1}], session=None)
    assert asked == [[{"_id": 1}]] * 2


@pytest.mark.parametrize(
    ("documents", "code", "is_within"),
    [([{}, {}], db.WRITE_CONFLICT, False), ([{}], DUPLICATE, False), ([{}], db.WRITE_CONFLICT, True)],
    ids=["several", "there already", "in a transaction"],
)
def test_whatever_else_is_refused_is_not(rows, monkeypatch, documents, code, is_within):
    asked = refuse_once(monkeypatch, code)
    monkeypatch.setattr(base, "is_in_transaction", lambda: is_within)
    with pytest.raises(BulkWriteError):
        rows.insert_many(documents, session=None)
    assert len(asked) == 1
