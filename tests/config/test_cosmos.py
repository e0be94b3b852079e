"""What is done for Azure Cosmos DB. Its servers are not at hand: what they refuse is known from Microsoft's lists."""

import os
import subprocess
import sys
from types import SimpleNamespace

import pytest
from django.db import connection
from pymongo import MongoClient
from pymongo.collection import Collection
from pymongo.errors import AutoReconnect, BulkWriteError, OperationFailure

from config import breaker
from config import env as environment
from config.cosmos import base
from tests.installation import ROOT, new_place

RU = "mongodb://us%40er:p%40ss@desk.mongo.cosmos.azure.com:10255/?ssl=true&replicaSet=globaldb&retrywrites=false"
VCORE = "mongodb+srv://user:pass@desk.global.mongocluster.cosmos.azure.com/?authMechanism=SCRAM-SHA-256"
ATLAS = "mongodb+srv://user:pass@desk.a1b2c.mongodb.net/?w=majority"
OLD = "mongodb://desk:key@desk.documents.azure.com:10255"
on_mongodb = pytest.mark.skipif(connection.vendor != "mongodb", reason="MongoDB's own indexes")


def settings_of(uri: str, **environ: str) -> list[str]:
    """Whether the process stops, or what its settings say."""
    shown = "d = s.DATABASES['default']; print(s.MONGODB_FLAVOUR, d['ENGINE'], d.get('OPTIONS'))"
    command = [sys.executable, "-c", f"from config import settings as s; {shown}"]
    clean = {"PATH": os.environ["PATH"], "ENV_FILE": os.devnull, "SECRET_KEY": os.environ["SECRET_KEY"]}
    result = subprocess.run(
        command, env=clean | {"MONGODB_URI": uri} | environ, capture_output=True, text=True, cwd=ROOT
    )
    return [result.stderr.strip()] if result.returncode else result.stdout.strip().split(" ", 2)


TIMES = {"serverSelectionTimeoutMS": 2000, "connectTimeoutMS": 2000}


@pytest.mark.parametrize(
    ("uri", "flavour", "engine", "options"),
    [
        (ATLAS, "mongodb", "config.mongodb", {}),
        ("mongodb://127.0.0.1/?tls=false", "mongodb", "config.mongodb", {}),
        ("mongodb://mongo.cosmos.azure.com.example.com", "mongodb", "config.mongodb", {}),
        ("mongodb://a.mongo.cosmos.azure.com:b@example.com", "mongodb", "config.mongodb", {}),
        (VCORE, "cosmos-vcore", "config.mongodb", {"retryWrites": False, "tls": True}),
        (RU, "cosmos-ru", "config.cosmos", {}),
        (OLD, "cosmos-ru", "config.cosmos", {"retryWrites": False, "tls": True}),
        (RU.replace("azure.com", "azure.cn"), "cosmos-ru", "config.cosmos", {}),
    ],
)
def test_the_address_tells(uri: str, flavour: str, engine: str, options: dict[str, bool]) -> None:
    assert settings_of(uri) == [flavour, engine, str(TIMES | options)]


def test_the_setting_decides(tmp_path: object) -> None:
    here = "mongodb://127.0.0.1:10255/?tls=false"
    expected = ["cosmos-ru", "config.cosmos", str(TIMES | {"retryWrites": False})]
    assert settings_of(here, MONGODB_FLAVOUR="cosmos-ru") == expected
    assert settings_of(RU, MONGODB_FLAVOUR="mongodb")[:2] == ["mongodb", "config.mongodb"]
    assert settings_of("", MONGODB_FLAVOUR="cosmos-ru", VAR_DIR=str(tmp_path))[0] == "mongodb"
    (sentence,) = settings_of(RU, MONGODB_FLAVOUR="cosmos")
    assert sentence.endswith("MONGODB_FLAVOUR is 'cosmos'. Write mongodb, cosmos-vcore or cosmos-ru.")


@pytest.mark.parametrize("uri", [ATLAS, VCORE, RU, OLD])
def test_the_driver_takes_it(uri: str) -> None:
    given = environment.mongodb(uri, environment.COSMOS_RU, 2_000)
    address = given["HOST"].replace("mongodb+srv", "mongodb")  # which would be looked up
    with MongoClient(address, **given["OPTIONS"], connect=False) as client:
        assert not client.options.retry_writes
        assert client.options.pool_options._ssl_context  # of TLS


def throttled(code: int = base.THROTTLED) -> OperationFailure:
    return OperationFailure("Request rate is large", code)


@pytest.fixture
def no_pauses(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    pauses: list[float] = []
    monkeypatch.setattr(base, "time", SimpleNamespace(sleep=pauses.append))  # its own: other threads sleep on
    return pauses


@pytest.fixture
def rows(monkeypatch: pytest.MonkeyPatch, no_pauses: list[float]) -> base.PatientCollection:
    """A collection of a server that is never asked."""
    return base.PatientCollection(MongoClient(connect=False)["echodesk"], "rows")


@pytest.mark.parametrize("question", ["aggregate", "update_many", "delete_many"])
def test_no_request_units_for_the_moment(rows, monkeypatch, no_pauses, question) -> None:
    answers = [throttled(), throttled(), "done"]

    def ask(collection, *args):
        answer = answers.pop(0)
        if isinstance(answer, Exception):
            raise answer
        return answer

    monkeypatch.setattr(Collection, question, ask)
    assert getattr(rows, question)([]) == "done"
    assert 0.04 <= no_pauses[0] < no_pauses[1] <= 0.16


def test_no_request_units_at_all_is_a_database_that_is_away(rows, monkeypatch, no_pauses) -> None:
    def refuse(*args):
        raise throttled()

    monkeypatch.setattr(Collection, "delete_many", refuse)
    with pytest.raises(AutoReconnect, match="out of request units") as raised:
        rows.delete_many({})
    assert breaker.is_away(raised.value)
    assert sum(no_pauses) < 6


def test_other_errors_are_raised_at_once(rows, monkeypatch, no_pauses) -> None:
    def refuse(*args):
        raise throttled(115)

    monkeypatch.setattr(Collection, "update_many", refuse)
    with pytest.raises(OperationFailure):
        rows.update_many({}, [])
    assert no_pauses == []


def test_an_insert_goes_on_with_the_rest(rows, monkeypatch) -> None:
    stored = []

    def insert(collection, documents, **options):
        """Two at a time."""
        stored.extend(documents[:2])
        if len(documents) > 2:
            raise BulkWriteError({"nInserted": 2, "writeErrors": [{"index": 2, "code": base.THROTTLED}]})

    monkeypatch.setattr(Collection, "insert_many", insert)
    documents = [{"_id": number} for number in range(5)]
    assert rows.insert_many(documents, session=None).inserted_ids == [0, 1, 2, 3, 4]
    assert stored == documents


def test_an_insert_that_is_refused(rows, monkeypatch) -> None:
    def insert(*args, **options):
        raise BulkWriteError({"nInserted": 0, "writeErrors": [{"index": 0, "code": 11_000}]})

    monkeypatch.setattr(Collection, "insert_many", insert)
    with pytest.raises(BulkWriteError):
        rows.insert_many([{"_id": 1}])


def test_joins_are_written_the_old_way() -> None:
    plain = {"from": "teams", "localField": "team_id", "foreignField": "_id", "as": "teams"}
    assert base.plain_join({"$lookup": plain | {"pipeline": [{"$match": {"name": "a"}}]}}) == {"$lookup": plain}
    for other in ({"$match": {"a": 1}}, {"$lookup": {"from": "a", "let": {"b": "$c"}, "pipeline": [], "as": "d"}}):
        assert base.plain_join(other) == other


@on_mongodb
def test_an_installation_has_the_indexes_that_cosmos_takes(tmp_path) -> None:
    uri = os.environ["MONGODB_URI"]
    with new_place(tmp_path) as place, MongoClient(uri) as client:
        place |= {"MONGODB_FLAVOUR": "cosmos-ru", "MONGODB_URI": f"{uri}?tls=false"}
        subprocess.run(
            [sys.executable, "manage.py", "migrate"], cwd=ROOT, env=os.environ | place, check=True, capture_output=True
        )
        database = client[place["MONGODB_DB_NAME"]]
        indexes = {name: database[name].index_information() for name in database.list_collection_names()}

    everywhere = [(name, index) for found in indexes.values() for name, index in found.items()]
    assert not [name for name, index in everywhere if "textIndexVersion" in index or "expireAfterSeconds" in index]
    assert not [name for name, index in everywhere if "partialFilterExpression" in index and not index.get("unique")]
    keys = {name: [tuple(index["key"]) for index in found.values()] for name, found in indexes.items()}
    assert all(len(found) == len(set(found)) for found in keys.values())
    assert all((("$**", 1),) in found for name, found in keys.items() if name != "django_migrations")
    assert (("timestamp", -1), ("_id", -1)) in keys["leads"]  # what a list of the team's leads is sorted by
    assert indexes["jobs"]["jobs_kept"]["key"] == [("is_kept", 1), ("user_id", 1)]
    assert indexes["leads"]["leads_email"]["unique"]
