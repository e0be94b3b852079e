import re
import uuid

import pytest

from config.ids import from_uuid, new_id
from jobs.models import TEMP_AUDIO_LIFETIME, Job
from tests.jobs.test_start_job import JOB_KEYS

OLD = "6F9619FF-8B86-D011-B42D-00C04FC964FF"
NOT_IDS = {
    "30 digits": "1" * 30,
    "19 digits": "1" * 19,
    "24 digits": "1" * 24,
    "another id": new_id(),
    "another UUID": str(uuid.uuid4()),
    "a UUID without dashes": OLD.replace("-", ""),
    "zero": "0",
    "a negative number": "-1",
    "other digits": "١",
    "a word": "mine",
    "a NUL": "1%00",
    "a path": "..%2f1",
    "a space": "%201",
    "a line": "1%0A",
}
STATES = {
    "queued": "waiting",
    "processing": "making it",
    "completed": "ready",
    "failed": "The voice is gone.",
    "cancelled": "You stopped this before it was done.",
    "expired": "The sound was kept for a while and is gone now.",
}


def put_into(job, state):
    """Make the row look like a job in this state."""
    fields = {"status": "completed" if state == "expired" else state, "progress": 40}
    if state == "failed":
        fields["error"] = "The voice is gone."
    if state in ("completed", "expired"):
        fields |= {"duration": 3.2, "expires_at": job.created_at + TEMP_AUDIO_LIFETIME * (state == "completed")}
    Job.objects.filter(pk=job.pk).update(**fields)


def get_page(page, user, job, **headers):
    return page(user).get(f"/jobs/{job.job_id}", headers=headers)


@pytest.mark.parametrize("name", ["pk", "job_id"])
def test_api_finds_it_by_id_and_by_number(api, alice, job, name):
    answer = api(alice).get(f"/api/jobs/{getattr(job, name)}")
    assert (answer.status_code, set(answer.json())) == (200, JOB_KEYS)
    assert (answer.json()["_id"], answer.json()["text"]) == (job.pk, job.text)


def test_an_id_may_be_in_capitals_and_a_number_have_zeros_before(api, alice, job):
    assert api(alice).get(f"/api/jobs/{job.pk.upper()}").json()["_id"] == job.pk
    assert api(alice).get(f"/api/jobs/000{job.job_id}").json()["_id"] == job.pk


def test_api_and_page_find_it_by_an_old_uuid(api, page, alice, job):
    Job.objects.filter(pk=job.pk).delete()
    job.pk = from_uuid(OLD)
    job.save(force_insert=True)
    for old in (OLD, OLD.lower()):
        assert api(alice).get(f"/api/jobs/{old}").json()["_id"] == job.pk
        assert page(alice).get(f"/jobs/{old}").status_code == 200


def test_24_digits_are_an_id_and_18_a_number(api, alice, job):
    Job.objects.filter(pk=job.pk).delete()
    job.pk, job.job_id = "1" * 24, int("1" * 18)
    job.save(force_insert=True)
    for name in ("1" * 24, "1" * 18):
        assert api(alice).get(f"/api/jobs/{name}").json()["_id"] == job.pk


@pytest.mark.parametrize("name", NOT_IDS)
def test_api_and_page_know_no_such_job(api, page, alice, job, name):
    answer = api(alice).get(f"/api/jobs/{NOT_IDS[name]}")
    assert (answer.status_code, answer.json()["code"], set(answer.json())) == (404, "not_found", {"detail", "code"})
    answer = page(alice).get(f"/jobs/{NOT_IDS[name]}")
    assert (answer.status_code, b"<html" in answer.content) == (404, True)


def test_api_hides_other_peoples_jobs(api, bob, charlie, job):
    for user in (bob, charlie):
        for name in (job.pk, job.job_id):
            assert api(user).get(f"/api/jobs/{name}").status_code == 404


def test_api_needs_a_credential(client, job):
    assert client.get(f"/api/jobs/{job.pk}").status_code == 401


def test_api_takes_get_only(api, alice, job):
    answer = api(alice).post(f"/api/jobs/{job.pk}")
    assert (answer.status_code, answer.json()["code"]) == (405, "method_not_allowed")


def test_api_shows_a_finished_job(api, alice, finished):
    job = api(alice).get(f"/api/jobs/{finished.pk}").json()
    assert (job["status"], job["progress"], job["audio_url"]) == ("completed", 100, f"/api/jobs/{finished.pk}/audio")
    assert all(value is not None for value in job["timings"].values())
    assert job["started_at"] <= job["completed_at"] < job["expires_at"]
    assert all(job[name].endswith("Z") for name in ("created_at", "started_at", "completed_at", "expires_at"))


def test_a_time_on_the_whole_second_has_three_decimals_too(api, alice, job):
    Job.objects.update(created_at=job.created_at.replace(microsecond=0))
    assert api(alice).get(f"/api/jobs/{job.pk}").json()["created_at"].endswith(".000Z")


def test_api_of_an_expired_job_keeps_its_audio_id_but_no_address(api, alice, finished):
    put_into(finished, "expired")
    job = api(alice).get(f"/api/jobs/{finished.pk}").json()
    assert (job["status"], job["audio_url"], job["audio_id"]) == ("completed", None, finished.audio_id)
    assert job["expires_at"]


@pytest.mark.parametrize("state", STATES)
def test_page_says_how_it_stands(page, alice, job, state):
    put_into(job, state)
    body = get_page(page, alice, job).content.decode()
    assert STATES[state] in body
    assert [
        words for other, words in STATES.items() if other != state and words in body.partition("How it was")[0]
    ] == []
    assert ("<audio" in body) == (state == "completed")
    assert (f'action="/jobs/{job.job_id}/cancel"' in body) == (state in ("queued", "processing"))
    assert job.text in body


@pytest.mark.parametrize("state", STATES)
def test_page_of_an_open_job_asks_again_and_of_a_finished_one_does_not(page, alice, job, state):
    put_into(job, state)
    is_open = state in ("queued", "processing")
    whole = get_page(page, alice, job).content.decode()
    fragment = get_page(page, alice, job, **{"hx-request": "true"}).content.decode()
    for body in (whole, fragment):
        assert (f'hx-get="/jobs/{job.job_id}"' in body) == is_open
        assert ("hx-trigger" in body) == is_open
    assert ('<noscript><meta http-equiv="refresh"' in whole) == is_open


def test_page_shows_the_progress(page, alice, job):
    put_into(job, "processing")
    body = get_page(page, alice, job).content
    assert b'<progress max="100" value="40"' in body
    assert b"making it \xc2\xb7 40 %" in body


def test_page_gives_htmx_the_fragment_alone(page, alice, job):
    answer = get_page(page, alice, job, **{"hx-request": "true"})
    assert answer.content.decode().strip().startswith('<section class="card status" id="status"')
    for part in (b"<html", b"<nav", b"<h1", b"job-text"):
        assert part not in answer.content


def test_page_of_a_finished_job_plays_it(page, alice, finished):
    body = get_page(page, alice, finished).content.decode()
    assert f'<audio controls preload="metadata" src="/api/jobs/{finished.pk}/audio"' in body
    assert f'href="/api/jobs/{finished.pk}/audio?download=1"' in body
    assert f'href="/speak?again={finished.job_id}"' in body
    assert "How it was made" in body


def test_page_escapes_what_people_wrote(page, alice, job):
    attack = '"><script>alert(1)</script>'
    Job.objects.update(title=attack, text=attack, error=attack, status="failed")
    assert b"<script>alert" not in get_page(page, alice, job).content


def test_page_needs_sign_in_hides_other_peoples_jobs_and_takes_get_only(client, page, alice, bob, charlie, job):
    assert client.get(f"/jobs/{job.job_id}").url == f"/login?next=/jobs/{job.job_id}"
    answer = client.get(f"/jobs/{job.job_id}", headers={"hx-request": "true"})
    assert answer.headers["HX-Redirect"].startswith("/login")
    for user in (bob, charlie):
        assert get_page(page, user, job).status_code == 404
    assert page(alice).post(f"/jobs/{job.job_id}").status_code == 405


@pytest.mark.parametrize(
    ("state", "cause", "first"),
    [
        ("failed", "crashed", "Try again"),
        ("failed", "voice_broken", "Change and speak"),
        ("cancelled", "voice_broken", "Try again"),
        ("expired", "", "Speak again"),
        ("completed", "", None),
    ],
    ids=["failed by accident", "failed by its voice", "cancelled", "expired", "ready"],
)
def test_the_step_that_helps_is_the_main_one(page, alice, job, state, cause, first):
    put_into(job, state)
    Job.objects.filter(pk=job.pk).update(cause=cause)
    found = re.findall(r'class="button button-main"[^>]*>([^<]+)<', get_page(page, alice, job).text)
    assert found == ([first] if first else [])


def test_the_main_step_is_the_first_one(page, alice, job):
    put_into(job, "failed")
    Job.objects.filter(pk=job.pk).update(cause="voice_broken")
    words = get_page(page, alice, job).text
    assert words.index("Change and speak") < words.index("Try again")


@pytest.mark.parametrize("where", ["", "/rename", "/delete"], ids=["page", "rename", "delete"])
def test_the_navigation_says_where_one_is(page, alice, job, where):
    assert 'href="/jobs" aria-current="true"' in page(alice).get(f"/jobs/{job.job_id}{where}").text


@pytest.mark.parametrize(
    ("text", "can_focus"),
    [("Ropes creak. " * 3, False), ("Ropes creak. " * 30, True), ("Ropes\n" * 5, True)],
    ids=["short", "long", "many lines"],
)
def test_a_text_that_may_scroll_can_have_the_focus(page, alice, job, text, can_focus):
    Job.objects.filter(pk=job.pk).update(text=text, characters=len(text))
    assert ('aria-labelledby="text" tabindex="0"' in get_page(page, alice, job).text) == can_focus
