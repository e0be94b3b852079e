"""People and audio files of the user and audio-file service."""

import pytest
from argon2 import PasswordHasher, Type
from django.core.management import CommandError
from django.test import Client

from accounts.actions import imports
from accounts.models import Role, Team, User
from config import settings as product
from config.times import iso
from tests.voices.audio_service import FILE, FILE_ID, HASH, PASSWORD, SALT, USER_ID, UUID, importer, person, sound
from voices.models import AudioFile


@pytest.fixture
def run(db, tmp_path):
    return importer(tmp_path)


def rows():
    return list(User.objects.order_by("pk").values()), list(AudioFile.objects.order_by("pk").values())


def test_a_person_and_a_file_keep_what_they_had(run):
    assert run(users=[person(name="Dana")], files=[sound(name="../\u202eTide ")])[:2] == ((1, 1, 0, 0), (1, 1, 0, 0))
    user, file = User.objects.get(), AudioFile.objects.get()
    assert (user.pk, user.email, user.name, user.key_salt) == (USER_ID, "dana@example.com", "Dana", SALT)
    assert (user.password, user.role, user.is_staff, user.is_active) == (f"argon2{HASH}", Role.ADMIN, False, True)
    assert (iso(user.created_at), list(Team.objects.get().members.all())) == ("2023-11-14T22:13:20.250Z", [user])
    assert (file.pk, file.user, file.s3_key, file.name) == (FILE_ID, user, "dana/tide.wav", "Tide")
    assert (file.file_size, file.content_type, file.duration, file.is_stored) == (4096, "audio/wav", 1.5, False)
    assert iso(file.uploaded_at) == "2024-05-06T07:08:09.123Z"


def test_old_ids_open_the_file_in_paths(run, api):
    run(users=[person()], files=[sound()])
    client = api(User.objects.get())
    for file_id in (FILE, FILE.upper(), FILE_ID):
        answer = client.get(f"/api/audio-file/{file_id}")
        assert (answer.status_code, answer.json()["file_id"]) == (200, FILE_ID)


def test_a_second_run_imports_nothing_and_a_dry_run_writes_nothing_and_counts_the_same(run, charlie):
    users = [
        person(),
        person(),
        person(user_id="a" * 24),  # the same e-mail
        person(user_id="b" * 24, email="charlie@example.com"),
        person(user_id="c" * 24, email="no address"),
        person(user_id="d" * 24, email="eve@example.com", password_hash="$2b$12$secret"),
        "broken",
    ]
    files = [
        sound(),
        sound(),
        sound(file_id="a" * 24, user_id="a" * 24, s3_key="a"),
        sound(file_id="b" * 24, user_id="b" * 24, s3_key="b"),
        sound(file_id="c" * 24, user_id="c" * 24, s3_key="c"),
        sound(file_id="d" * 24, user_id="d" * 24, s3_key="dana/tide.wav"),
        sound(file_id="e" * 24, s3_key="../e"),
    ]
    before = rows()
    dry = run("--dry-run", "--stored", users=users, files=files)
    assert rows() == before
    real = run("--stored", users=users, files=files)
    assert dry == real
    assert real[:2] == ((7, 2, 3, 2), (7, 3, 1, 3))
    owners = dict(AudioFile.objects.values_list("pk", "user_id"))
    assert owners == {FILE_ID: USER_ID, "a" * 24: USER_ID, "b" * 24: charlie.pk}
    after = rows()
    assert run("--stored", users=users, files=files)[:2] == ((7, 0, 5, 2), (7, 0, 4, 3))
    assert rows() == after


@pytest.mark.parametrize("variety", [Type.ID, Type.I])
def test_people_sign_in_with_their_old_passwords_and_stay_signed_in(run, settings, variety):
    settings.PASSWORD_HASHERS = product.PASSWORD_HASHERS
    old = PasswordHasher(time_cost=3, memory_cost=1024, parallelism=4, type=variety).hash(PASSWORD)
    run(users=[person(password_hash=None, hashed_password=old)])
    client, credentials = Client(), {"email": "dana@example.com", "password": PASSWORD}
    first = client.post("/api/login", credentials, content_type="application/json")
    assert (first.status_code, first.json()["key_salt"]) == (200, SALT)
    assert User.objects.get().password.startswith("argon2$argon2id$v=19$m=19456,t=2,p=1$")
    second = client.post("/api/login", credentials, content_type="application/json")
    wrong = client.post("/api/login", credentials | {"password": "old harbour 8"}, content_type="application/json")
    assert (second.status_code, wrong.status_code) == (200, 401)
    for token in (first.json()["token"], second.json()["token"]):
        assert client.get("/api/voices", headers={"authorization": f"Bearer {token}"}).status_code == 200


TAIL = "$" + HASH.rsplit("$", 2)[1] + "$" + HASH.rsplit("$", 2)[2]


@pytest.mark.parametrize(
    "password_hash",
    [
        "$2b$12$R9h/cIPz0gi.URNNX3kh2OPST9/PgBkqquzi.Ss7KIUgO2t0jWMUW",
        f"$argon2id$v=19$m=262145,t=2,p=1{TAIL}",
        f"$argon2id$v=19$m=4194304,t=2,p=1{TAIL}",
        f"$argon2id$v=19$m=64,t=99,p=1{TAIL}",
        f"$argon2id$v=19$m=64,t=0,p=1{TAIL}",
        f"$argon2id$v=19$m=64,t=1,p=9{TAIL}",
        f"$argon2d$v=19$m=64,t=1,p=1{TAIL}",
        f"$argon2id$v=19$m=64,t=1,p=1{TAIL}\n",
        "$argon2id$v=19$m=64,t=1,p=1$c2FsdHNhbHRz1$c2FsdHNhbHRzYWx0c2FsdA",
        HASH.rpartition("$")[0],
        "pbkdf2_sha256$1$a$b",
        "plain",
        None,
        7,
        {"$2b$": 1},
        "\0",
    ],
)
def test_another_hash_is_reported_and_leaves_the_account_without_a_password(run, settings, password_hash):
    settings.PASSWORD_HASHERS = product.PASSWORD_HASHERS
    users, _, err = run(users=[person(password_hash=password_hash)])
    assert users == (1, 1, 0, 0)
    assert "panzoto-users.json line 1: imported without its password" in err
    assert not password_hash or str(password_hash) not in err
    assert not User.objects.get().has_usable_password()
    assert Client().post("/api/login", person(), content_type="application/json").status_code in (401, 422)


def test_a_hash_of_256_mb_is_kept():
    assert imports.is_kept(f"$argon2id$v=19$m=262144,t=2,p=8{TAIL}")


@pytest.mark.parametrize(
    ("fields", "word"),
    [
        ({"email": None}, "email"),
        ({"email": "nobody"}, "e-mail"),
        ({"email": "a@b.example\0"}, "U+0000"),
        ({"email": f"{'x' * 250}@example.com"}, "email"),
        ({"email": ["a@example.com"]}, "email"),
        ({"user_id": None}, "user_id"),
        ({"user_id": "dana"}, "user_id"),
        ({"user_id": 7}, "user_id"),
        ({"name": 7}, "name"),
        ({"name": "Da\0na"}, "U+0000"),
        ({"name": "x" * 201}, "name"),
        ({"key_salt": "x" * 101}, "key_salt"),
        ({"created_at": "yesterday"}, "created_at"),
        ({"created_at": 10**30}, "created_at"),
    ],
)
def test_a_person_that_cannot_be_is_refused(run, fields, word):
    users, files, err = run(users=[person(**fields)], files=[sound()])
    assert (users, files) == ((1, 0, 0, 1), (1, 0, 0, 1))
    assert f"line 1: refused. {word}" in err or word in err.splitlines()[0]
    assert HASH not in err
    assert not User.objects.exists()


@pytest.mark.parametrize(
    "fields",
    [
        {"file_id": None},
        {"file_id": "tide"},
        {"s3_key": None},
        {"s3_key": "a\0b"},
        {"s3_key": "x" * 1025},
        {"s3_key": {"key": "a"}},
        {"file_size": -1},
        {"file_size": "big"},
        {"file_size": 2**63},
        {"file_size": True},
        {"duration": "long"},
        {"duration": 1e400},
        {"uploaded_at": "soon"},
        {"content_type": "x" * 101},
        {"name": "x" * 256},
    ],
)
def test_a_file_that_cannot_be_is_refused(run, fields):
    assert run(users=[person()], files=[sound(**fields)])[1] == (1, 0, 0, 1)
    assert not AudioFile.objects.exists()


def test_what_a_file_lacks_is_left_open(run):
    lean = {"file_id": FILE, "user_id": UUID, "s3_key": "https://elsewhere/../x", "duration": None}
    assert run(users=[person()], files=[lean])[1] == (1, 1, 0, 0)
    file = AudioFile.objects.get()
    assert (file.file_size, file.duration, file.content_type, file.name) == (0, None, "", "")


@pytest.mark.parametrize("user_id", ["f" * 24, "nonsense", 7, None])
def test_a_file_of_an_unknown_owner_falls_to_the_one_that_is_named(run, alice, user_id):
    assert run(files=[sound(user_id=user_id)])[1] == (1, 0, 0, 1)
    assert run("--owner", "Alice@example.com ", files=[sound(user_id=user_id)])[1] == (1, 1, 0, 0)
    assert AudioFile.objects.get().user == alice


def test_an_owner_that_is_not_there_ends_with_2(run):
    with pytest.raises(CommandError, match="There is no account nobody@example.com") as caught:
        run("--owner", "nobody@example.com", users=[person()])
    assert caught.value.returncode == 2
    assert not User.objects.exists()
