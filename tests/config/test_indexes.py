"""The index that lets MongoDB delete expired rows by itself; on SQLite it is a plain one, and a sweep deletes."""

import os
import subprocess
import sys

import pytest
from django.db import connection, models
from pymongo import MongoClient

from config.indexes import ExpiringIndex
from jobs.models import TEMP_AUDIO_LIFETIME, TempAudio
from tests.installation import ROOT, new_place

NAME, TABLE = "temp_audio_expiring", "temp_audio"
on_mongodb = pytest.mark.skipif(connection.vendor != "mongodb", reason="MongoDB's own index")


@pytest.fixture
def index():
    (found,) = (index for index in TempAudio._meta.indexes if isinstance(index, ExpiringIndex))
    return found


def test_a_migration_can_write_it_down(index):
    path, arguments, options = index.deconstruct()
    assert (path, arguments) == ("config.indexes.ExpiringIndex", ())
    assert options == {"fields": ["created_at"], "name": NAME, "seconds": 86_400}
    assert ExpiringIndex(**options) == index


def test_another_time_is_another_index(index):
    other = ExpiringIndex(fields=["created_at"], name=NAME, seconds=60)
    assert other != index
    assert index.clone() == index


@pytest.mark.parametrize("options", [{}, {"seconds": 1, "fields": ["one", "two"], "name": "two_times"}])
def test_it_is_about_one_time_that_passes(options):
    with pytest.raises((TypeError, ValueError)):
        ExpiringIndex(**{"fields": ["created_at"], "name": NAME} | options)


def test_it_serves_as_an_index_on_both_databases(db, index):
    with connection.cursor() as cursor:
        found = connection.introspection.get_constraints(cursor, TABLE)
    assert (found[NAME]["index"], found[NAME]["columns"]) == (True, ["created_at"])
    assert [name for name, each in found.items() if each["columns"] == ["created_at"]] == [NAME]
    assert isinstance(index, models.Index)


@on_mongodb
def test_mongodb_deletes_a_day_after_the_time(db):
    index = connection.database[TABLE].index_information()[NAME]
    assert (index["key"], index["expireAfterSeconds"]) == ([("created_at", 1)], TEMP_AUDIO_LIFETIME.total_seconds())


@on_mongodb
def test_the_migration_changes_the_index_of_a_database_that_has_rows(tmp_path):
    """From the plain index, on the same key, to the one that expires; and back."""
    with new_place(tmp_path) as place, MongoClient(os.environ["MONGODB_URI"]) as client:
        rows = client[place["MONGODB_DB_NAME"]][TABLE]
        migrate(place, "0005")
        rows.insert_one({"path": "temp/2026112117/a.wav"})
        (before,) = indexes(rows)
        assert "expireAfterSeconds" not in before
        migrate(place, "0006")
        assert [index["expireAfterSeconds"] for index in indexes(rows)] == [86_400]
        migrate(place, "0005")
        assert [index.get("expireAfterSeconds") for index in indexes(rows)] == [None]
        assert rows.count_documents({}) == 1


def migrate(place, number):
    command = [sys.executable, "manage.py", "migrate", "jobs", number]
    subprocess.run(command, cwd=ROOT, env=os.environ | place, check=True, capture_output=True)


def indexes(rows):
    """Those on the time alone."""
    return [index for index in rows.index_information().values() if index["key"] == [("created_at", 1)]]
