"""MongoDB sorts by an index only what no other stage has touched."""

import pytest
from django.db import connection
from django.db.models.functions import Lower
from pymongo.collection import Collection

from config.mongodb.base import sorted_early
from config.paging import page
from jobs import actions
from jobs.models import Job

MATCH, SORT, LIMIT, SKIP = {"$match": {"team": 1}}, {"$sort": {"at": -1, "_id": -1}}, {"$limit": 5}, {"$skip": 2}
SAME, PICKED = {"$addFields": {"at": "$at", "_id": "$_id"}}, {"$project": {"at": 1, "name": 1}}
JOIN, GROUP = {"$lookup": {"from": "teams"}}, {"$group": {"_id": "$at"}}


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ([], []),
        ([MATCH, PICKED], [MATCH, PICKED]),
        ([MATCH, SORT], [MATCH, SORT]),
        ([SORT], [SORT]),
        ([MATCH, SAME, SORT, LIMIT], [MATCH, SORT, LIMIT, SAME]),
        ([MATCH, PICKED, SORT, SKIP, LIMIT], [MATCH, SORT, SKIP, LIMIT, PICKED]),
        ([MATCH, PICKED, SAME, SORT, LIMIT, JOIN], [MATCH, SORT, LIMIT, PICKED, SAME, JOIN]),
        ([MATCH, GROUP, PICKED, SORT], [MATCH, GROUP, SORT, PICKED]),
        ([MATCH, PICKED, JOIN, SORT], [MATCH, PICKED, JOIN, SORT]),
    ],
)
def test_sorts_and_cuts_go_before_what_leaves_their_keys_alone(given, expected):
    assert sorted_early(given) == expected


@pytest.mark.parametrize(
    "stage",
    [
        {"$addFields": {"at": {"$toLower": "$at"}}},
        {"$addFields": {"at": "$other"}},
        {"$project": {"name": 1}},
        {"$project": {"at": "$other"}},
        {"$project": {"at": 1, "_id": 0}},
        {"$project": {"at": 0}},
        {"$unset": "other"},
        {"$match": {"at": 1}},
        GROUP,
    ],
)
def test_what_may_change_a_key_stays_before_the_sort(stage):
    assert sorted_early([MATCH, stage, SORT, LIMIT]) == [MATCH, stage, SORT, LIMIT]


def test_a_key_inside_a_field_goes_with_the_field():
    sort = {"$sort": {"at.day": 1}}
    assert sorted_early([{"$addFields": {"at": "$other"}}, sort]) == [{"$addFields": {"at": "$other"}}, sort]
    assert sorted_early([{"$project": {"at": 1}}, sort]) == [sort, {"$project": {"at": 1}}]


@pytest.fixture
def asked(monkeypatch):
    """The pipelines that reach the driver."""
    asked, aggregate = [], Collection.aggregate

    def noting(self, pipeline, *args, **options):
        asked.append([next(iter(stage)) for stage in pipeline])
        return aggregate(self, pipeline, *args, **options)

    monkeypatch.setattr(Collection, "aggregate", noting)
    return asked


@pytest.mark.skipif(connection.vendor != "mongodb", reason="asks MongoDB")
def test_lists_are_sorted_right_after_they_are_found(alice, demo, asked):
    jobs = [actions.start_job(by=alice, text=text) for text in ("Two", "one", "Three")]
    newest = [job.pk for job in sorted(jobs, key=lambda job: (job.created_at, job.pk), reverse=True)]
    asked.clear()
    assert [job.pk for job in page(Job.objects.all()).items] == newest
    assert list(Job.objects.order_by("-created_at", "-pk").values_list("pk", flat=True)[1:]) == newest[1:]
    whole, picked = asked
    assert (whole[:2], picked) == (["$sort", "$limit"], ["$sort", "$skip", "$project"])
    assert [job.text for job in Job.objects.order_by(Lower("text"))] == ["one", "Three", "Two"]
