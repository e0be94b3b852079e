"""The job list by what spoke, and how its open rows go on."""

import re

import pytest

from jobs import actions
from jobs.models import Job
from tests.jobs.test_list_jobs import count_queries, rows


def said(answer):
    """The states of the rows, by the numbers of the jobs."""
    return dict(re.findall(r'data-job="(\d+)".*?class="state state-\w+">([^<]*)', answer.content.decode(), re.DOTALL))


@pytest.fixture
def spoken_by(alice, demo, voice_model, echo):
    """A job of the demo voice, one of Alice's voice model, one of her echo: their numbers."""
    jobs = [actions.start_job(by=alice, text=f"Number {number}.") for number in range(3)]
    Job.objects.filter(pk=jobs[1].pk).update(voice_id="", model_id=voice_model.model_id)
    Job.objects.filter(pk=jobs[2].pk).update(voice_id="de_DE-other-low", echo_id=echo.pk)
    named = (demo.voice_id, f"model:{voice_model.model_id}", f"echo:{echo.pk}")
    return {name: str(job.job_id) for name, job in zip(named, jobs, strict=True)}


def test_page_filters_by_what_spoke(page, alice, spoken_by):
    for voice, number in spoken_by.items():
        answer = page(alice).get("/jobs", {"voice": voice})
        assert rows(answer) == [number]
        assert f'<option value="{voice}" selected>' in answer.content.decode()
    assert rows(page(alice).get("/jobs", {"voice": "", "status": "queued"})) == list(reversed(spoken_by.values()))
    assert rows(page(alice).get("/jobs", {"voice": next(iter(spoken_by)), "status": "failed"})) == []


@pytest.mark.parametrize(
    ("voice", "words"),
    [
        ("de_DE-other-medium", "Other (medium)"),
        ("model:gone", "deleted voice model"),
        ("echo:gone", "deleted echo"),
        ("echo:a\0b", "deleted echo"),
        ("'\"<", "&#x27;&quot;&lt;"),
    ],
    ids=["voice", "model", "echo", "NUL", "quotes"],
)
def test_a_voice_that_speaks_no_more_can_be_looked_for(page, alice, spoken_by, voice, words):
    answer = page(alice).get("/jobs", {"voice": voice})
    assert (answer.status_code, rows(answer)) == (200, [])
    assert f" selected>{words}</option>" in answer.content.decode()


def test_the_choice_holds_nothing_of_others(page, alice, charlie, voice_model, echo, job):
    assert voice_model.model_id in page(alice).get("/jobs?status=queued").content.decode()
    body = page(charlie).get("/jobs?status=queued").content.decode()
    assert voice_model.model_id not in body
    assert echo.pk not in body


def test_show_more_keeps_the_filter(page, alice, demo):
    for number in range(21):
        actions.start_job(by=alice, text=f"Number {number}.")
    body = page(alice).get("/jobs", {"voice": demo.voice_id, "q": "Number"}).content.decode()
    address = re.search(r'class="button" href="(/jobs[^"]*)" hx-get', body)[1].replace("&amp;", "&")
    assert f"voice={demo.voice_id}" in address
    assert len(rows(page(alice).get(address))) == 1


# Rows that go on


def test_rows_say_how_the_named_jobs_stand(page, alice, job, finished):
    other = actions.start_job(by=alice, text="A gull.")
    answer = page(alice).get("/jobs/rows", {"job": [finished.job_id, other.job_id]})
    assert said(answer) == {str(finished.job_id): "ready", str(other.job_id): "waiting"}
    assert b"<table" not in answer.content
    Job.objects.filter(pk=other.pk).update(status="processing", progress=40)
    body = page(alice).get("/jobs/rows", {"job": other.job_id}).content
    assert b"making it \xc2\xb7 40 %" in body


def test_only_open_rows_are_asked_for(page, alice, job):
    assert b" data-open>" in page(alice).get("/jobs").content
    Job.objects.update(status="failed")
    assert b" data-open>" not in page(alice).get("/jobs").content


@pytest.mark.parametrize("query", ["", "job=", "job=mine", "job=%00", f"job={'9' * 30}", "job=-1"])
def test_rows_of_no_job_are_none(page, alice, job, query):
    answer = page(alice).get(f"/jobs/rows?{query}")
    assert (answer.status_code, said(answer)) == (200, {})


def test_many_rows_take_as_many_queries_as_one(page, alice, demo):
    jobs = [actions.start_job(by=alice, text=f"Number {number}.") for number in range(30)]
    one, *_ = queries = [
        count_queries(page(alice), f"/jobs/rows?{query}")
        for query in (f"job={jobs[0].job_id}", "&".join(f"job={job.job_id}" for job in jobs))
    ]
    assert queries == [one, one]


def test_rows_need_sign_in_hide_other_peoples_jobs_and_take_get_only(client, page, alice, bob, charlie, job):
    assert client.get(f"/jobs/rows?job={job.job_id}").url.startswith("/login")
    for user in (bob, charlie):
        assert said(page(user).get(f"/jobs/rows?job={job.job_id}")) == {}
    assert page(alice).post("/jobs/rows").status_code == 405


def test_home_shows_the_newest_open_job_with_its_progress(page, alice, job, finished):
    assert b'id="spoken"' not in page(alice).get("/").content
    actions.start_job(by=alice, text="A gull.")
    body = page(alice).get("/").content.decode()
    assert ("data-events=" in body, "js/events.js" in body) == (True, True)
