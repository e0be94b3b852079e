"""Where the rows of the user and audio-file service come from, what --stored takes, and how a run ends."""

import json
import os
import subprocess
import sys
import uuid

import pytest
from bson import Binary, ObjectId, json_util
from django.core.management import CommandError
from django.db import DatabaseError, connection
from pymongo import MongoClient

from accounts.actions import imports as accounts
from accounts.models import Team, User
from config.importing.command import STOPPED
from config.times import iso
from tests.voices.audio_service import (
    FILE,
    FILE_ID,
    HASH,
    SALT,
    USER_ID,
    UUID,
    import_from,
    importer,
    person,
    sound,
)
from voices.actions import imports
from voices.models import ENCRYPTED_TYPE, AudioFile

DONE = (1, 1, 0, 0)


@pytest.fixture
def run(db, tmp_path):
    return importer(tmp_path)


def dynamodb(row):
    kinds = {str: "S", int: "N", float: "N"}
    return {name: {kinds[type(value)]: value if isinstance(value, str) else str(value)} for name, value in row.items()}


@pytest.fixture(params=["plain", "dynamodb", "dynamodb items", "extended lines", "extended array"])
def write(request, tmp_path):
    """Writes rows in one of the forms that the source may have."""
    forms = {
        "plain": json.dumps,
        "dynamodb": lambda row: json.dumps(dynamodb(row)),
        "dynamodb items": lambda row: json.dumps({"Item": dynamodb(row)}),
        "extended lines": lambda row: json_util.dumps(row, json_options=json_util.CANONICAL_JSON_OPTIONS),
        "extended array": lambda row: json_util.dumps([row], json_options=json_util.RELAXED_JSON_OPTIONS),
    }
    return lambda name, row: (tmp_path / name).write_text(forms[request.param](row))


def test_each_form_of_export_gives_the_same_rows(db, write, tmp_path):
    write("panzoto-users.json", person())
    write("panzoto-audio-files", sound())
    assert import_from(str(tmp_path))[:2] == (DONE, DONE)
    user, file = User.objects.get(), AudioFile.objects.get()
    assert (user.pk, user.password, user.key_salt) == (USER_ID, f"argon2{HASH}", SALT)
    assert (file.pk, file.user_id, file.file_size, file.duration) == (FILE_ID, USER_ID, 4096, 1.5)
    assert (iso(user.created_at), iso(file.uploaded_at)) == ("2023-11-14T22:13:20.250Z", "2024-05-06T07:08:09.123Z")


def test_a_salt_that_was_kept_as_bytes_is_kept_as_base64(run):
    run(users=[{"user_id": {"S": UUID}, "email": {"S": "dana@example.com"}, "key_salt": {"B": SALT}}])
    assert User.objects.get().key_salt == SALT


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
    user_id = ObjectId()
    database["users"].insert_many(
        [
            {"_id": user_id, "email": "dana@example.com", "hashed_password": HASH, "key_salt": Binary(b"salt")},
            {"_id": 7, "email": "eve@example.com"},
        ]
    )
    database["audio_files"].insert_one(
        {"file_id": uuid.UUID(FILE), "user_id": str(user_id), "s3_key": "a", "file_size": 5.0}
    )
    settings.DATABASE_URL = uri
    people, files, err = import_from(None)
    assert (people, files) == ((2, 1, 0, 1), DONE)
    assert "users '7': refused. Its user_id" in err
    file = AudioFile.objects.get()
    assert (file.pk, file.user_id, file.file_size, file.user.key_salt) == (FILE_ID, str(user_id), 5, "c2FsdA==")
    assert import_from(uri)[:2] == ((2, 0, 1, 1), (1, 0, 1, 0))


def test_an_empty_mongodb_has_no_tables(old_database):
    with pytest.raises(CommandError, match="has none of these tables: users, audio_files") as caught:
        import_from(old_database[0])
    assert caught.value.returncode == 2


def test_the_old_names_of_tables_are_the_default_source(db, tmp_path, monkeypatch, settings):
    monkeypatch.chdir(tmp_path)
    settings.USERS_TABLE, settings.AUDIO_FILES_TABLE = "prod.people", "prod-sounds"
    settings.DATABASE_URL = "mongodb://127.0.0.1:9/away"
    (tmp_path / "prod.people.json").write_text(json.dumps(dynamodb(person())))
    (tmp_path / "prod-sounds").write_text(json.dumps(sound()))
    assert import_from(None)[:2] == (DONE, DONE)
    assert import_from(str(tmp_path))[:2] == ((1, 0, 1, 0), (1, 0, 1, 0))


@pytest.mark.parametrize(("table", "url"), [("", ""), ("people", ""), ("", "postgres://localhost/old")])
def test_without_any_source_it_says_what_to_do(tmp_path, monkeypatch, settings, table, url):
    monkeypatch.chdir(tmp_path)
    settings.USERS_TABLE, settings.AUDIO_FILES_TABLE, settings.DATABASE_URL = table, "", url
    with pytest.raises(CommandError, match="Say what to read, with --from") as caught:
        import_from(None)
    assert caught.value.returncode == 2
    assert (table in str(caught.value)) and ("in this folder" in str(caught.value)) == bool(table)


UNSAFE = ["../a", "a/../b", "/etc/passwd", "a//b", "./a", "a/.", "a/", ".", "..", "a\\b", "a\nb", "x" * 256]
OURS = ["temp/2024010203/a.wav", "samples/a.wav", "exports/a.zip", "audio", "exports", "samples", "temp"]


@pytest.mark.parametrize("key", [*UNSAFE, *OURS])
def test_a_key_that_leads_elsewhere_is_refused_as_stored_and_kept_as_a_record(run, key):
    assert run("--stored", users=[person()], files=[sound(s3_key=key)])[1] == (1, 0, 0, 1)
    assert run(users=[person()], files=[sound(s3_key=key)])[1] == DONE
    assert AudioFile.objects.get().is_stored is False


@pytest.mark.parametrize("key", ["dana", "dana/2023"])
def test_a_folder_of_the_storage_is_no_file(run, var_dir, key):
    (var_dir / "media" / "dana" / "2023").mkdir(parents=True)
    assert run("--stored", users=[person()], files=[sound(s3_key=key), sound(file_id="a" * 24)])[1] == (2, 1, 0, 1)
    assert AudioFile.objects.get().s3_key == "dana/tide.wav"


@pytest.mark.parametrize("key", ["a", "audio/Dana's tide (2).wav", "ä/🐚.wav", "x" * 255, "a..b/c"])
def test_bytes_that_were_stored_are_served_and_deleted_by_their_key(run, api, var_dir, key):
    path = var_dir / "media" / key
    path.parent.mkdir(parents=True)
    path.write_bytes(b"<script>")
    files = [sound(s3_key=key, content_type="text/html")]
    assert run("--stored", users=[person()], files=files)[1] == DONE
    client = api(User.objects.get())
    answer = client.get(f"/api/audio-file/{FILE}/content")
    assert (answer.status_code, b"".join(answer), answer["Content-Type"]) == (200, b"<script>", ENCRYPTED_TYPE)
    assert client.delete(f"/api/audio-file/{FILE}").status_code == 200
    assert not path.exists()


def test_bytes_of_a_record_are_neither_served_nor_deleted(run, api, var_dir):
    path = var_dir / "media" / "tide.wav"
    path.parent.mkdir(parents=True)
    path.write_bytes(b"somebody's")
    run(users=[person()], files=[sound(s3_key="tide.wav")])
    client = api(User.objects.get())
    assert client.get(f"/api/audio-file/{FILE}/content").status_code == 409
    assert client.delete(f"/api/audio-file/{FILE}").status_code == 200
    assert path.read_bytes() == b"somebody's"


def test_two_rows_never_have_the_same_bytes(run, charlie):
    AudioFile.objects.create(user=charlie, s3_key="taken.wav", is_stored=True)
    AudioFile.objects.create(user=charlie, s3_key="dana/tide.wav")  # the record of a client, which opens nothing
    taken = sound(file_id="a" * 24, s3_key="taken.wav")
    for option in ("--dry-run", "--stored"):
        assert run("--stored", option, users=[person()], files=[sound(), taken])[1] == (2, 1, 0, 1)


def test_a_key_that_is_taken_meanwhile_is_refused(run, monkeypatch, charlie):
    AudioFile.objects.create(user=charlie, s3_key="dana/tide.wav", is_stored=True)
    monkeypatch.setattr(imports, "check_stored_key", lambda key: None)
    _, files, err = run("--stored", "--owner", "charlie@example.com", files=[sound()])
    assert files == (1, 0, 0, 1)
    assert "Run the import again" in err


def test_an_address_that_is_taken_meanwhile_is_refused_whole(run, monkeypatch, charlie):
    monkeypatch.setattr("accounts.importing.user_with_email", lambda *args: None)
    people, _, err = run(users=[person(email="charlie@example.com")])
    assert people == (1, 0, 0, 1)
    assert "Run the import again" in err
    if connection.vendor == "sqlite" or connection.features._supports_transactions:
        assert Team.objects.count() == 1


def test_a_run_that_was_killed_goes_on_where_it_ended(run, monkeypatch):
    users = [person(), person(user_id="a" * 24, email="eve@example.com")]
    save = accounts.save

    def killed(user):
        if user.pk == "a" * 24:
            raise KeyboardInterrupt
        save(user)

    monkeypatch.setattr(accounts, "save", killed)
    with pytest.raises(CommandError, match="Run it again") as caught:
        run(users=users, files=[sound()])
    assert caught.value.returncode == STOPPED
    monkeypatch.undo()
    Team.objects.create(pk="a" * 24, name="left by a server without transactions")
    assert run(users=users, files=[sound()])[:2] == ((2, 1, 1, 0), DONE)
    assert [user.team_id for user in User.objects.order_by("pk")] == ["a" * 24, USER_ID]


def test_a_database_of_ours_that_is_away_is_told(run, monkeypatch):
    def away(user):
        raise DatabaseError("no servers found")

    monkeypatch.setattr(accounts, "save", away)
    with pytest.raises(CommandError, match="no servers found. Run it again") as caught:
        run(users=[person()])
    assert caught.value.returncode == 1


@pytest.mark.django_db(transaction=True)
def test_the_command_ends_with_its_counts_or_with_2(run, tmp_path, settings):
    database = {"MONGODB_DB_NAME": connection.settings_dict["NAME"]} if connection.vendor == "mongodb" else {}
    environment = os.environ | {"DJANGO_SETTINGS_MODULE": "config.settings"} | database

    def manage(source):
        words = [sys.executable, "manage.py", "import_audio_service", "--from", source]
        return subprocess.run(words, cwd=settings.BASE_DIR, env=environment, capture_output=True, text=True)

    assert run("--dry-run", users=[person(), "broken"])[0] == (2, 1, 0, 1)
    done, away = manage(tmp_path), manage(tmp_path / "away")
    nothing = {"read": 0, "imported": 0, "known": 0, "refused": 0}
    counts = {"users": {"read": 2, "imported": 1, "known": 0, "refused": 1}, "audio_files": nothing}
    assert (done.returncode, json.loads(done.stdout.splitlines()[-1])) == (0, counts)
    assert (away.returncode, away.stdout) == (2, "")
    assert "away can't be read: No such file or directory." in away.stderr
    assert User.objects.get().email == "dana@example.com"
