"""Several jobs cancelled or deleted from the job list."""

import pytest

from jobs import actions
from jobs.models import Job

DOORS = ("/jobs/cancel", "/jobs/delete")


@pytest.fixture
def three(alice, job, finished):
    """One that is ready, two that wait: their numbers."""
    waiting = [actions.start_job(by=alice, text=f"Number {number}.") for number in range(2)]
    return [each.job_id for each in (finished, *waiting)]


def post(client, path, jobs, **fields):
    return client.post(path, {"job": jobs} | fields, follow=True)


def statuses():
    return list(Job.objects.order_by("job_id").values_list("status", flat=True))


def test_cancel_says_what_was_done(page, alice, three):
    answer = post(page(alice), "/jobs/cancel", three)
    assert "2 jobs are cancelled; 1 had finished already." in answer.content.decode()
    assert statuses() == ["completed", "cancelled", "cancelled"]
    answer = post(page(alice), "/jobs/cancel", three)
    assert "Nothing was cancelled. All 3 jobs had finished already." in answer.content.decode()
    answer = post(page(alice), "/jobs/cancel", three[:1])
    assert "Nothing was cancelled. The job had finished already." in answer.content.decode()


def test_one_is_told_as_one(page, alice, three):
    assert "1 job is cancelled." in post(page(alice), "/jobs/cancel", three[1]).content.decode()
    assert "1 job is deleted." in post(page(alice), "/jobs/delete", three[1], sure="yes").content.decode()


def test_delete_asks_first_and_says_what_goes(page, alice, three):
    body = " ".join(post(page(alice), "/jobs/delete", three).content.decode().split())
    assert "Delete these 3 jobs?" in body
    assert "Their 3 texts go, and 1 sound too. Links to a sound that goes stop working." in body
    assert "2 that are not finished are stopped first." in body
    for number in three:
        assert f'<input type="hidden" name="job" value="{number}">' in body
    assert Job.objects.count() == 3


def test_delete_of_one_asks_for_that_one(page, alice, three):
    Job.objects.filter(job_id=three[0]).update(is_kept=True)
    body = " ".join(post(page(alice), "/jobs/delete", three[0]).content.decode().split())
    assert "Delete this job?" in body
    assert "Its text goes, and 1 sound too, of which you keep 1." in body
    assert "not finished" not in body


def test_delete_deletes_when_it_is_sure(page, alice, three):
    answer = post(page(alice), "/jobs/delete", three[:2], sure="yes")
    assert "2 jobs are deleted." in answer.content.decode()
    assert list(Job.objects.values_list("job_id", flat=True)) == three[2:]


def test_what_changes_at_the_same_time_is_told(page, alice, three, monkeypatch):
    monkeypatch.setattr(actions, "delete_selected", lambda by, jobs: len(jobs) - 1)
    answer = post(page(alice), "/jobs/delete", three, sure="yes")
    assert "2 jobs are deleted; 1 changed at the same time and stayed." in answer.content.decode()


@pytest.mark.parametrize("path", DOORS)
@pytest.mark.parametrize("jobs", [[], ["mine"], ["\0"], ["9" * 30]], ids=["none", "word", "NUL", "30 digits"])
def test_without_a_job_nothing_happens(page, alice, three, path, jobs):
    answer = post(page(alice), path, jobs, sure="yes")
    assert (answer.redirect_chain, statuses()) == ([("/jobs", 302)], ["completed", "queued", "queued"])
    assert "Tick the jobs first." in answer.content.decode()


@pytest.mark.parametrize("path", DOORS)
def test_too_many_are_refused_with_a_sentence(page, alice, three, path, monkeypatch):
    monkeypatch.setattr("config.selection.SELECTED_MAX", 2)
    answer = post(page(alice), path, three, sure="yes")
    assert "Choose at most 2 jobs at once." in answer.content.decode()
    assert statuses() == ["completed", "queued", "queued"]


@pytest.mark.parametrize("path", DOORS)
def test_the_list_is_filtered_as_before(page, alice, three, path):
    answer = post(page(alice), f"{path}?status=queued&q=Number&cursor=abc", three, sure="yes")
    assert answer.redirect_chain == [("/jobs?status=queued&q=Number", 302)]


def test_the_form_and_the_question_keep_the_filter(page, alice, three):
    body = page(alice).get("/jobs?status=queued").content.decode()
    for path in DOORS:
        assert f'action="{path}?status=queued"' in body
    body = post(page(alice), "/jobs/delete?status=queued", three).content.decode()
    assert 'action="/jobs/delete?status=queued"' in body
    assert 'href="/jobs?status=queued"' in body


@pytest.mark.parametrize("path", DOORS)
def test_it_needs_sign_in_hides_other_peoples_jobs_and_takes_post_only(client, page, alice, bob, charlie, three, path):
    assert client.post(path, {"job": three}).url.startswith("/login")
    for user in (bob, charlie):
        assert "Tick the jobs first." in post(page(user), path, three, sure="yes").content.decode()
    assert statuses() == ["completed", "queued", "queued"]
    assert page(alice).get(path).status_code == 405


def test_boxes_stand_in_the_list_and_nowhere_else(page, alice, job):
    box = f'name="job" value="{job.job_id}"'
    assert box in page(alice).get("/jobs").content.decode()
    for path in ("/", "/speak", f"/jobs/rows?job={job.job_id}"):
        assert box not in page(alice).get(path).content.decode()


def test_titles_are_escaped(page, alice, three):
    Job.objects.update(title='"><script>alert(1)</script>')
    for body in (page(alice).get("/jobs").content, post(page(alice), "/jobs/delete", three).content):
        assert b"<script>alert" not in body
