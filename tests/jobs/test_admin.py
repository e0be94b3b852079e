import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from jobs import actions
from jobs.models import Callback, Counter, Job, TempAudio
from tests.conftest import make_user

NAMES = ("ada", "ben", "cleo", "dora", "emil", "fay", "gus", "hope", "ida", "jim", "kay", "leo")
LISTS = {
    "job": (Job, "Ropes"),
    "callback": (Callback, "8.8.8.8"),
    "counter": (Counter, "jobs"),
    "tempaudio": (TempAudio, "temp/"),
}


@pytest.fixture
def many(demo):
    """Makes finished jobs, each of an account of its own."""

    def make(start, stop):
        for number in range(start, stop):
            user = make_user(NAMES[number])
            job = actions.start_job(by=user, text="Ropes creak.", callback_url="https://8.8.8.8/")
            path = f"temp/{number}.wav"
            TempAudio.objects.create(user=user, path=path, content_type="audio/wav", size_bytes=1)
            Counter.objects.create(name=f"counter {number}", value=job.job_id)

    return make


def count_queries(client, address):
    with CaptureQueriesContext(connection) as queries:
        assert client.get(address).status_code == 200
    return len(queries)


@pytest.mark.parametrize("name", LISTS)
def test_a_list_asks_the_same_questions_for_two_rows_and_for_twelve(page, bob, many, name):
    client, address = page(bob), f"/admin/jobs/{name}/"
    many(0, 2)
    client.get(address)
    few = count_queries(client, address)
    many(2, 12)
    assert (count_queries(client, address), few < 15) == (few, True)
    assert client.get(address).content.decode().count('<th class="field-') >= 12


@pytest.mark.parametrize(
    ("name", "q", "found"),
    [
        ("job", "3", 1),
        ("job", "creak", 5),
        ("job", "CLEO@", 1),
        ("job", "nothing", 0),
        ("job", "9" * 30, 0),
        ("job", "%", 0),
        ("tempaudio", "temp/4.wav", 1),
        ("tempaudio", "ben@example.com", 1),
        ("tempaudio", "nothing", 0),
    ],
)
def test_a_search_finds_its_rows(page, bob, many, name, q, found):
    many(0, 5)
    answer = page(bob).get(f"/admin/jobs/{name}/", {"q": q})
    assert (answer.status_code, answer.context["cl"].result_count) == (200, found)


@pytest.mark.parametrize("query", ["status__exact=failed", "format__exact=wav", "o=-1", "p=2", "e=1"])
def test_filters_and_orders_open(page, bob, many, query):
    many(0, 2)
    assert page(bob).get(f"/admin/jobs/job/?{query}", follow=True).status_code == 200


@pytest.mark.parametrize("name", LISTS)
def test_a_row_opens_and_cant_be_changed(page, bob, finished, name):
    Callback.objects.create(job=finished, user=finished.user, url="https://8.8.8.8/", host="8.8.8.8")
    row = LISTS[name][0].objects.get()
    address = f"/admin/jobs/{name}/{row.pk}/change/"
    answer = page(bob).get(address)
    assert (answer.status_code, b'name="_save"' in answer.content) == (200, False)
    assert page(bob).post(address, {"status": "queued"}).status_code == 403
    for door in (f"{row.pk}/delete/", "add/"):
        assert page(bob).get(f"/admin/jobs/{name}/{door}").status_code == 403


def test_cancelling_a_finished_job_says_so(page, bob, finished):
    data = {"action": "cancel_jobs", "_selected_action": [finished.pk]}
    answer = page(bob).post("/admin/jobs/job/", data, follow=True)
    assert b"Job 1: This job has already finished." in answer.content


@pytest.mark.parametrize("name", LISTS)
def test_the_lists_are_for_staff(client, page, alice, name):
    assert client.get(f"/admin/jobs/{name}/").url.startswith("/login")
    assert page(alice).get(f"/admin/jobs/{name}/", follow=True).status_code == 403


@pytest.mark.parametrize("name", LISTS)
def test_a_list_has_a_title(page, bob, name):
    answer = page(bob).get(f"/admin/jobs/{name}/")
    assert re.search(r"<title>Select .+ · Echodesk</title>", answer.text)
