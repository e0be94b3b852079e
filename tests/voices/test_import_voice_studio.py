"""People, voice models and echos of the voice-model studio."""

import re

import pytest

from accounts.models import Role, User
from config.times import iso
from tests.voices.models import make_model
from tests.voices.voice_studio import (
    ECHO,
    FISH_ID,
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
    importer,
    model,
    object_id,
    person,
)
from voices.models import Echo, FileType, UnsavedModel, Visibility, VoiceModel

LINK = re.compile(r"/password-reset/[0-9a-f]{24}/\S+")


@pytest.fixture
def run(db, tmp_path):
    return importer(tmp_path)


def rows():
    return [list(each.objects.order_by("pk").values()) for each in (User, VoiceModel, Echo)]


def test_all_keep_what_they_had(run):
    assert run(users=[person()], models=[model(echo_id=ECHO)], echos=[echo()])[:3] == (NEW, NEW, NEW)
    user, made, character = User.objects.get(), VoiceModel.objects.get(), Echo.objects.get()
    assert (user.pk, user.email, user.name, user.role) == (PERSON, "dana@example.com", "Dana", Role.ADMIN)
    assert (made.pk, made.user, made.model_id, made.name) == (MODEL, user, FISH_ID, "Harbour")
    assert (made.audio_file_path, made.file_type) == ("harbour talk.mp4", FileType.VIDEO)
    assert (made.engine, made.state, made.visibility, made.version) == ("fish", "trained", Visibility.PRIVATE, 1)
    assert (made.consent_at, made.reference, made.reference_bytes) == (None, "", 0)
    assert (character.pk, character.user, character.name) == (ECHO, user, "Keeper")
    assert character.description == "At the lighthouse"
    assert character.persona_prompt == "You keep a lighthouse.\nYou are calm."
    assert (made.echo, character.linked_model, character.voice_id, character.speed) == (character, made, "", 1.0)
    times = [iso(row.created_at) for row in (user, made, character)]
    assert times == ["2024-03-12T18:30:10.250Z", "2024-03-12T18:31:00.000Z", "2024-03-12T18:32:00.000Z"]


def test_a_model_is_found_by_its_words(run):
    run(users=[person()], models=[model(name="Évening  Harbour")])
    assert VoiceModel.objects.matching(q="évening harb").exists()
    assert not VoiceModel.objects.matching(q="quay").exists()


def test_old_uuids_are_mapped_in_ids_and_links(run):
    users = [person(_id=UUID)]
    models = [model(_id={"$uuid": UUID}, user_id=UUID.upper())]
    echos = [echo(_id=UUID, user_id={"$uuid": UUID}, voice_model_id=UUID)]
    assert run(users=users, models=models, echos=echos)[:3] == (NEW, NEW, NEW)
    assert {User.objects.get().pk, VoiceModel.objects.get().pk, Echo.objects.get().pk} == {UUID_ID}
    assert VoiceModel.objects.get().echo_id == UUID_ID


def test_a_model_id_that_looks_like_a_uuid_stays(run):
    run(users=[person()], models=[model(model_id=UUID)])
    assert VoiceModel.objects.get().model_id == UUID


def test_people_without_a_password_sign_in_after_a_reset(run, client, mailoutbox):
    err = run(users=[person()])[3]
    assert "users.json line 1: imported without its password" in err
    credentials = {"email": "dana@example.com", "password": "new harbour 7"}
    assert client.post("/api/login", credentials, "application/json").status_code == 401
    client.post("/password-reset", {"email": "dana@example.com"})
    path = LINK.search(mailoutbox[0].body)[0]
    assert client.post(path, {"new": "new harbour 7"}).status_code == 302
    assert client.post("/api/login", credentials, "application/json").status_code == 200


def test_a_second_run_imports_nothing_and_a_dry_run_writes_nothing_and_counts_the_same(run, charlie):
    theirs = make_model(charlie, model_id=fish_id(9))
    users = [person(), person(_id=object_id(1)), person(_id=object_id(2), email="charlie@example.com"), "broken"]
    models = [
        model(echo_id=ECHO),
        model(),
        model(_id=object_id(1)),  # the same model at the engine
        model(_id=object_id(2), user_id=object_id(2), model_id=fish_id(2), echo_id=object_id(2)),
        model(_id=object_id(3), model_id=fish_id(3), echo_id=ECHO),
        model(_id=object_id(4), model_id=fish_id(9)),  # Charlie's
        model(_id=object_id(5), user_id=object_id(2), model_id=fish_id(9)),  # Charlie's own
        model(_id=object_id(6), user_id=object_id(7), model_id=fish_id(6)),
        model(_id=object_id(7), model_id=fish_id(7)),
    ]
    echos = [
        echo(),
        echo(),
        echo(_id=object_id(2), user_id=object_id(2)),
        echo(_id=object_id(3), voice_model_id=object_id(3)),
        echo(_id=object_id(4), voice_model_id=theirs.pk),
        echo(_id=object_id(5), voice_model_id=object_id(3)),
        echo(_id=object_id(6), name=" "),
    ]
    before = rows()
    dry = run("--dry-run", users=users, models=models, echos=echos)
    assert rows() == before
    real = run(users=users, models=models, echos=echos)
    assert dry == real
    assert real[:3] == ((4, 1, 2, 1), (9, 4, 3, 2), (7, 5, 1, 1))
    linked = dict(VoiceModel.objects.filter(echo__isnull=False).values_list("pk", "echo_id"))
    assert linked == {MODEL: ECHO, object_id(2): object_id(2), object_id(3): object_id(3)}
    owners = dict(VoiceModel.objects.values_list("pk", "user_id"))
    assert owners[object_id(2)] == charlie.pk
    after = rows()
    again = run(users=users, models=models, echos=echos)
    assert again[:3] == ((4, 0, 3, 1), (9, 0, 7, 2), (7, 0, 6, 1))
    assert rows() == after
    assert "not linked" not in again[3]


def test_what_people_have_changed_since_stays(run):
    everything = {"users": [person()], "models": [model(echo_id=ECHO)], "echos": [echo(voice_model_id=MODEL)]}
    run(**everything)
    VoiceModel.objects.update(name="Quay", echo=None)
    Echo.objects.update(persona_prompt="Loud.")
    assert run(**everything)[:3] == (HERE, HERE, HERE)
    assert (VoiceModel.objects.get().name, VoiceModel.objects.get().echo) == ("Quay", None)
    assert Echo.objects.get().persona_prompt == "Loud."


@pytest.mark.parametrize("option", ["", "--dry-run"])
def test_a_model_of_somebody_else_is_refused(run, alice, option):
    make_model(alice, model_id=FISH_ID)
    counts = run(*filter(None, [option]), users=[person()], models=[model()])
    assert counts[1] == REFUSED
    assert "voice_models.json line 1: refused. Its model_id is already known here as somebody else's." in counts[3]
    assert VoiceModel.objects.count() == 1


def test_a_model_that_somebody_else_made_without_keeping_it_is_refused(run, alice):
    UnsavedModel.objects.create(user=alice, model_id=FISH_ID, name="Once")
    assert run(users=[person()], models=[model()])[1] == REFUSED
    assert run("--owner", "alice@example.com", models=[model(user_id=None)])[1] == NEW


def test_two_people_cannot_bring_one_model(run):
    users = [person(), person(_id=object_id(1), email="eve@example.com")]
    models = [model(), model(_id=object_id(1), user_id=object_id(1))]
    dry = run("--dry-run", users=users, models=models)
    assert dry == run(users=users, models=models)
    assert dry[1] == (2, 1, 0, 1)
    assert VoiceModel.objects.get().user_id == PERSON


def test_an_id_of_the_engine_that_another_model_has_as_its_own_is_refused(run, alice):
    theirs = make_model(alice)
    assert run(users=[person()], models=[model(model_id=theirs.pk)])[1] == REFUSED


@pytest.mark.parametrize("user_id", ["f" * 24, "nonsense", 7, None])
def test_rows_of_an_unknown_owner_fall_to_the_one_that_is_named(run, alice, user_id):
    given = {"models": [model(user_id=user_id, echo_id=ECHO)], "echos": [echo(user_id=user_id)]}
    assert run(**given)[1:3] == (REFUSED, REFUSED)
    assert run("--owner", "Alice@example.com", **given)[:3] == (NONE, NEW, NEW)
    assert VoiceModel.objects.get().user == Echo.objects.get().user == alice
    assert VoiceModel.objects.get().echo_id == ECHO


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"_id": None}, "_id"),
        ({"_id": "harbour"}, "_id"),
        ({"model_id": None}, "model_id"),
        ({"model_id": 7}, "model_id"),
        ({"model_id": "x" * 65}, "model_id"),
        ({"model_id": "../wallet"}, "model_id"),
        ({"model_id": "a b"}, "model_id"),
        ({"model_id": "a\n"}, "model_id"),
        ({"model_id": "a\0"}, "U+0000"),
        ({"name": None}, "name"),
        ({"name": " \u202e "}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"name": ["Harbour"]}, "name"),
        ({"audio_file_path": "x" * 1025}, "audio_file_path"),
        ({"audio_file_path": {"path": "x"}}, "audio_file_path"),
        ({"file_type": "picture"}, "file_type"),
        ({"file_type": 1}, "file_type"),
        ({"created_at": "yesterday"}, "created_at"),
        ({"created_at": {"$date": {"$numberLong": "-1"}}}, "created_at"),
    ],
)
def test_a_model_that_cannot_be_is_refused(run, fields, word):
    _, counts, _, err = run(users=[person()], models=[model(**fields)])
    (line,) = [line for line in err.splitlines() if "refused. " in line]
    assert (counts, line.startswith("voice_models.json line 1: ")) == (REFUSED, True)
    assert word in line
    assert not VoiceModel.objects.exists()


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"_id": 7}, "_id"),
        ({"name": ""}, "name"),
        ({"name": "x" * 201}, "name"),
        ({"description": "x" * 2001}, "description"),
        ({"persona_prompt": "x" * 20_001}, "persona_prompt"),
        ({"persona_prompt": ["You"]}, "persona_prompt"),
        ({"persona_prompt": "a\0b"}, "U+0000"),
        ({"created_at": True}, "created_at"),
    ],
)
def test_an_echo_that_cannot_be_is_refused(run, fields, word):
    _, _, counts, err = run(users=[person()], echos=[echo(**fields)])
    (line,) = [line for line in err.splitlines() if "refused. " in line]
    assert (counts, line.startswith("echos.json line 1: ")) == (REFUSED, True)
    assert word in line
    assert not Echo.objects.exists()


def test_what_rows_lack_is_left_open(run):
    lean_model = {"_id": MODEL, "user_id": PERSON, "model_id": FISH_ID, "name": "Har\nbour"}
    lean_echo = {"_id": ECHO, "user_id": PERSON, "name": "Keeper", "description": None}
    assert run(users=[person(name=None)], models=[lean_model], echos=[lean_echo])[:3] == (NEW, NEW, NEW)
    made, character = VoiceModel.objects.get(), Echo.objects.get()
    assert (made.name, made.audio_file_path, made.file_type, made.echo) == ("Har bour", "", FileType.AUDIO, None)
    assert (character.description, character.persona_prompt) == ("", "")


@pytest.mark.parametrize(
    ("written", "kind"), [("Video", "video"), ("video/mp4", "video"), ("audio/wav", "audio"), ("", "audio")]
)
def test_a_mime_type_is_a_file_type(run, written, kind):
    assert run(users=[person()], models=[model(file_type=written)])[1] == NEW
    assert VoiceModel.objects.get().file_type == kind
