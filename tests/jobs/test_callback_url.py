"""A callback is asked for when a job is started: by the action and the API."""

import pytest
from django.db import DatabaseError

from accounts.actions import deletion
from config import addresses, hooks
from config.errors import Unprocessable
from jobs import actions
from jobs.models import Callback, Job
from tests.conftest import PASSWORD

URL = "https://8.8.8.8/done?key=1"
BAD = [
    "x",
    "ftp://8.8.8.8/",
    "http://127.0.0.1/",
    "http://[::ffff:127.0.0.1]/",
    "http://2130706433/",
    "http://localhost/",
]


def post(client, **fields):
    headers = fields.pop("headers", {})
    return client.post("/api/jobs", {"text": "Ropes creak."} | fields, "application/json", headers=headers)


def test_a_row_is_kept_with_the_job(alice, demo):
    job = actions.start_job(by=alice, text="Ropes creak.", callback_url=URL)
    row = Callback.objects.get()
    assert (row.job_id, row.user_id, row.url, row.host, row.state) == (job.pk, alice.pk, URL, "8.8.8.8", "waiting")
    assert (row.tries, row.due_at, row.error) == (0, None, "")


def test_api(api, alice, demo):
    answer = post(api(alice), callback_url=URL)
    assert answer.status_code == 202
    assert "callback" not in str(answer.json())
    assert Callback.objects.get().job_id == answer.json()["_id"]


@pytest.mark.parametrize("nothing", [None, ""])
def test_without_an_address_there_is_no_row(api, alice, demo, nothing):
    assert post(api(alice), callback_url=nothing).status_code == 202
    assert not Callback.objects.exists()


@pytest.mark.parametrize("url", BAD, ids=lambda url: url.replace("[", "(").replace("]", ")"))
def test_a_bad_address_refuses_the_job(api, alice, demo, url):
    answer = post(api(alice), callback_url=url)
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "callback_url"])
    with pytest.raises(Unprocessable):
        actions.start_job(by=alice, text="Ropes creak.", callback_url=url)
    assert not Job.objects.exists()


@pytest.mark.parametrize("value", [5, [], {"url": URL}, "https://8.8.8.8/\0", "https://8.8.8.8/" + "a" * 2_000])
def test_a_malformed_address_is_422(api, alice, demo, value):
    assert post(api(alice), callback_url=value).status_code == 422
    assert not Job.objects.exists()


def test_private_addresses_where_they_are_allowed(api, alice, demo, settings):
    settings.CALLBACK_ALLOW_PRIVATE = True
    assert post(api(alice), callback_url="http://127.0.0.1:9/").status_code == 202


def test_the_same_request_twice_asks_once(api, alice, demo):
    for _ in range(2):
        assert post(api(alice), callback_url=URL, headers={"idempotency-key": "one"}).status_code == 202
    assert (Job.objects.count(), Callback.objects.count()) == (1, 1)


def test_a_batch_keeps_each_entrys_own(alice, demo):
    entries = [
        {"text": "Ropes creak."},
        {"text": "A gull.", "callback_url": URL},
        {"text": "Fog.", "callback_url": URL},
    ]
    jobs = actions.start_jobs(by=alice, entries=entries)
    assert {row.job_id for row in Callback.objects.all()} == {job.pk for job in jobs[1:]}


def test_a_batch_looks_names_up_for_as_long_as_one_job(alice, demo, monkeypatch):
    given = []
    monkeypatch.setattr(addresses, "look_up", lambda host, port, seconds: given.append((host, seconds)) or ["8.8.8.8"])
    entries = [{"text": "Fog.", "callback_url": f"https://{name}.example/"} for name in ("a", "b", "a")]
    actions.start_jobs(by=alice, entries=entries)
    assert [host for host, _ in given] == ["a.example", "b.example"]
    assert addresses.LOOKUP_SECONDS >= given[0][1] > given[1][1]


def test_a_job_that_cannot_be_saved_leaves_no_row(alice, demo, monkeypatch):
    def broken(*arguments, **options):
        raise DatabaseError("no luck")

    monkeypatch.setattr(Job.objects, "bulk_create", broken)
    with pytest.raises(DatabaseError):
        actions.start_job(by=alice, text="Ropes creak.", callback_url=URL)
    assert not Callback.objects.exists()


def test_it_goes_with_its_job(api, alice, demo):
    job_id = post(api(alice), callback_url=URL).json()["_id"]
    assert api(alice).delete(f"/api/jobs/{job_id}").status_code == 204
    assert not Callback.objects.exists()


def test_it_goes_at_once_with_a_closed_account(api, alice, bob, demo):
    post(api(alice), callback_url=URL)
    deletion.close_account(by=alice, password=PASSWORD)
    assert not Callback.objects.exists()


def test_a_download_tells_of_it():
    (entry,) = (entry for entry in hooks.owned_data if entry.model is Callback)
    assert {"url", "state", "error", "delivered_at"} <= set(entry.columns)
