import subprocess
import sys
import threading
from collections.abc import Callable

import pytest
from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection
from pymongo import MongoClient

from accounts.models import User
from tests import isolation

SEARCH = "transcript_search"  # tables of SQLite, which the rows of the transcripts keep by triggers
on_mongodb = pytest.mark.skipif(not settings.MONGODB_URI, reason="SQLite rolls back")


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_begins_with_empty_tables(alice: User, turn: str) -> None:
    assert list(User.objects.all()) == [alice]
    assert ContentType.objects.exists()
    assert Permission.objects.exists()


@pytest.mark.django_db
def test_no_table_is_forgotten() -> None:
    known = {*isolation.tables(), *isolation.KEPT, "django_migrations"}
    assert {name for name in connection.introspection.table_names() if not name.startswith(SEARCH)} == known


def by_the_model() -> None:
    Group.objects.create(name="Readers")


def by_a_thread() -> None:
    thread = threading.Thread(target=by_the_model)
    thread.start()
    thread.join()


def by_a_pipeline() -> None:
    stages = [{"$limit": 1}, {"$project": {"name": "$model"}}, {"$merge": "auth_group"}]
    list(connection.database["django_content_type"].aggregate(stages))


def by_a_client_of_its_own() -> None:
    with MongoClient(settings.MONGODB_URI) as client:
        client[connection.settings_dict["NAME"]]["auth_group"].insert_one({"name": "Readers"})


def by_another_process() -> None:
    insert = "import sys, pymongo; pymongo.MongoClient(sys.argv[1])[sys.argv[2]].auth_group.insert_one({'name': '1'})"
    subprocess.run([sys.executable, "-c", insert, settings.MONGODB_URI, connection.settings_dict["NAME"]], check=True)


WAYS = [by_the_model, by_a_thread, by_a_pipeline, by_a_client_of_its_own, by_another_process]


@on_mongodb
@pytest.mark.django_db
@pytest.mark.parametrize("write", WAYS)
def test_what_is_written_is_emptied_whoever_has_written_it(write: Callable[[], None]) -> None:
    isolation.written.take()
    write()
    assert Group.objects.exists()
    isolation.empty_tables()
    assert not Group.objects.exists()


@on_mongodb
@pytest.mark.django_db
def test_what_was_not_written_to_is_left_alone() -> None:
    isolation.written.take()
    assert isolation.written.take() == []
    by_the_model()
    assert not User.objects.filter(email="nobody@example.com").exists()
    assert isolation.written.take() == ["auth_group"]
    Group.objects.all().delete()
