from urllib.parse import quote

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from tests.voices.sounds import sound
from voices.models import AudioFile

DOWNLOADS = {
    "Morning tone.wav": "Morning tone.wav",
    "tone": "tone.wav",
    "tone.html": "tone.wav",
    "tone.tar.mp3": "tone.tar.wav",
    ".wav": ".wav.wav",
    '"quoted".wav': '"quoted".wav',
    "🎵 Grüße.wav": "🎵 Grüße.wav",
}


def get(client, file, query="", **headers):
    """The answer, read to its end, with all of it as `body`."""
    answer = client.get(f"/api/audio-file/{file.pk}/content{query}", headers=headers)
    answer.body = b"".join(answer)
    return answer


def test_api_gives_the_bytes(api, page, alice, audio_file):
    for client in (api(alice), page(alice)):
        answer = get(client, audio_file)
        assert (answer.status_code, answer.body) == (200, sound())
        assert answer.headers["Content-Type"] == "audio/wav"
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert "private" in answer.headers["Cache-Control"]
        assert answer.headers["Content-Disposition"] == 'inline; filename="Morning tone.wav"'


def test_api_gives_a_part(api, alice, audio_file):
    answer = get(api(alice), audio_file, range="bytes=4-7")
    assert (answer.status_code, answer.body) == (206, sound()[4:8])
    assert answer.headers["Content-Range"] == f"bytes 4-7/{len(sound())}"
    assert get(api(alice), audio_file, range="bytes=99999999-").status_code == 416


@pytest.mark.parametrize("name", DOWNLOADS)
def test_a_download_is_called_by_its_name_and_its_real_kind(api, alice, audio_file, name):
    AudioFile.objects.update(name=name)
    header = get(api(alice), audio_file, "?download=1").headers["Content-Disposition"]
    expected = DOWNLOADS[name]
    escaped = expected.replace('"', '\\"')
    assert header == (
        f'attachment; filename="{escaped}"' if expected.isascii() else f"attachment; filename*=utf-8''{quote(expected)}"
    )


def test_encrypted_bytes_come_back_as_they_were(api, upload, alice):
    upload(alice, b"<html>opaque", "page.html", "text/html", encrypted="true")
    answer = get(api(alice), AudioFile.objects.get())
    assert (answer.body, answer.headers["Content-Type"]) == (b"<html>opaque", "application/octet-stream")


def test_an_old_row_never_becomes_a_page(api, alice):
    name = default_storage.save("old/page.html", ContentFile(b"<script>"))
    file = AudioFile.objects.create(user=alice, s3_key=name, is_stored=True, content_type="text/html")
    assert get(api(alice), file).headers["Content-Type"] == "application/octet-stream"


def test_a_record_has_no_bytes_here(api, alice, record):
    answer = get(api(alice), record)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")


def test_bytes_that_are_gone_are_said_to_be(api, alice, audio_file):
    default_storage.delete(audio_file.s3_key)
    assert get(api(alice), audio_file).status_code == 410


@pytest.mark.parametrize("key", ["shelf", "tide.wav/below"])
@pytest.mark.parametrize("location", ["", "/protected"])
def test_what_is_no_file_is_gone(api, alice, settings, var_dir, key, location):
    settings.ACCEL_REDIRECT = location
    (var_dir / "media" / "shelf").mkdir(parents=True)
    (var_dir / "media" / "tide.wav").write_bytes(b"")
    assert get(api(alice), AudioFile.objects.create(user=alice, s3_key=key, is_stored=True)).status_code == 410


def test_api_refuses_others_and_strangers(api, page, client, bob, charlie, audio_file):
    for user in (bob, charlie):
        assert get(api(user), audio_file).status_code == 403
        assert get(page(user), audio_file).status_code == 403
    assert get(client, audio_file).status_code == 401


@pytest.mark.parametrize("location", ["/protected/", "/protected"])
def test_a_proxy_is_told_where_the_file_is(api, alice, audio_file, settings, location):
    settings.ACCEL_REDIRECT = location
    answer = get(api(alice), audio_file, range="bytes=4-7")
    assert (answer.status_code, answer.body) == (200, b"")
    assert answer.headers["X-Accel-Redirect"] == f"/protected/{audio_file.s3_key}"
    assert answer.headers["Content-Type"] == "audio/wav"
    default_storage.delete(audio_file.s3_key)
    assert get(api(alice), audio_file).status_code == 410
