"""Renaming a job; how long its sound is kept has a file of its own."""

import pytest

from config.errors import NotFound
from jobs import actions
from jobs.models import Job


def patch(client, job, **fields):
    return client.patch(f"/api/jobs/{job.job_id}", fields, "application/json")


def rename(client, job, title):
    return client.post(f"/jobs/{job.job_id}/rename", {"title": title})


def test_api_renames(api, alice, job):
    answer = patch(api(alice), job, title="  Morning news ")
    assert (answer.status_code, answer.json()["title"]) == (200, "Morning news")
    assert api(alice).get(f"/api/jobs/{job.pk}").json() == answer.json()


@pytest.mark.parametrize("fields", [{}, {"title": None}, {"title": None, "keep": None}])
def test_api_leaves_what_is_not_given(api, alice, job, fields):
    before = api(alice).get(f"/api/jobs/{job.pk}").json()
    answer = patch(api(alice), job, **fields)
    assert (answer.status_code, answer.json()) == (200, before)


def test_an_empty_title_is_made_of_the_text(api, alice, job):
    patch(api(alice), job, title="Morning news")
    assert patch(api(alice), job, title=" ").json()["title"] == job.title == Job.objects.get().title


@pytest.mark.parametrize("fields", [{"title": "t" * 201}, {"title": "a\0b"}, {"title": 5}, {"keep": "perhaps"}])
def test_api_refuses_a_bad_field(api, alice, job, fields):
    answer = patch(api(alice), job, **fields)
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", *fields])
    assert Job.objects.get().title == job.title


def test_a_job_that_was_deleted_in_the_meantime(alice, job):
    stale = Job.objects.get()
    actions.delete_job(by=alice, job=job)
    for change in ({"title": "New"}, {"keep": True}, {"keep": False}):
        with pytest.raises(NotFound):
            actions.change_job(by=alice, job=stale, **change)


def test_api_needs_a_credential_and_hides_other_peoples_jobs(client, api, bob, charlie, job):
    assert patch(client, job, title="New").status_code == 401
    for user in (bob, charlie):
        assert patch(api(user), job, title="New").status_code == 404
    assert Job.objects.get().title == job.title


def test_page_renames(page, alice, job):
    form = page(alice).get(f"/jobs/{job.job_id}/rename")
    assert (form.status_code, form.context["form"]["title"].value()) == (200, job.title)
    answer = rename(page(alice), job, " Morning news ")
    assert (answer.status_code, answer.url) == (302, f"/jobs/{job.job_id}")
    assert Job.objects.get().title == "Morning news"


@pytest.mark.parametrize(("title", "sentence"), [(" ", "Give the job a title."), ("t" * 201, "at most 200 characters")])
def test_page_says_what_is_wrong(page, alice, job, title, sentence):
    answer = rename(page(alice), job, title)
    assert (answer.status_code, sentence in answer.content.decode()) == (200, True)
    assert Job.objects.get().title == job.title


def test_page_needs_sign_in_and_hides_other_peoples_jobs(client, page, bob, charlie, job):
    assert rename(client, job, "New").url.startswith("/login")
    for user in (bob, charlie):
        assert rename(page(user), job, "New").status_code == 404
    assert page(bob).put(f"/jobs/{job.job_id}/rename").status_code == 405
