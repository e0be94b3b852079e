"""The index that serves the library is there, and SQLite uses it."""

import pytest
from django.db import connection

from config.paging import encode, page
from tests.voices.models import make_model
from voices.models import Echo, VoiceModel

NEWEST = ["user_id", "created_at", "_id"]


@pytest.mark.parametrize(("model", "name"), [(VoiceModel, "voice_models_of_user"), (Echo, "echos_of_user")])
def test_the_rows_of_a_person_are_indexed_by_time(db, model, name):
    with connection.cursor() as cursor:
        index = connection.introspection.get_constraints(cursor, model._meta.db_table)[name]
    assert (index["columns"], index["orders"]) == (NEWEST, ["ASC", "DESC", "DESC"])


@pytest.mark.skipif(connection.vendor != "sqlite", reason="reads the plan of SQLite")
@pytest.mark.parametrize("search", [{}, {"q": "calm"}, {"tag": "calm"}, {"q": "calm", "state": "trained"}])
@pytest.mark.parametrize("is_later", [False, True])
def test_a_page_is_read_along_the_index(alice, django_assert_num_queries, search, is_later):
    models = [make_model(alice, tags=["calm"]) for _ in range(3)]
    rows = VoiceModel.objects.owned_by(alice).matching(**search)
    cursor = encode(models[1]) if is_later else None
    with django_assert_num_queries(1) as asked:
        assert len(page(rows, cursor=cursor, limit=2).items) == (1 if is_later else 2)
    with connection.cursor() as plan:
        plan.execute("EXPLAIN QUERY PLAN " + asked.captured_queries[0]["sql"])
        steps = [row[3] for row in plan.fetchall()]
    assert len(steps) == 1
    assert steps[0].startswith("SEARCH voice_models USING INDEX voice_models_of_user (user_id=?")
