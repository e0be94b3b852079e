"""Speech at the doors of the older TTS backend. A worker is played by the clock."""

import datetime as dt
import re

import pytest
from django.test import Client

from config import times
from config.ids import new_id
from jobs import actions
from jobs.models import Job
from voices.models import Voice

STARTED = {"id", "status", "created_at", "audio_url"}
WHOLE = STARTED | {"text", "voice_id", "engine", "progress", "duration", "error", "completed_at"}
SPOKEN = {"duration", "text", "voice_id", "engine", "sample_rate", "status", "audio_url"}
TIME = re.compile(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z")


def post(client, door, **fields):
    return client.post(f"/tts/{door}", fields, "application/json")


def get(client, path, **headers):
    """The answer, with its bytes as `sound`."""
    answer = client.get(path, headers=headers)
    answer.sound = answer.getvalue()
    return answer


def assert_refused(answer, status, sentence, code):
    assert answer.status_code == status, answer.content
    assert set(answer.json()) == {"detail", "code"} | ({"errors"} if status == 422 else set())
    assert (answer.json()["detail"], answer.json()["code"]) == (sentence, code)


@pytest.fixture
def voices(demo):
    """Voices of several languages beside the demo; the last one can't speak."""
    for name, language, available in (("b", "de_DE", True), ("a", "de_DE", True), ("c", "de_AT", False)):
        Voice.objects.create(
            voice_id=f"{language}-{name}", name=name, language=language, engine="piper", sample_rate=16_000,
            available=available,
        )  # fmt: skip


# POST /tts/sync


def test_sync_answers_with_the_speech(api, alice, demo, clock):
    answer = post(api(alice), "sync", text="Ropes creak.", voice="demo")
    job, body = Job.objects.get(), answer.json()
    assert (answer.status_code, set(body)) == (200, SPOKEN)
    assert (body["text"], body["voice_id"], body["engine"]) == ("Ropes creak.", "en_US-demo-low", "piper")
    assert (body["sample_rate"], body["status"], body["duration"]) == (demo.sample_rate, "success", job.duration)
    sound = get(Client(), body["audio_url"])
    assert (sound.status_code, sound["Content-Type"], sound.sound[:4]) == (200, "audio/wav", b"RIFF")
    assert int.from_bytes(sound.sound[24:28], "little") == body["sample_rate"]


@pytest.mark.parametrize("fields", [{}, {"text": ""}, {"text": " \n"}, {"text": None}])
def test_sync_without_text(api, alice, demo, fields):
    assert_refused(post(api(alice), "sync", **fields), 400, "Write the text to speak.", "no_text")
    assert not Job.objects.exists()


def test_sync_with_an_unknown_voice(api, alice, demo):
    sentence = "There is no voice nobody to speak with. GET /api/voices lists them."
    assert_refused(post(api(alice), "sync", text="Hi.", voice="nobody"), 404, sentence, "not_found")
    Voice.objects.update(available=False)
    assert post(api(alice), "sync", text="Hi.").status_code == 404
    assert not Job.objects.exists()


def test_sync_that_takes_too_long_goes_on(api, alice, demo, clock):
    clock.work = lambda: None
    answer = post(api(alice), "sync", text="Hi.")
    assert (answer.status_code, answer.json()["code"]) == (503, "still_making")
    assert answer["Retry-After"]
    assert Job.objects.get().status == "queued"


# POST /tts/jobs


def test_a_job_is_started_and_heard(api, alice, demo):
    client = api(alice)
    answer = post(client, "jobs", text="Ropes creak.", include_alignments=True)
    job, body = Job.objects.get(), answer.json()
    assert (answer.status_code, set(body)) == (200, STARTED)
    assert (body["id"], body["status"], body["audio_url"]) == (job.job_id, "queued", None)
    assert TIME.fullmatch(body["created_at"])
    actions.run_job(job=job)
    done = client.get(f"/tts/jobs/{body['id']}").json()
    assert (set(done), done["status"], done["text"]) == (WHOLE, "completed", "Ropes creak.")
    assert (done["voice_id"], done["error"], done["progress"]) == ("en_US-demo-low", None, 100)
    for path, listener in ((done["audio_url"], Client()), (f"/tts/jobs/{body['id']}/audio", client)):
        sound = get(listener, path, range="bytes=0-3")
        assert (sound.status_code, sound.sound) == (206, b"RIFF")


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ({"language": "de"}, "de_DE-a"),
        ({"language": "de-de"}, "de_DE-a"),
        ({"language": "en"}, "en_US-demo-low"),
        ({"language": "en_US"}, "en_US-demo-low"),
        ({"language": ""}, "en_US-demo-low"),
        ({"language": None}, "en_US-demo-low"),
        ({"language": "de", "voice_id": "demo"}, "en_US-demo-low"),
        ({"language": "xx", "voice_id": "de_DE-b"}, "de_DE-b"),
    ],
)
def test_a_language_names_its_first_voice_when_no_voice_is_named(api, alice, voices, asked, expected):
    assert post(api(alice), "jobs", text="Hi.", **asked).status_code == 200
    assert Job.objects.get().voice_id == expected


@pytest.mark.parametrize("language", ["fr", "d", "de_AT", "de_DE_x", "%", "."])
def test_a_language_that_no_voice_speaks(api, alice, voices, language):
    answer = post(api(alice), "jobs", text="Hi.", language=language)
    sentence = f"No voice here speaks {language}. Languages that can be spoken: de_DE, en_US."
    assert_refused(answer, 422, sentence, "invalid")
    assert answer.json()["errors"][0]["loc"] == ["body", "language"]
    assert not Job.objects.exists()


@pytest.mark.parametrize(
    ("fields", "field"),
    [
        ({"text": " "}, "text"),
        ({"text": None}, "text"),
        ({"voice_id": "nobody"}, "voice_id"),
        ({"language": "a\0"}, "language"),
        ({"language": 5}, "language"),
        ({"include_alignments": "perhaps"}, "include_alignments"),
    ],
)
def test_a_job_with_a_bad_field(api, alice, demo, fields, field):
    answer = post(api(alice), "jobs", **{"text": "Hi."} | fields)
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", field])
    assert not Job.objects.exists()


# GET /tts/jobs


def test_the_list_is_bare_newest_first_and_cut(api, alice, charlie, demo):
    texts = ["First.", "Second. " * 20, "Third."]
    for text in texts:
        actions.start_job(by=alice, text=text)
    answer = api(alice).get("/tts/jobs")
    assert (answer.status_code, "Link" in answer.headers) == (200, False)
    assert [row["text"] for row in answer.json()] == [text[:100] for text in reversed(texts)]
    assert {frozenset(row) for row in answer.json()} == {frozenset(WHOLE)}
    assert api(charlie).get("/tts/jobs").json() == []


def test_the_list_goes_on_where_its_link_leads(api, alice, demo):
    for number in range(5):
        actions.start_job(by=alice, text=f"Number {number}.")
    seen, path = [], "/tts/jobs?limit=2"
    while path:
        answer = api(alice).get(path)
        seen.append([row["id"] for row in answer.json()])
        link = re.fullmatch(r'<http://testserver([^>]*)>; rel="next"', answer.headers.get("Link", ""))
        path = link and link[1]
    assert seen == [[5, 4], [3, 2], [1]]


@pytest.mark.parametrize("query", ["limit=0", "limit=1001", "limit=x", "cursor=nothing"])
def test_the_list_refuses_a_bad_query(api, alice, query):
    assert api(alice).get(f"/tts/jobs?{query}").status_code == 422


# GET /tts/jobs/{id} and /audio


@pytest.mark.parametrize("end", ["", "/audio"])
def test_somebody_elses_job_and_one_that_is_not_there(api, bob, charlie, alice, job, end):
    for user in (bob, charlie):
        for name in (job.pk, job.job_id):
            assert_refused(api(user).get(f"/tts/jobs/{name}{end}"), 403, "Access denied", "not_allowed")
    for name in (new_id(), "99", "9" * 30, "x", "%00"):
        assert_refused(api(alice).get(f"/tts/jobs/{name}{end}"), 404, "Job not found", "not_found")


@pytest.mark.parametrize("status", ["queued", "processing", "failed", "cancelled"])
def test_no_sound_before_the_end(api, alice, job, status):
    Job.objects.update(status=status)
    answer = api(alice).get(f"/tts/jobs/{job.job_id}/audio")
    assert_refused(answer, 400, "Job not completed yet", "not_completed")
    assert api(alice).get(f"/tts/jobs/{job.pk}").json()["audio_url"] is None


def test_no_sound_after_a_day(api, alice, finished):
    Job.objects.update(expires_at=times.now() - dt.timedelta(seconds=1))
    assert api(alice).get(f"/tts/jobs/{finished.job_id}").json()["audio_url"] is None
    answer = api(alice).get(f"/tts/jobs/{finished.job_id}/audio")
    assert (answer.status_code, answer.json()["code"]) == (410, "expired")


def test_every_door_needs_a_credential_and_its_method(client, api, alice, job):
    doors = {"sync": "POST", "jobs": "GET, HEAD, POST", f"jobs/{job.pk}": "GET, HEAD"}
    for door, allowed in doors.items():
        assert client.get(f"/tts/{door}").status_code == (405 if door == "sync" else 401)
        assert post(client, door).status_code == (401 if "POST" in allowed else 405)
        refused = api(alice).delete(f"/tts/{door}")
        assert (refused.status_code, set(refused["Allow"].split(", "))) == (405, set(allowed.split(", ")))
        assert set(refused.json()) == {"detail", "code"}
