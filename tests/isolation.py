"""How tests on MongoDB are kept apart: the tables are emptied, in a tenth of the time that Django's flush takes.

The flush makes content types and permissions anew after each test; no test changes them, so they stay.
"""

import functools

from django.db import connection
from django.test import TransactionTestCase

KEPT = {"auth_permission", "django_content_type"}


def empty_tables_after_tests() -> None:
    """SQLite rolls back instead, where a test does not ask for more."""
    if connection.vendor == "mongodb":
        TransactionTestCase._fixture_teardown = empty_tables


def empty_tables(case: TransactionTestCase) -> None:
    for table in tables():
        connection.database[table].delete_many({})


@functools.cache
def tables() -> list[str]:
    return sorted(set(connection.introspection.django_table_names(include_views=False)) - KEPT)
