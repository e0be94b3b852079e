import io

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from accounts.models import UsageDay
from config import limits, storage_quota, times
from config.errors import QuotaReached
from config.files import LocalFile
from tests.voices.sounds import KINDS, sound, wav
from voices.actions import audio_files
from voices.models import AudioFile

FIELD = b'--x\r\nContent-Disposition: form-data; name="encrypted"'
FILE = b'--x\r\nContent-Disposition: form-data; name="file"; filename="a.wav"'
KEYS = {"file_id", "user_id", "s3_key", "file_size", "content_type", "duration", "uploaded_at", "uploaded_at_iso"}
NAMES = {
    "../../etc/passwd.wav": "passwd.wav",
    "C:\\music\\tone.wav": "tone.wav",
    "abc\u202egpj.wav": "abcgpj.wav",
    "a\u2066b\u200fc.wav": "abc.wav",
    "line\r\nbreak.wav": "line break.wav",
    "🎵 Grüße 你好.wav": "🎵 Grüße 你好.wav",
    '"quoted";.wav': '"quoted";.wav',
    "<b>.wav": "<b>.wav",
}


def stored(row):
    with default_storage.open(row.s3_key) as file:
        return file.read()


@pytest.mark.parametrize("kind", KINDS)
def test_api_keeps_each_kind(upload, alice, kind):
    content = sound(kind)
    answer = upload(alice, content, f"tone.{kind}", KINDS[kind][2])
    told = answer.json()
    row = AudioFile.objects.get()
    assert (answer.status_code, set(told)) == (200, KEYS)
    assert (told["file_id"], told["user_id"]) == (row.pk, alice.pk)
    assert (told["content_type"], told["file_size"]) == (KINDS[kind][2], len(content))
    assert told["duration"] == pytest.approx(1.0, abs=0.07)
    assert (told["uploaded_at"], told["uploaded_at_iso"]) == (times.unix(row.uploaded_at), times.iso(row.uploaded_at))
    assert told["s3_key"] == f"audio/{alice.pk}/{row.pk}.{kind}"
    assert stored(row) == content
    assert (row.sample_rate, row.channels, row.is_stored, row.is_encrypted) == (48_000, 1, True, False)


@pytest.mark.parametrize("name", NAMES)
def test_names_are_kept_safely(alice, tmp_path, name):
    path = tmp_path / "upload"
    path.write_bytes(sound())
    with LocalFile(path) as file:
        row = audio_files.upload_file(by=alice, file=file, name=name)
    assert row.name == NAMES[name]
    assert row.s3_key == f"audio/{alice.pk}/{row.pk}.wav"


@pytest.mark.parametrize("name", [*NAMES, "n" * 300 + ".wav", "tone." + "w" * 300, "tone." + "🎵" * 200, "a\0b.wav"])
def test_api_takes_any_name(upload, alice, name):
    answer = upload(alice, name=name)
    assert answer.status_code == 200
    row = AudioFile.objects.get()
    assert len(row.name) <= 255
    assert not set(row.name) & set("/\\\0\u202e\r\n")


def test_bytes_that_are_encrypted_are_kept_unread(upload, alice):
    answer = upload(alice, b"\x00opaque", "secret.wav", "audio/wav", encrypted="true")
    row = AudioFile.objects.get()
    assert (answer.status_code, answer.json()["content_type"]) == (200, "application/octet-stream")
    assert (row.is_encrypted, row.duration, row.s3_key.endswith(".bin")) == (True, None, True)
    assert stored(row) == b"\x00opaque"


@pytest.mark.parametrize(
    ("content", "name", "status", "code"),
    [
        (b"<html>" + sound("mp3"), "a.mp3", 415, "not_audio"),
        (sound()[:5_000], "a.wav", 415, "not_audio"),
        (sound("mp3"), "a.wav", 415, "not_audio"),
        (sound("mp4", with_video=True), "a.mp4", 415, "not_audio"),
        (wav(bytes(100)), "a.wav", 422, "invalid"),
    ],
)
def test_api_refuses_and_keeps_nothing(upload, alice, nothing_left, content, name, status, code):
    answer = upload(alice, content, name)
    assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert nothing_left()


@pytest.mark.parametrize("encrypted", ["true", "false"])
def test_api_refuses_an_empty_file(api, alice, nothing_left, encrypted):
    fields = {"file": SimpleUploadedFile("a.wav", b""), "encrypted": encrypted}
    answer = api(alice).post("/api/audio-file", fields)
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "file"])
    assert nothing_left()


def test_api_needs_the_file_and_known_fields(api, upload, alice, nothing_left):
    answer = api(alice).post("/api/audio-file", {"name": "no file"})
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "file"])
    answer = upload(alice, encrypted="perhaps")
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "encrypted"])
    assert nothing_left()


def test_files_that_are_too_large_are_refused(api, upload, alice, monkeypatch, nothing_left):
    answer = api(alice).post("/api/audio-file", b"", "multipart/form-data; boundary=x", CONTENT_LENGTH="1000000000")
    assert (answer.status_code, answer.json()["code"]) == (413, "too_large")
    monkeypatch.setattr(audio_files, "AUDIO_FILE_MAX_BYTES", 1_000)
    assert upload(alice).status_code == 413
    assert nothing_left()


def test_the_quota_is_kept(upload, alice, charlie, settings):
    settings.STORAGE_QUOTA_MB = 1
    content = wav(bytes(600_000))
    assert upload(alice, content).status_code == 200
    answer = upload(alice, content)
    assert (answer.status_code, answer.json()["code"]) == (413, "quota_reached")
    assert "0.6 of 1 MB" in answer.json()["detail"]
    assert AudioFile.objects.count() == len(list(settings.MEDIA_ROOT.glob("audio/*/*"))) == 1
    assert upload(charlie, content).status_code == 200


def test_of_uploads_that_overshoot_together_one_is_taken_back(alice, tmp_path, monkeypatch, settings, nothing_left):
    settings.STORAGE_QUOTA_MB = 1
    path = tmp_path / "upload"
    path.write_bytes(wav(bytes(600_000)))
    check = storage_quota.check

    def meanwhile(user, **more):
        if more:  # both have passed the first look
            check(user, **more)
            AudioFile.objects.create(user=user, s3_key="the other", file_size=600_000, is_stored=True)
        else:
            check(user)

    monkeypatch.setattr(storage_quota, "check", meanwhile)
    with LocalFile(path) as file, pytest.raises(QuotaReached):
        audio_files.upload_file(by=alice, file=file)
    path.unlink(missing_ok=True)
    AudioFile.objects.filter(s3_key="the other").delete()
    assert nothing_left()


def test_a_row_that_cannot_be_saved_leaves_no_file(upload, alice, monkeypatch, nothing_left):
    def fail(row, **options):
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(AudioFile, "save", fail)
    answer = upload(alice)
    assert (answer.status_code, "disk is full" in answer.json()["detail"]) == (503, True)
    assert nothing_left()


def test_a_process_that_is_ended_leaves_no_row_without_its_file(alice, tmp_path, monkeypatch, nothing_left):
    def end(user):
        raise SystemExit

    path = tmp_path / "upload"
    path.write_bytes(wav(bytes(60_000)))
    monkeypatch.setattr(audio_files.users, "check_open", end)
    with LocalFile(path) as file, pytest.raises(SystemExit):
        audio_files.upload_file(by=alice, file=file)
    path.unlink(missing_ok=True)
    assert nothing_left()


def test_uploads_are_limited_and_counted(upload, alice, settings):
    settings.RATES = settings.RATES | {"upload": "2/h"}
    limits.parse.cache_clear()
    assert [upload(alice).status_code for _ in range(3)] == [200, 200, 429]
    day = UsageDay.objects.get(user=alice)
    assert (day.uploads, day.upload_bytes) == (2, 2 * len(sound()))


def test_api_needs_a_credential(db, client, nothing_left):
    assert client.post("/api/audio-file", {"file": SimpleUploadedFile("a.wav", sound())}).status_code == 401
    assert client.post("/api/audio-file", {"s3_key": "a"}, "application/json").status_code == 401
    assert nothing_left()


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"--x\r\n",
        b"nonsense",
        FILE + b"\r\n\r\nRIFF",
        FILE + b"\r\nContent-Transfer-Encoding: base64\r\n\r\n!\r\n--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="f"\r\n\r\n1\r\n' * 1_001 + b"--x--\r\n",
        b'--x\r\nContent-Disposition: form-data; name="f"; filename="a"\r\n\r\n1\r\n' * 101 + b"--x--\r\n",
    ],
)
@pytest.mark.parametrize(
    "kind", ["multipart/form-data; boundary=x", "multipart/form-data", "multipart/form-data; boundary=é"]
)
def test_a_broken_form_is_no_error_of_ours(api, page, alice, nothing_left, body, kind):
    answer = api(alice).post("/api/audio-file", body, kind)
    assert answer.status_code in (400, 415, 422)
    assert answer.json()["detail"].endswith(".")
    assert page(alice).post("/files", body, kind).status_code in (200, 400, 403)
    assert nothing_left()


class Halfway(io.BytesIO):
    """The body of a client that goes away."""

    def read(self, size=-1):
        if part := super().read(size):
            return part
        raise ConnectionResetError


@pytest.mark.parametrize("encrypted", [b"true", b"false"])
def test_a_client_that_stops_halfway_leaves_nothing(api, alice, nothing_left, encrypted):
    body = FIELD + b"\r\n\r\n" + encrypted + b"\r\n" + FILE + b"\r\n\r\n" + sound()[:50_000]
    content = {"CONTENT_LENGTH": "90000", "wsgi.input": Halfway(body)}
    answer = api(alice).generic("POST", "/api/audio-file", b"x", "multipart/form-data; boundary=x", **content)
    assert (answer.status_code, "did not arrive whole" in answer.json()["detail"]) == (400, True)
    assert nothing_left()


def test_page_keeps_several_files(page, alice):
    files = [SimpleUploadedFile("one.wav", sound()), SimpleUploadedFile("two.mp3", sound("mp3"))]
    answer = page(alice).post("/files", {"file": files}, follow=True)
    assert answer.redirect_chain == [("/files", 302)]
    assert "2 files are uploaded." in answer.content.decode()
    assert sorted(row.name for row in AudioFile.objects.all()) == ["one.wav", "two.mp3"]


def test_page_says_which_file_is_refused_and_keeps_the_others(page, alice):
    files = [SimpleUploadedFile("one.wav", sound()), SimpleUploadedFile("two.mp3", b"<html>")]
    answer = page(alice).post("/files", {"file": files})
    assert answer.status_code == 200
    assert "two.mp3: This is no sound file" in answer.content.decode()
    assert "1 file is uploaded." in answer.content.decode()
    assert AudioFile.objects.get().name == "one.wav"


def test_page_keeps_encrypted_bytes(page, alice):
    answer = page(alice).post("/files", {"file": SimpleUploadedFile("a.enc", b"opaque"), "encrypted": "on"})
    assert answer.status_code == 302
    assert AudioFile.objects.get().is_encrypted


def test_page_asks_for_a_file(page, alice):
    answer = page(alice).post("/files", {})
    assert (answer.status_code, "Choose a sound" in answer.content.decode()) == (200, True)


def test_page_needs_sign_in_and_its_token(client, alice, nothing_left):
    file = SimpleUploadedFile("one.wav", sound())
    assert client.post("/files", {"file": file}).url.startswith("/login")
    client.handler.enforce_csrf_checks = True
    client.force_login(alice)
    assert client.post("/files", {"file": SimpleUploadedFile("one.wav", sound())}).status_code == 403
    assert client.post("/api/audio-file", {"file": SimpleUploadedFile("a.wav", sound())}).status_code == 403
    assert nothing_left()
