"""What happens on the desk becomes a row for each webhook that is told of it, in the shapes of the API."""

import json

import pytest

from config import hooks, times
from config.leases import Lease
from jobs import actions as jobs
from jobs.models import Job
from leads import happenings, webhook_bodies
from leads.actions import leads, sessions, webhook_posts
from leads.models import Lead, WebhookPost
from tests.jobs.callbacks import end
from tests.leads.leads import make_lead
from tests.leads.talks import make_session
from tests.leads.webhooks.deliveries import make_webhook


def told():
    """What was told, oldest first, as it was read by the receiver."""
    return [json.loads(post.body) for post in WebhookPost.objects.order_by("created_at", "pk")]


def test_a_lead_as_the_api_shows_it(api, alice):
    webhook = make_webhook(alice)
    lead = make_lead(alice, metadata={"country": "NO", "words": "Grüße"}, tags=["phone"], session_id="call")
    leads.set_status(by=alice, lead=lead, status="qualified")
    leads.change_lead(by=alice, lead=lead, company="Gull")
    created, moved, changed = told()
    post = WebhookPost.objects.order_by("created_at", "pk").first()
    assert (post.webhook_id, post.event, post.about, post.state) == (webhook.pk, "lead.created", lead.pk, "due")
    assert created | {"data": None} == {
        "id": post.pk,
        "event": "lead.created",
        "created_at": times.iso(post.created_at),
        "by": alice.pk,
        "from_status": None,
        "data": None,
    }
    assert (created["data"]["status"], moved["from_status"], moved["data"]["status"]) == ("new", "new", "qualified")
    assert (changed["event"], changed["from_status"]) == ("lead.updated", None)
    assert changed["data"] == api(alice).get(f"/api/leads/{lead.pk}").json()


def test_a_conversation_without_its_items(api, alice):
    make_webhook(alice)
    sessions.start_session(by=alice, session_id="call", items=[{"type": "message"}], metadata={"mood": "fine"})
    assert told() == []
    sessions.change_session(by=alice, session_id="call", end_time=times.now())
    (body,) = told()
    (shown,) = api(alice).get("/api/sessions").json()["items"]
    assert (body["event"], body["data"]) == ("session.ended", shown)
    assert "items" not in body["data"]


def test_metadata_that_is_too_long_is_left_out(alice):
    session = make_session(alice, metadata={"words": "a" * webhook_bodies.METADATA_MAX_BYTES}, end_time=times.now())
    assert webhook_bodies.of_session(session)["metadata"] is None


def test_each_end_of_a_job_is_told_once(api, alice, demo, caplog):
    make_webhook(alice)
    job = jobs.start_job(by=alice, text="Ropes creak. " * 30)
    jobs.run_job(job=job)
    jobs.run_job(job=Job.objects.get())  # a task that runs twice
    (body,) = told()
    (shown,) = api(alice).get("/api/jobs").json()["items"]
    assert (body["event"], body["by"], body["data"]) == ("job.completed", None, shown)
    assert len(body["data"]["text"]) == 200
    failed = jobs.start_job(by=alice, text="Ropes creak.")
    end(failed, error="No luck.")
    jobs.retry_job(by=alice, job=failed)
    jobs.cancel_job(by=alice, job=failed)
    lost = jobs.start_job(by=alice, text="Ropes creak.")
    Lease.claim(lost)
    Job.objects.filter(pk=lost.pk).update(heartbeat_at=lost.created_at - times.dt.timedelta(minutes=1), attempts=3)
    jobs.requeue_lost()
    jobs.requeue_lost()
    ends = [(body["event"], body["data"]["_id"], body["data"]["error"]) for body in told()[1:]]
    assert [(event, pk) for event, pk, _ in ends] == [("job.failed", failed.pk), ("job.failed", lost.pk)]
    assert ends[0][2] == "No luck."
    assert "a step failed" not in caplog.text


def test_of_each_webhook_what_it_wants(alice, charlie):
    made, mine, paused = (
        make_webhook(alice, events=[event]) for event in ("lead.created", "lead.updated", "job.failed")
    )
    both, theirs = make_webhook(alice), make_webhook(charlie)
    lead = make_lead(alice)
    leads.set_status(by=alice, lead=lead, status="closed")
    rows = [(post.webhook_id, post.event) for post in WebhookPost.objects.all()]
    both_rows = [(both.pk, "lead.created"), (both.pk, "lead.updated")]
    assert sorted(rows) == sorted([(made.pk, "lead.created"), (mine.pk, "lead.updated"), *both_rows])
    assert {paused.pk, theirs.pk}.isdisjoint(pk for pk, _ in rows)


def test_a_change_that_is_not_kept_tells_nothing(alice, monkeypatch):
    make_webhook(alice)

    def broken(news):
        raise RuntimeError("no luck")

    monkeypatch.setattr(happenings, "listeners", [*happenings.listeners, broken])
    with pytest.raises(RuntimeError):
        make_lead(alice)
    assert not Lead.objects.exists()
    assert not WebhookPost.objects.exists()


def test_it_listens():
    assert webhook_posts.note in list(happenings.listeners)
    assert webhook_posts.job_ended in list(hooks.job_ends)
    registered = {sweep.run: sweep.every for sweep in hooks.sweeps}
    assert registered[webhook_posts.sweep] <= 2
