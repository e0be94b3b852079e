import pytest
from django.contrib.auth.models import Permission
from django.contrib.contenttypes.models import ContentType
from django.db import connection

from accounts.models import User
from tests import isolation

SEARCH = "transcript_search"  # tables of SQLite, which the rows of the transcripts keep by triggers


@pytest.mark.parametrize("turn", ["first", "second"])
def test_each_test_begins_with_empty_tables(alice: User, turn: str) -> None:
    assert list(User.objects.all()) == [alice]
    assert ContentType.objects.exists()
    assert Permission.objects.exists()


@pytest.mark.django_db
def test_no_table_is_forgotten() -> None:
    known = {*isolation.tables(), *isolation.KEPT, "django_migrations"}
    assert {name for name in connection.introspection.table_names() if not name.startswith(SEARCH)} == known
