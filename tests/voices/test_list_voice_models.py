import datetime as dt

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import times
from config.ids import from_uuid
from tests.accounts.conftest import join_team_of
from tests.jobs.test_list_jobs import BAD_CURSORS
from tests.voices.models import make_echo, make_model
from voices.models import State, Visibility, VoiceModel

LIST = "/api/voice-models"
UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
MODEL_KEYS = {"_id", "user_id", "model_id", "name", "audio_file_path", "file_type", "echo_id", "created_at", "engine"}
MODEL_KEYS |= {"state", "description", "tags", "visibility", "duration", "version", "usage"}


@pytest.fixture
def many(alice):
    """Makes Alice's models, one second apart, the last one the newest."""

    def make(count, **fields):
        start = times.now()
        for number in range(1, count + 1):
            seconds = dt.timedelta(seconds=number)
            make_model(alice, **{"name": f"number {number}", "created_at": start + seconds} | fields)

    return make


@pytest.fixture
def mate(alice):
    return join_team_of(alice, "mate")


def names(answer):
    assert answer.status_code == 200
    return [model["name"] for model in answer.json()["voice_models"]]


def count_queries(client, address):
    client.get(address)
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_api_shows_the_whole_model(api, alice, echo):
    made = make_model(alice, echo=echo, tags=["calm"], used_jobs=2, used_seconds=1.23456, billed_bytes=30)
    answer = api(alice).get(LIST).json()
    [model] = answer["voice_models"]
    assert (set(answer), answer["count"], answer["next"]) == ({"voice_models", "count", "next"}, 1, None)
    assert set(model) == MODEL_KEYS
    assert (model["_id"], model["user_id"], model["model_id"]) == (made.pk, alice.pk, made.model_id)
    assert (model["audio_file_path"], model["file_type"], model["duration"]) == ("harbour.wav", "audio", 1.0)
    assert (model["echo_id"], model["state"], model["visibility"]) == (echo.pk, "trained", "private")
    assert (model["tags"], model["version"], model["engine"]) == (["calm"], 1, "fish")
    assert model["usage"] == {"jobs": 2, "seconds": 1.235, "billed_bytes": 30}
    assert model["created_at"] == times.iso(made.created_at)
    assert api(alice).get(f"{LIST}/{made.pk}").json() == {"voice_model": model}


def test_api_lists_the_newest_first_and_counts_all(api, alice, many):
    many(5)
    seen, cursor = [], None
    while cursor is not None or not seen:
        answer = api(alice).get(LIST, {"limit": 2} | ({"cursor": cursor} if cursor else {}))
        assert answer.json()["count"] == 5
        seen.append(names(answer))
        cursor = answer.json()["next"]
    assert seen == [["number 5", "number 4"], ["number 3", "number 2"], ["number 1"]]
    assert len(names(api(alice).get(LIST))) == 5


def test_api_takes_the_callers_own_id_and_no_other(api, alice, charlie, voice_model):
    VoiceModel.objects.filter(pk=voice_model.pk).update(visibility=Visibility.SHARED)
    assert names(api(alice).get(LIST, {"user_id": alice.pk.upper()})) == ["Harbour"]
    for theirs in (charlie.pk, "a" * 24, UUID):
        answer = api(alice).get(LIST, {"user_id": theirs})
        assert (answer.status_code, answer.json()["code"]) == (403, "not_allowed")
    assert api(charlie).get(LIST, {"user_id": alice.pk}).status_code == 403
    assert names(api(charlie).get(LIST)) == []


@pytest.mark.parametrize(
    "query",
    ["user_id=me", "user_id=", "limit=0", "limit=1001", f"q={'a' * 201}", "q=%00", "state=ready", "shared=perhaps"],
)
def test_api_refuses_a_malformed_query(api, alice, query):
    answer = api(alice).get(f"{LIST}?{query}")
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["query", query.partition("=")[0]])


@pytest.mark.parametrize("cursor", BAD_CURSORS)
def test_api_refuses_a_malformed_cursor(api, alice, cursor):
    assert api(alice).get(LIST, {"cursor": cursor}).status_code == 422


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({"q": "QUAY"}, ["By the quay"]),
        ({"q": "evening"}, ["Other"]),
        ({"tag": "Calm"}, ["By the quay"]),
        ({"tag": "cal"}, []),
        ({"state": "failed"}, ["Other"]),
        ({"engine": "fish"}, ["Other", "By the quay"]),
        ({"engine": "piper"}, []),
        ({"q": "o", "state": "failed", "tag": "loud"}, ["Other"]),
        ({"shared": "true"}, []),
    ],
)
def test_api_filters(api, alice, query, found):
    make_model(alice, name="By the quay", tags=["calm"])
    make_model(alice, name="Other", description="For the evening", tags=["loud"], state=State.FAILED)
    answer = api(alice).get(LIST, query)
    assert (names(answer), answer.json()["count"]) == (found, len(found))


def test_api_shows_what_the_team_shares(api, alice, bob, charlie, mate):
    shared = make_model(alice, name="Shared", visibility=Visibility.SHARED)
    private = make_model(alice, name="Private")
    for person, found in ((mate, ["Shared"]), (alice, []), (bob, []), (charlie, [])):
        assert names(api(person).get(LIST, {"shared": "true"})) == found
    assert names(api(mate).get(LIST)) == []
    assert api(mate).get(f"{LIST}/{shared.pk}").json()["voice_model"]["name"] == "Shared"
    for person, model in ((mate, private), (bob, shared), (charlie, shared)):
        assert api(person).get(f"{LIST}/{model.pk}").status_code == 404


def test_api_finds_a_model_by_each_of_its_ids(api, alice):
    model = make_model(alice, pk=from_uuid(UUID))
    for model_id in (model.pk, UUID, model.model_id):
        assert api(alice).get(f"{LIST}/{model_id}").json()["voice_model"]["_id"] == model.pk


@pytest.mark.parametrize("model_id", ["a" * 24, "nonsense", "..", "a%00b", "%20", "x" * 500, "8.5", "🐚"])
def test_api_knows_no_such_model(api, alice, voice_model, model_id):
    answer = api(alice).get(f"{LIST}/{model_id}")
    assert (answer.status_code, answer.json()["code"]) == (404, "not_found")


def test_api_needs_a_credential_and_the_right_method(api, client, alice, voice_model):
    for address in (LIST, f"{LIST}/{voice_model.pk}"):
        assert client.get(address).status_code == 401
        assert api(alice).post(address).status_code == 405


def test_one_model_and_thirty_take_the_same_questions(api, alice, many):
    make_echo(alice)
    many(1)
    one = count_queries(api(alice), LIST)
    many(29)
    assert (one, count_queries(api(alice), LIST)) == (3, 3)
