import datetime as dt
import io
from pathlib import Path
from urllib.parse import quote

import av
import pytest
from django.core.files.storage import default_storage

from config import times
from jobs import actions
from jobs.models import Job, TempAudio

TITLES = {
    "plain": ("Morning news", "Morning news.wav"),
    "quotes": ('"Hi" \\ there', "Hi there.wav"),
    "slashes": ("../../etc/passwd", "etc passwd.wav"),
    "lines": ("a\r\nSet-Cookie: b=c", "a Set-Cookie b c.wav"),
    "emoji alone": ("😂", "job-1.wav"),
    "dots": ("...", "job-1.wav"),
    "right to left": ("abc\u202egpj.exe", "abc gpj.exe.wav"),
    "other scripts": ("Grüße 你好", "Grüße 你好.wav"),
}


def get_audio(client, job, query="", **headers):
    """The answer, read to its end, with all of it as `body`."""
    answer = client.get(f"/api/jobs/{job.pk}/audio{query}", headers=headers)
    answer.body = b"".join(answer)
    return answer


def sound_path(job):
    return Path(default_storage.path(TempAudio.objects.get(audio_id=job.audio_id).path))


def make(by, **fields):
    job = actions.start_job(by=by, text="Ropes creak. A gull complains.", **fields)
    actions.run_job(job=job)
    return job


@pytest.mark.parametrize("kind", ["wav", "mp3"])
def test_api_gives_the_whole_sound(api, alice, demo, kind):
    job = make(alice, format=kind)
    answer = get_audio(api(alice), job)
    assert (answer.status_code, len(answer.body)) == (200, job.size_bytes)
    assert answer.headers["Content-Length"] == str(job.size_bytes)
    assert answer.headers["Content-Type"] == {"wav": "audio/wav", "mp3": "audio/mpeg"}[kind]
    assert answer.headers["Accept-Ranges"] == "bytes"
    assert "private" in answer.headers["Cache-Control"]
    with av.open(io.BytesIO(answer.body)) as container:
        frames = list(container.decode(audio=0))
    assert sum(frame.samples for frame in frames) / frames[0].rate == pytest.approx(job.duration, abs=0.001)
    assert job.duration > 1


@pytest.mark.parametrize(
    ("asked", "start", "stop"),
    [
        ("bytes=0-0", 0, 1),
        ("bytes=0-3", 0, 4),
        ("bytes=100-", 100, None),
        ("bytes=-10", -10, None),
        ("bytes=5-99999999", 5, None),
    ],
)
def test_api_gives_a_part(api, alice, finished, asked, start, stop):
    whole = sound_path(finished).read_bytes()
    part = whole[start:stop]
    answer = get_audio(api(alice), finished, range=asked)
    first = range(len(whole))[start]
    assert (answer.status_code, answer.body) == (206, part)
    assert answer.headers["Content-Range"] == f"bytes {first}-{first + len(part) - 1}/{len(whole)}"
    assert answer.headers["Content-Length"] == str(len(part))


@pytest.mark.parametrize("asked", ["bytes=99999999-", "bytes=-0", "bytes=9999999999999999999999-"])
def test_api_has_no_such_part(api, alice, finished, asked):
    answer = get_audio(api(alice), finished, range=asked)
    assert (answer.status_code, answer.headers["Content-Range"]) == (416, f"bytes */{finished.size_bytes}")


@pytest.mark.parametrize("asked", ["bytes=5-2", "bytes=", "bytes=-", "bytes=a-b", "bytes=0-1,4-5", "lines=0-1", "5-9"])
def test_api_gives_all_when_the_range_is_not_one(api, alice, finished, asked):
    answer = get_audio(api(alice), finished, range=asked)
    assert (answer.status_code, len(answer.body)) == (200, finished.size_bytes)


def test_api_answers_head(api, alice, finished):
    for headers, status, size in [({}, 200, finished.size_bytes), ({"range": "bytes=0-9"}, 206, 10)]:
        answer = api(alice).head(f"/api/jobs/{finished.pk}/audio", headers=headers)
        assert (answer.status_code, answer.headers["Content-Length"], b"".join(answer)) == (status, str(size), b"")


@pytest.mark.parametrize("name", TITLES)
def test_download_has_a_safe_name(api, alice, demo, name):
    title, expected = TITLES[name]
    job = make(alice, title=title)
    header = get_audio(api(alice), job, "?download=1").headers["Content-Disposition"]
    name = f'filename="{expected}"' if expected.isascii() else f"filename*=utf-8''{quote(expected)}"
    assert " ".join(header.split()) == f"attachment; {name}"


def test_without_download_it_is_shown_in_place(api, alice, finished):
    assert get_audio(api(alice), finished).headers["Content-Disposition"].startswith("inline")


def test_session_and_token_both_work(api, page, alice, finished):
    for client in (api(alice), page(alice)):
        assert get_audio(client, finished).status_code == 200


def test_api_finds_it_by_number(api, alice, finished):
    finished.pk = finished.job_id
    assert get_audio(api(alice), finished).status_code == 200


@pytest.mark.parametrize("status", ["queued", "processing", "failed", "cancelled"])
def test_api_has_nothing_before_the_end_and_of_a_job_that_failed(api, alice, job, status):
    Job.objects.update(status=status)
    answer = get_audio(api(alice), job)
    assert (answer.status_code, answer.json()["code"]) == (409, "conflict")
    assert ("not ready" in answer.json()["detail"]) == (status in ("queued", "processing"))


def set_expired(job):
    Job.objects.filter(pk=job.pk).update(expires_at=times.now() - dt.timedelta(milliseconds=1))


def delete_row(job):
    TempAudio.objects.filter(audio_id=job.audio_id).delete()


def delete_file(job):
    sound_path(job).unlink()


@pytest.mark.parametrize("expire", [set_expired, delete_row, delete_file])
def test_api_says_that_the_sound_has_expired(api, alice, finished, expire):
    expire(finished)
    answer = get_audio(api(alice), finished)
    assert (answer.status_code, answer.json()["code"]) == (410, "expired")
    assert "24 hours" in answer.json()["detail"]


def test_api_hides_other_peoples_sounds(api, bob, charlie, finished):
    for user in (bob, charlie):
        assert get_audio(api(user), finished).status_code == 404
        assert api(user).head(f"/api/jobs/{finished.pk}/audio").status_code == 404


def test_api_needs_a_credential(client, finished):
    assert get_audio(client, finished).status_code == 401
    assert get_audio(client, finished, authorization="Bearer nonsense").status_code == 401


def test_api_takes_get_and_head_only(api, alice, finished):
    answer = api(alice).post(f"/api/jobs/{finished.pk}/audio")
    assert (answer.status_code, set(answer.headers["Allow"].split(", "))) == (405, {"GET", "HEAD"})
