"""Everything that keeps files, with the files in S3."""

import datetime as dt
import urllib.request
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from config import env as environment
from config import storage_quota, times
from jobs import actions as jobs
from jobs.models import Job, TempAudio
from tests.voices.sounds import sound
from voices.models import AudioFile


def names():
    return sorted(item.key for item in default_storage.bucket.objects.all())


def fetch(answer, **headers):
    """What a browser gets that follows the redirect."""
    assert (answer.status_code, "private" in answer.headers["Cache-Control"]) == (302, True)
    request = urllib.request.Request(answer.headers["Location"], headers=headers)  # noqa: S310
    with urllib.request.urlopen(request) as found:  # noqa: S310
        return found.status, found.headers, found.read()


def content(client, file, query=""):
    return client.get(f"/api/audio-file/{file.pk}/content{query}")


def test_an_upload_is_kept_and_heard_by_a_signed_link(s3, api, alice, audio_file):
    assert names() == [audio_file.s3_key]
    answer = content(api(alice), audio_file)
    assert answer.headers["Location"].startswith(f"{s3}/echodesk/audio/")
    status, headers, body = fetch(answer)
    assert (status, headers["Content-Type"], body) == (200, "audio/wav", sound())
    assert int(parse_qs(urlsplit(answer.headers["Location"]).query)["X-Amz-Expires"][0]) <= 3_600
    assert fetch(answer, Range="bytes=4-7")[0::2] == (206, sound()[4:8])
    assert storage_quota.used_bytes(alice) == len(sound())


def test_a_download_keeps_its_name(s3, api, alice, audio_file):
    headers = fetch(content(api(alice), audio_file, "?download=1"))[1]
    assert headers["Content-Disposition"] == 'attachment; filename="Morning tone.wav"'


def test_strangers_get_no_link(s3, api, charlie, client, audio_file):
    assert content(api(charlie), audio_file).status_code == 403
    assert content(client, audio_file).status_code == 401


def test_a_deletion_takes_the_object(s3, api, alice, audio_file):
    assert api(alice).delete(f"/api/audio-file/{audio_file.pk}").status_code == 200
    assert names() == []


def test_an_upload_that_fails_leaves_no_object(s3, upload, alice, monkeypatch):
    monkeypatch.setattr(AudioFile, "save", lambda row, **options: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        upload(alice)
    assert names() == []


def test_speech_is_kept_heard_and_purged(s3, api, alice, finished):
    assert finished.status == "completed"
    status, headers, body = fetch(api(alice).get(f"/api/jobs/{finished.pk}/audio"))
    assert (status, headers["Content-Type"], len(body)) == (200, "audio/wav", finished.size_bytes)
    old = TempAudio.objects.get()
    late = times.now() - dt.timedelta(hours=30)
    name = f"temp/{late:%Y%m%d%H}/{old.audio_id}.wav"
    default_storage.save(name, ContentFile(b"old"))
    jobs.purge_expired()
    assert name not in names()
    assert old.path in names()


def test_the_catalogue_keeps_its_samples_there(s3, api, alice, demo):
    assert demo.sample in names()
    assert fetch(api(alice).get("/api/voices/en_US-demo-low/sample"))[2].startswith(b"RIFF")


def test_health_looks_at_the_bucket(db, s3, client):
    assert client.get("/health").json()["storage"] == {"status": "up"}


@pytest.fixture
def away(s3, settings, monkeypatch):
    """From now on nobody answers where the bucket was."""

    def leave():
        default_storage._connections.connection = None
        default_storage.endpoint_url = "http://127.0.0.1:9"
        default_storage._bucket = None

    yield leave
    default_storage._connections.connection = None
    default_storage.endpoint_url = s3
    default_storage._bucket = None


def test_without_its_storage_nothing_breaks(away, api, page, client, upload, alice, audio_file):
    away()
    answers = [upload(alice), api(alice).delete(f"/api/audio-file/{audio_file.pk}")]
    assert [(answer.status_code, answer.headers["Retry-After"]) for answer in answers] == [(503, "5")] * 2
    assert "storage is away" in answers[0].json()["detail"]
    assert AudioFile.objects.get() == audio_file
    assert client.get("/health").json()["storage"] == {"status": "down"}
    assert page(alice).get("/files").status_code == 200


def test_a_job_says_that_its_sound_could_not_be_kept(away, alice, job):
    away()
    with pytest.raises(Exception, match="endpoint"):
        jobs.run_job(job=job)
    kept = Job.objects.get()
    assert (kept.status, kept.error) == (
        "failed",
        "The storage was away when this was to be kept. Try again in a few minutes.",
    )


@pytest.mark.parametrize(
    ("bucket", "endpoint", "origins"),
    [
        ("", "", []),
        ("", "http://minio:9000", []),
        ("sounds", "http://minio:9000/path", ["http://minio:9000"]),
        ("sounds", "", ["https://sounds.s3.amazonaws.com", "https://sounds.s3.eu-west-1.amazonaws.com"]),
        ("my.sounds", "", ["https://s3.amazonaws.com", "https://s3.eu-west-1.amazonaws.com"]),
    ],
)
def test_players_may_load_from_the_bucket(monkeypatch, bucket, endpoint, origins):
    monkeypatch.setenv("S3_REGION", "eu-west-1")
    assert environment.media_origins(environment.Env(), bucket, endpoint) == origins
