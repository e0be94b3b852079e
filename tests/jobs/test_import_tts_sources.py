"""Where the rows of the old TTS backend come from."""

import json
import uuid

import pytest
from bson import ObjectId, json_util
from django.core.management import CommandError
from pymongo import MongoClient

from jobs.models import Counter, Job
from tests.jobs.tts_backend import HERE, JOB, NEW, PERSON, import_from, job, person


@pytest.mark.parametrize("form", ["dynamodb", "items", "array"])
def test_each_form_of_export_gives_the_same_rows(db, tmp_path, form):
    def typed(value):
        return {"N": str(value)} if isinstance(value, int | float) else {"S": value}

    forms = {
        "dynamodb": lambda row: json.dumps({name: typed(value) for name, value in row.items()}),
        "items": lambda row: json.dumps({"Item": {name: typed(value) for name, value in row.items()}}),
        "array": lambda row: json_util.dumps([row | {"_id": ObjectId(row["_id"])}], indent=2),
    }
    (tmp_path / "users.json").write_text(forms[form](person()))
    (tmp_path / "tts_jobs.json").write_text(forms[form](job()))
    counts, _ = import_from(str(tmp_path))
    assert (counts["users"], counts["jobs"]) == (NEW, NEW)
    assert Job.objects.values_list("pk", "job_id", "user_id", "duration").get() == (JOB, 41, PERSON, 2.5)


def test_a_live_database_gives_the_same_rows(db, settings):
    if not settings.MONGODB_URI:
        pytest.skip("needs MONGODB_URI")
    name = f"old_{uuid.uuid4().hex[:12]}"
    with MongoClient(settings.MONGODB_URI) as client:
        try:
            client[name].users.insert_one(person(_id=ObjectId(PERSON)))
            client[name].jobs.insert_one(job(_id=ObjectId(JOB), user_id=ObjectId(PERSON)))
            client[name].counters.insert_one({"_id": "job_id", "seq": 44})
            counts, _ = import_from(settings.MONGODB_URI.rstrip("/") + f"/{name}")
            assert (counts["users"], counts["jobs"], counts["counters"]) == (NEW, NEW, NEW)
            assert import_from(settings.MONGODB_URI.rstrip("/") + f"/{name}")[0]["jobs"] == HERE
        finally:
            client.drop_database(name)
    assert Job.objects.values_list("pk", "job_id", "user_id").get() == (JOB, 41, PERSON)
    assert Counter.objects.get(name="jobs").value == 44


def test_a_source_without_these_tables_ends_with_2(db, tmp_path):
    with pytest.raises(CommandError) as caught:
        import_from(str(tmp_path))
    assert caught.value.returncode == 2
