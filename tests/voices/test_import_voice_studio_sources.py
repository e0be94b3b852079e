"""Where the rows of the voice-model studio come from."""

import json
import uuid

import pytest
from bson import ObjectId, json_util
from django.core.management import CommandError
from pymongo import MongoClient

from accounts.models import User
from tests.voices.voice_studio import (
    ECHO,
    HERE,
    MODEL,
    NEW,
    NONE,
    PERSON,
    REFUSED,
    UUID,
    UUID_ID,
    echo,
    fish_id,
    import_from,
    importer,
    model,
    person,
)
from voices.models import VoiceModel


@pytest.fixture
def run(db, tmp_path):
    return importer(tmp_path)


def linked():
    return dict(VoiceModel.objects.filter(echo__isnull=False).values_list("pk", "echo_id"))


def test_stored_changes_nothing_and_says_so(run):
    counts = run("--stored", users=[person()], models=[model()])
    assert (counts[1], "--stored changes nothing here" in counts[3]) == (NEW, True)
    assert VoiceModel.objects.get().reference == ""


@pytest.mark.parametrize("form", ["plain", "dynamodb", "canonical lines", "array"])
def test_each_form_of_export_gives_the_same_rows(db, tmp_path, form):
    def kind(value):
        return {"NULL": True} if value is None else {"S": value}

    forms = {
        "plain": json.dumps,
        "dynamodb": lambda row: json.dumps({name: kind(value) for name, value in row.items()}),
        "canonical lines": lambda row: json_util.dumps(row, json_options=json_util.CANONICAL_JSON_OPTIONS),
        "array": lambda row: json.dumps([row], indent=2),
    }
    changed = {"_id": PERSON, "created_at": "2024-03-12T18:30:10Z"}
    rows = {
        "users": person(**changed),
        "voice_models": model(**changed | {"_id": MODEL}),
        "echos": echo(**changed | {"_id": ECHO}),
    }
    rows["echos"]["voice_model_id"] = MODEL
    for name, row in rows.items():
        (tmp_path / f"studio-{name.replace('_', '-')}.json").write_text(forms[form](row))
    assert import_from(str(tmp_path))[:3] == (NEW, NEW, NEW)
    assert linked() == {MODEL: ECHO}


@pytest.fixture
def old_database(settings):
    """A database of its own on the MongoDB of the tests: its address, and itself."""
    if not settings.MONGODB_URI:
        pytest.skip("needs MONGODB_URI")
    with MongoClient(settings.MONGODB_URI, uuidRepresentation="standard") as client:
        name = f"old_{uuid.uuid4().hex[:12]}"
        yield settings.MONGODB_URI.rstrip("/") + f"/{name}", client[name]
        client.drop_database(name)


def test_a_live_mongodb_is_read(db, old_database, settings):
    uri, database = old_database
    dana, harbour = ObjectId(), ObjectId()
    database["users"].insert_many([{"_id": dana, "email": "dana@example.com"}, {"_id": 7, "email": "eve@example.com"}])
    database["voice_models"].insert_one({"_id": harbour, "user_id": dana, "model_id": fish_id(1), "name": "Harbour"})
    persona = {"name": "Keeper", "persona_prompt": "Calm.", "voice_model_id": harbour, "created_at": None}
    database["echos"].insert_one({"_id": uuid.UUID(UUID), "user_id": str(dana), **persona})
    settings.DATABASE_URL = uri
    people, models, echos, err = import_from(None)
    assert (people, models, echos) == ((2, 1, 0, 1), NEW, NEW)
    assert "users '7': refused. Its" in err
    assert (linked(), User.objects.get().pk) == ({str(harbour): UUID_ID}, str(dana))
    assert import_from(uri)[:3] == ((2, 0, 1, 1), HERE, HERE)


def test_a_source_with_one_collection_says_which_are_missing(db, tmp_path):
    (tmp_path / "voice-models.jsonl").write_text(json.dumps(model()))
    people, models, echos, err = import_from(str(tmp_path))
    assert (people, models, echos) == (NONE, REFUSED, NONE)
    assert ("users: not in the source" in err, "echos: not in the source" in err) == (True, True)


def test_a_source_that_is_not_there_ends_with_2(db, tmp_path):
    with pytest.raises(CommandError, match="can't be read") as caught:
        import_from(str(tmp_path / "away"))
    assert caught.value.returncode == 2
