"""What was told is delivered: signed, in order, tried again, and no dead receiver holds anybody up."""

import datetime as dt
import hashlib
import hmac
import json
import logging
import socket
import time

from config import addresses, posts, times
from leads import tasks
from leads.actions import webhook_posts, webhooks
from leads.models import WEBHOOK_PAUSES, WebhookPost
from tests.leads.leads import make_lead
from tests.leads.webhooks.deliveries import (
    SECRET,
    fresh,
    in_redis,
    later,
    log,
    make_webhook,
    receiver,
    states,
    webhook,
    work,
)

__all__ = ["later", "receiver", "webhook"]
MISBEHAVIOUR = {
    500: (500, "127.0.0.1 answered with the status 500."),
    "http://127.0.0.1:1/elsewhere": (302, "127.0.0.1 answered with the status 302."),
    "garbage": (None, "127.0.0.1 did not answer in HTTP."),
    "hang": (None, "127.0.0.1 did not answer in time."),
    "drip": (None, "127.0.0.1 did not answer in time."),
}


def make_leads(by, count, start=0):
    return [make_lead(by, email=f"{number}@acme.example") for number in range(start, start + count)]


def told_of(receiver):
    return [json.loads(seen.body)["data"]["email"] for seen in receiver.seen]


def test_it_is_signed(alice, webhook, receiver, caplog):
    caplog.set_level(logging.DEBUG)
    make_lead(alice)
    work()
    (seen,), (post,) = receiver.seen, log(webhook)
    headers = {name: seen.headers[f"x-echodesk-{name}"] for name in ("event", "delivery")}
    assert (headers, seen.headers["content-type"]) == (
        {"event": "lead.created", "delivery": post.pk},
        "application/json",
    )
    sent, digest = (part.partition("=")[2] for part in seen.headers["x-echodesk-signature"].split(","))
    assert digest == hmac.new(SECRET.encode(), f"{sent}.".encode() + seen.body, hashlib.sha256).hexdigest()
    assert abs(time.time() - int(sent)) < 60
    assert seen.body.decode() == post.body
    assert json.loads(seen.body)["id"] == post.pk
    assert (post.state, post.tries, post.answer, post.error, post.due_at) == ("delivered", 1, 204, "", None)
    row = fresh(webhook)
    assert (row.state, row.delivered_at) == ("working", row.delivered_at)
    assert row.delivered_at >= post.created_at
    assert SECRET not in caplog.text


def test_in_order_of_time_and_one_at_a_time(redis, alice, charlie, webhook, receiver):
    theirs = make_webhook(charlie, url=receiver.url)
    make_leads(alice, 3)
    make_lead(charlie, email="c@acme.example")
    webhook_posts.sweep()
    webhook_posts.sweep()
    assert in_redis() == [log(webhook)[0].pk, log(theirs)[0].pk]
    assert states(webhook) == ["sending", "due", "due"]
    work()
    assert [email for email in told_of(receiver) if email != "c@acme.example"] == [
        f"{n}@acme.example" for n in range(3)
    ]
    assert states(theirs) == ["delivered"]


def test_bad_receivers(alice, webhook, receiver, later, monkeypatch):
    monkeypatch.setattr(webhook_posts, "SECONDS", 0.2)
    for number, (kind, expected) in enumerate(MISBEHAVIOUR.items()):
        make_leads(alice, 1, number)
        receiver.next.append(kind)
        work()
        post = log(webhook)[-1]
        assert (post.state, post.tries, (post.answer, post.error)) == ("due", 1, expected), kind
        WebhookPost.objects.update(state="failed")
        later(webhook_posts.REST_MAX.total_seconds())
    assert {seen.path for seen in receiver.seen} == {"/done?key=a%20b"}  # no redirect is followed
    assert fresh(webhook).failures == len(MISBEHAVIOUR)


def test_an_address_that_is_private_at_the_second_look_up(alice, receiver, settings, monkeypatch):
    answers = iter(["8.8.8.8", "127.0.0.1"])
    found = lambda host, port, **_: [(socket.AF_INET, socket.SOCK_STREAM, 6, "", (next(answers), port))]  # noqa: E731
    monkeypatch.setattr(addresses.socket, "getaddrinfo", found)
    settings.CALLBACK_ALLOW_PRIVATE = False
    webhook = make_webhook(alice, url=receiver.url.replace("127.0.0.1", "rebound.example"))
    make_lead(alice)
    work()
    (post,) = log(webhook)
    words = "rebound.example is in a private network. Name a host that everybody can reach."
    assert (receiver.seen, post.state, post.error) == ([], "due", words)


def test_tries_over_hours(alice, webhook, receiver, later):
    make_lead(alice)
    receiver.next.extend([500] * 20)
    work()
    for tries, pause in enumerate(WEBHOOK_PAUSES, 1):
        assert (log(webhook)[0].tries, log(webhook)[0].state) == (tries, "due")
        later(pause.total_seconds() - 1)
        work()
        assert len(receiver.seen) == tries
        later(webhook_posts.REST_MAX.total_seconds())
        work()
    later(86_400)
    work()
    (post,) = log(webhook)
    assert (post.state, post.tries, post.due_at, len(receiver.seen)) == ("failed", 8, None, 8)
    assert len({(seen.body, seen.headers["x-echodesk-delivery"]) for seen in receiver.seen}) == 1
    assert (fresh(webhook).is_on, fresh(webhook).state) == (True, "failing")
    assert sum(WEBHOOK_PAUSES, dt.timedelta()) > dt.timedelta(hours=12)


def test_a_dead_receiver_rests_and_holds_nobody_up(redis, alice, receiver, later):
    with socket.create_server(("127.0.0.1", 0)) as server:
        dead = make_webhook(alice, url=f"http://127.0.0.1:{server.getsockname()[1]}/")
    well = make_webhook(alice, url=receiver.url)
    make_leads(alice, 3)
    work()
    assert (states(well), states(dead)) == (["delivered"] * 3, ["due"] * 3)
    assert [post.tries for post in log(dead)] == [1, 0, 0]
    rests = []
    for _ in range(12):
        later((fresh(dead).rests_until - times.now()).total_seconds() + 0.01)
        before = sum(post.tries for post in log(dead))
        work()
        assert sum(post.tries for post in log(dead)) == before + 1
        rests.append((fresh(dead).rests_until - times.now()).total_seconds())
    assert rests[0] > 15
    assert rests[-1] > 890
    make_leads(alice, 1, 3)
    work()
    assert states(well) == ["delivered"] * 4


def test_after_an_outage_what_waits_goes_at_once_and_in_order(alice, webhook, receiver, later):
    make_leads(alice, 2)
    receiver.next.extend([503] * 3)
    work()
    for _ in range(2):
        later((fresh(webhook).rests_until - times.now()).total_seconds() + 0.01)
        work()
    assert (fresh(webhook).failures, len(receiver.seen)) == (3, 3)
    later(60)
    make_leads(alice, 1, 2)
    work()
    assert states(webhook) == ["delivered"] * 3
    assert (fresh(webhook).failures, fresh(webhook).failing_since) == (0, None)
    assert told_of(receiver)[3:] == [f"{number}@acme.example" for number in (1, 0, 2)]  # 1 had its turn


def test_gone_ends_it(alice, webhook, receiver, later):
    make_leads(alice, 2)
    receiver.next.append(410)
    work()
    later(3_600)
    work()
    row = fresh(webhook)
    assert (states(webhook), len(receiver.seen)) == (["failed", "resting"], 1)
    assert (row.state, row.problem) == ("switched-off", webhook_posts.GONE)
    webhooks.resume(by=alice, webhook=row)
    work()
    assert (states(webhook), fresh(webhook).state) == (["failed", "delivered"], "working")


def test_one_that_fails_for_days_is_switched_off(page, alice, webhook, receiver, later):
    make_lead(alice)
    receiver.next.extend([500] * 50)
    for day in range(5):
        for hours in (0, 1, 23):
            work()
            later(hours * 3_600)
        make_leads(alice, 1, day)
        assert fresh(webhook).is_on == (day < 3)
    row, seen = fresh(webhook), len(receiver.seen)
    words = "Nothing could be delivered for 3 days. The last try: 127.0.0.1 answered with the status 500."
    assert (row.problem, set(states(webhook)) <= {"failed", "resting"}) == (words, True)
    html = page(alice).get(f"/webhooks/{webhook.pk}").content.decode()
    assert words in html
    assert "switched off" in page(alice).get("/webhooks").content.decode()
    later(86_400)
    work()
    assert len(receiver.seen) == seen


def test_a_poisoned_one_does_not_hold_the_others_up(alice, webhook, receiver, later):
    make_leads(alice, 3)
    receiver.next.append(500)
    work()
    later(11)
    work()
    assert states(webhook) == ["delivered"] * 3
    assert told_of(receiver) == ["0@acme.example", "1@acme.example", "2@acme.example", "0@acme.example"]


def test_what_a_crash_leaves(redis, alice, webhook, receiver, later):
    make_lead(alice)
    webhook_posts.sweep()
    post = log(webhook)[0]
    assert posts.begin(post)
    redis_queue = posts.queue.queue_of(posts.QUEUE)
    redis_queue.empty()
    tasks.post_webhook(post.pk)
    assert (receiver.seen, in_redis()) == ([], [])  # its worker may still be at it
    later(36)
    webhook_posts.sweep()
    assert in_redis() == [post.pk]
    tasks.post_webhook(post.pk)
    tasks.post_webhook(post.pk)
    tasks.post_webhook("f" * 24)
    assert (states(webhook), len(receiver.seen)) == (["delivered"], 1)


def test_a_secret_that_cannot_be_read(alice, webhook, receiver, settings):
    make_lead(alice)
    settings.SECRET_KEY = "another key of more than thirty-two characters"
    work()
    assert (receiver.seen, fresh(webhook).problem, states(webhook)) == ([], webhooks.NO_SECRET, ["due"])


def test_old_ones_go(alice, webhook):
    make_leads(alice, 4)
    days = {"delivered": 8, "failed": 8, "resting": 31, "due": 0}
    for post, (state, age) in zip(log(webhook), days.items(), strict=True):
        created_at = times.now() - dt.timedelta(days=age)
        WebhookPost.objects.filter(pk=post.pk).update(state=state, created_at=created_at)
    webhook_posts.purge()
    assert sorted(states(webhook)) == ["due", "failed"]
