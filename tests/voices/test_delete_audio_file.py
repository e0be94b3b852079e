import errno
import json

import pytest
from django.core.files.storage import default_storage

from accounts.models import AuditEntry, Event
from config.errors import NOT_WRITTEN
from config.ids import from_uuid
from config.storage_quota import used_bytes
from voices.actions import audio_files
from voices.models import AudioFile

UUID = "0f8fad5b-d9cb-469f-a165-70867728950e"
MANY = "/api/audio-files/delete"


def delete_many(client, ids):
    return client.post(MANY, json.dumps({"file_ids": ids}), "application/json")


def ticked(*files):
    return "&".join(f"file_id={file.pk}" for file in files)


def test_api_deletes_the_row_and_the_bytes(api, alice, audio_file, nothing_left):
    assert used_bytes(alice) == audio_file.file_size
    answer = api(alice).delete(f"/api/audio-file/{audio_file.pk}")
    assert answer.status_code == 200
    assert answer.json() == {"message": "The file is deleted.", "file_id": audio_file.pk}
    assert nothing_left()
    assert used_bytes(alice) == 0
    assert AuditEntry.objects.get(event=Event.FILE_DELETED).words == "Morning tone.wav"
    assert api(alice).delete(f"/api/audio-file/{audio_file.pk}").status_code == 404


def test_a_record_goes_without_touching_what_it_names(api, alice, audio_file, record):
    AudioFile.objects.filter(pk=record.pk).update(s3_key=audio_file.s3_key)
    assert api(alice).delete(f"/api/audio-file/{record.pk}").status_code == 200
    assert default_storage.exists(audio_file.s3_key)


def test_bytes_that_are_gone_already_do_not_matter(api, alice, audio_file):
    default_storage.delete(audio_file.s3_key)
    assert api(alice).delete(f"/api/audio-file/{audio_file.pk}").status_code == 200


def test_api_refuses_others_and_strangers(api, client, bob, charlie, audio_file):
    address = f"/api/audio-file/{audio_file.pk}"
    for user in (bob, charlie):
        assert api(user).delete(address).status_code == 403
    assert client.delete(address).status_code == 401
    assert AudioFile.objects.exists()


@pytest.mark.parametrize("file_id", ["a" * 24, UUID, "nonsense"])
def test_api_knows_no_such_file(api, alice, file_id):
    assert api(alice).delete(f"/api/audio-file/{file_id}").status_code == 404


def test_api_deletes_many_and_says_what_it_did_not_find(api, alice, charlie, upload, audio_file):
    theirs = upload(charlie).json()["file_id"]
    AudioFile.objects.create(pk=from_uuid(UUID), user=alice, s3_key="old")
    answer = delete_many(api(alice), [audio_file.pk, UUID, theirs, "b" * 24, audio_file.pk])
    assert answer.status_code == 200
    assert answer.json() == {"deleted": [audio_file.pk, UUID], "not_found": [theirs, "b" * 24]}
    assert AudioFile.objects.get().user == charlie


@pytest.mark.parametrize("ids", ["one", None, [5], ["nonsense"], ["a\0"], ["a" * 24] * 101])
def test_api_refuses_malformed_ids(api, alice, audio_file, ids):
    assert delete_many(api(alice), ids).status_code == 422
    assert AudioFile.objects.exists()


def test_api_takes_an_empty_list_and_needs_a_credential(api, client, alice):
    assert delete_many(api(alice), []).json() == {"deleted": [], "not_found": []}
    assert delete_many(client, []).status_code == 401
    assert api(alice).get(MANY).status_code == 405


def test_an_account_that_ends_takes_its_files_along(alice, charlie, upload, audio_file, record):
    kept = upload(charlie).json()["file_id"]
    audio_files.delete_all(alice)
    assert [row.pk for row in AudioFile.objects.all()] == [kept]
    assert not default_storage.exists(audio_file.s3_key)


@pytest.mark.parametrize("key", ["shelf", "tide.wav/below"])
def test_what_is_no_file_stays_and_keeps_no_account(alice, var_dir, caplog, key):
    (var_dir / "media" / "shelf" / "of others").mkdir(parents=True)
    (var_dir / "media" / "tide.wav").write_bytes(b"")
    AudioFile.objects.create(user=alice, s3_key=key, is_stored=True)
    audio_files.delete_all(alice)
    assert not AudioFile.objects.exists()
    assert (var_dir / "media" / "shelf" / "of others").exists()
    assert f"{key} stays in the storage" in caplog.text


def test_while_the_storage_is_read_only_a_file_stays(api, page, alice, audio_file, monkeypatch):
    def fail(name):
        raise OSError(errno.EROFS, "Read-only file system")

    with monkeypatch.context() as patch:
        patch.setattr(default_storage, "delete", fail)
        answer = api(alice).delete(f"/api/audio-file/{audio_file.pk}")
        shown = page(alice).post("/files/delete", {"file_id": audio_file.pk})
        with pytest.raises(OSError, match="Read-only"):
            audio_files.delete_all(alice)
    assert (answer.status_code, answer.headers["Retry-After"], answer.json()["detail"]) == (503, "5", NOT_WRITTEN)
    assert shown.status_code == 503
    assert AudioFile.objects.get() == audio_file
    assert not AuditEntry.objects.filter(event=Event.FILE_DELETED).exists()


def test_two_who_delete_at_once_make_one_entry(alice, audio_file):
    same = AudioFile.objects.get()
    for file in (audio_file, same):
        audio_files.delete_file(by=alice, file=file)
    assert AuditEntry.objects.filter(event=Event.FILE_DELETED).count() == 1


def test_page_asks_before_it_deletes(page, alice, audio_file, record, nothing_left):
    answer = page(alice).get(f"/files/delete?{ticked(audio_file, record)}")
    assert b'title="Morning tone.wav"' in answer.content
    assert b"her/own.wav" in answer.content
    assert AudioFile.objects.count() == 2
    answer = page(alice).post("/files/delete", {"file_id": [audio_file.pk, record.pk]}, follow=True)
    assert "2 files are deleted." in answer.content.decode()
    assert nothing_left()


def test_page_needs_a_choice(page, alice):
    answer = page(alice).get("/files/delete?file_id=nonsense&file_id=%00", follow=True)
    assert "Tick the files to delete first." in answer.content.decode()
    assert page(alice).post("/files/delete", {"file_id": ["nonsense"]}).url == "/files"


def test_page_needs_sign_in_and_leaves_other_peoples_files(page, client, charlie, audio_file):
    assert client.post("/files/delete", {"file_id": audio_file.pk}).url.startswith("/login")
    assert page(charlie).get(f"/files/delete?{ticked(audio_file)}").url == "/files"
    page(charlie).post("/files/delete", {"file_id": audio_file.pk})
    assert AudioFile.objects.exists()
