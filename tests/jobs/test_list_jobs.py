import base64
import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import times
from jobs import actions
from jobs.models import Job
from tests.jobs.test_start_job import JOB_KEYS

BAD_CURSORS = [
    "nonsense",
    "é",
    "a\0b",
    "====",
    "a",
    "x" * 500,
    "MTox",
    base64.b64encode(b"9" * 60 + b":" + b"a" * 24).decode(),
]


@pytest.fixture
def many(alice, demo):
    """Makes Alice's jobs, one second apart, the last one the newest."""

    def make(count, **fields):
        now = times.now()
        for number in range(1, count + 1):
            job = actions.start_job(by=alice, text=f"Number {number}.")
            Job.objects.filter(pk=job.pk).update(created_at=now + dt.timedelta(seconds=number), **fields)

    return make


def numbers(answer):
    return [job["job_id"] for job in answer.json()["items"]]


def rows(answer):
    return re.findall(r'class="row-link" href="/jobs/(\d+)"', answer.content.decode())


def count_queries(client, address):
    client.get(address)  # what is read once for the process has been read
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


def test_api_lists_the_newest_first_page_by_page(api, alice, many):
    many(25)
    first = api(alice).get("/api/jobs")
    assert set(first.json()) == {"items", "next"}
    assert set(first.json()["items"][0]) == JOB_KEYS
    second = api(alice).get("/api/jobs", {"cursor": first.json()["next"]})
    assert (numbers(first), numbers(second)) == (list(range(25, 5, -1)), [5, 4, 3, 2, 1])
    assert second.json()["next"] is None


def test_api_loses_no_job_of_the_same_millisecond(api, alice, many):
    many(5)
    Job.objects.update(created_at=times.now())
    seen, cursor = [], ""
    while cursor is not None:
        answer = api(alice).get("/api/jobs", {"limit": 2, "cursor": cursor})
        seen += numbers(answer)
        cursor = answer.json()["next"]
    assert seen == [5, 4, 3, 2, 1]


def test_a_full_last_page_has_no_next(api, alice, many):
    many(3)
    assert api(alice).get("/api/jobs?limit=3").json()["next"] is None
    assert api(alice).get("/api/jobs?limit=2").json()["next"]


def test_api_of_nobodys_jobs_is_empty(api, charlie, job):
    assert api(charlie).get("/api/jobs").json() == {"items": [], "next": None}


def test_api_filters(api, alice, many, demo):
    many(3)
    Job.objects.filter(job_id=2).update(status="failed", voice_id="de_DE-other-low", title="Evening 100%")
    for query, expected in [
        ("status=failed", [2]),
        ("status=queued", [3, 1]),
        ("voice_id=de_DE-other-low", [2]),
        ("voice_id=nobody", []),
        ("q=EVENING", [2]),
        ("q=number 3", [3]),
        ("q=.*", []),
        ("q=0%25", [2]),
        ("q=_umber", []),
        ("status=queued&q=number 2", []),
        ("status=&voice_id=&q=", [3, 2, 1]),
        ("status=failed&voice_id=de_DE-other-low&q=number 2", [2]),
    ]:
        assert numbers(api(alice).get(f"/api/jobs?{query}")) == expected, query


@pytest.mark.parametrize("query", ["status=lost", "limit=0", "limit=101", "limit=many", f"q={'a' * 201}"])
def test_api_refuses_a_malformed_query(api, alice, query):
    answer = api(alice).get(f"/api/jobs?{query}")
    assert (answer.status_code, set(answer.json())) == (422, {"detail", "code", "errors"})
    assert answer.json()["errors"][0]["loc"][-1] == query.partition("=")[0]


@pytest.mark.parametrize("cursor", BAD_CURSORS)
def test_api_refuses_a_malformed_cursor(api, alice, job, cursor):
    answer = api(alice).get("/api/jobs", {"cursor": cursor})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"][-1] == "cursor"


def test_api_cuts_long_texts(api, alice, demo):
    actions.start_job(by=alice, text="é" * 201)
    [job] = api(alice).get("/api/jobs").json()["items"]
    assert (job["text"], job["characters"]) == ("é" * 200, 201)


def test_api_needs_a_credential(client, job):
    assert client.get("/api/jobs").status_code == 401


def test_api_hides_other_peoples_jobs(api, bob, charlie, job):
    for user in (bob, charlie):
        assert numbers(api(user).get("/api/jobs")) == []


def test_api_asks_two_questions_for_one_job_and_for_thirty(api, alice, many):
    many(1)
    one = count_queries(api(alice), "/api/jobs?limit=100")
    many(29)
    assert (one, count_queries(api(alice), "/api/jobs?limit=100")) == (2, 2)


def test_page_asks_the_same_questions_for_one_job_and_for_thirty(page, alice, many):
    many(1)
    one = count_queries(page(alice), "/jobs")
    many(29)
    assert (one, count_queries(page(alice), "/jobs")) == (10, 10)


def test_page_shows_rows_with_their_states(page, alice, charlie, many):
    many(5)
    for number, status in enumerate(("queued", "processing", "completed", "failed", "cancelled"), start=1):
        Job.objects.filter(job_id=number).update(status=status, error="It broke." if status == "failed" else "")
    answer = page(alice).get("/jobs")
    assert rows(answer) == ["5", "4", "3", "2", "1"]
    for words in ("waiting", "making it", "ready", "failed", "cancelled", "It broke.", "Demo (low)", "Number 1."):
        assert words in answer.content.decode()
    assert rows(page(charlie).get("/jobs")) == []


def test_page_escapes_titles(page, alice, demo):
    actions.start_job(by=alice, text="Hello.", title="<script>alert(1)</script>")
    body = page(alice).get("/jobs").content
    assert b"<script>alert" not in body
    assert b"&lt;script&gt;alert" in body


def test_page_without_jobs_says_what_will_be_here(page, alice):
    body = page(alice).get("/jobs").content
    assert b"Your jobs will be here" in body
    assert b'role="search"' not in body


def test_page_filters_and_keeps_the_filter_in_the_form(page, alice, many):
    many(3)
    Job.objects.filter(job_id=2).update(status="failed")
    answer = page(alice).get("/jobs?status=failed&q=Number")
    assert rows(answer) == ["2"]
    assert b'<option value="failed" selected>' in answer.content
    assert b'name="q" value="Number"' in answer.content
    assert rows(page(alice).get("/jobs?q=%20%20")) == ["3", "2", "1"]
    assert b"Nothing fits" in page(alice).get("/jobs?q=zebra").content


@pytest.mark.parametrize("query", ["status=lost", f"q={'a' * 5000}"])
def test_page_with_a_filter_that_does_not_exist_shows_that_nothing_fits(page, alice, job, query):
    answer = page(alice).get(f"/jobs?{query}")
    assert (answer.status_code, rows(answer)) == (200, [])


@pytest.mark.parametrize("query", ["q=%00", "q=a%00b", "voice_id=%00", "status=%00"])
def test_a_nul_in_a_filter_breaks_nothing(page, api, alice, job, query):
    assert page(alice).get(f"/jobs?{query}").status_code in (200, 422)
    assert api(alice).get(f"/api/jobs?{query}").status_code in (200, 422)


def test_page_shows_more(page, alice, many):
    many(25)
    first = page(alice).get("/jobs?q=Number")
    link = re.search(r'href="(/jobs[^"]*)" hx-get="([^"]*)"', first.content.decode())
    assert link[1] == link[2]
    assert len(rows(first)) == 20
    address = link[1].replace("&amp;", "&")
    assert "q=Number" in address
    assert rows(page(alice).get(address)) == ["5", "4", "3", "2", "1"]


def test_page_gives_htmx_the_rows_alone(page, alice, many):
    many(2)
    answer = page(alice).get("/jobs", headers={"hx-request": "true"})
    assert rows(answer) == ["2", "1"]
    assert answer.content.decode().strip().startswith("<tr")
    assert b"<table" not in answer.content


@pytest.mark.parametrize("cursor", BAD_CURSORS)
def test_page_refuses_a_malformed_cursor_with_a_sentence(page, alice, job, cursor):
    answer = page(alice).get("/jobs", {"cursor": cursor})
    assert answer.status_code == 422
    assert b"The cursor is not one this list gave." in answer.content


def test_a_cursor_of_a_deleted_job_still_works(api, alice, many):
    many(3)
    cursor = api(alice).get("/api/jobs?limit=2").json()["next"]
    Job.objects.filter(job_id=2).delete()
    assert numbers(api(alice).get("/api/jobs", {"cursor": cursor})) == [1]


def test_page_needs_sign_in_and_takes_get_only(client, page, alice):
    assert client.get("/jobs").url == "/login?next=/jobs"
    assert page(alice).post("/jobs").status_code == 405


def test_a_list_does_not_read_the_texts(job):
    assert Job.objects.in_list().get().get_deferred_fields() == {"text", "sentences"}
