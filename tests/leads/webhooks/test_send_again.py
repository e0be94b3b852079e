"""A delivery is sent again, and a test is sent, by hand; the page shows what came of each."""

import json

import pytest

from config.errors import Conflict
from config.ids import new_id
from leads.actions import webhook_posts, webhooks
from leads.models import WebhookPost
from tests.leads.leads import make_lead
from tests.leads.webhooks.deliveries import fresh, in_redis, later, log, make_webhook, receiver, states, webhook, work

__all__ = ["later", "receiver", "webhook"]


def again(page, by, webhook, post):
    return page(by).post(f"/webhooks/{webhook.pk}/deliveries/{post.pk}/again", follow=True)


def test_a_delivered_one_goes_once_more(redis, page, alice, webhook, receiver):
    make_lead(alice)
    work()
    (post,) = log(webhook)
    assert "It is on its way again." in again(page, alice, webhook, post).content.decode()
    assert in_redis()[-1:] == [post.pk]
    assert "on its way just now" in again(page, alice, webhook, post).content.decode()
    work()
    first, second = receiver.seen
    assert first.body == second.body
    assert first.headers["x-echodesk-delivery"] == second.headers["x-echodesk-delivery"]
    assert (states(webhook), log(webhook)[0].tries) == (["delivered"], 1)


def test_one_that_waits_for_its_next_try_goes_now_and_first(alice, webhook, receiver, later):
    for number in range(3):
        make_lead(alice, email=f"{number}@acme.example")
    receiver.next.append(500)
    work()
    assert fresh(webhook).is_resting
    webhook_posts.send_again(by=alice, post=log(webhook)[0])
    work()
    emails = [json.loads(seen.body)["data"]["email"] for seen in receiver.seen]
    assert emails == [f"{number}@acme.example" for number in (0, 0, 1, 2)]
    assert states(webhook) == ["delivered"] * 3


def test_one_that_fails_again_loses_its_place(alice, webhook, receiver):
    make_lead(alice)
    receiver.next.extend([500, 500])
    work()
    webhook_posts.send_again(by=alice, post=log(webhook)[0])
    work()
    (post,) = log(webhook)
    assert (post.state, post.tries, post.is_asked_for) == ("due", 1, False)
    assert fresh(webhook).failures == 2


def test_what_cannot_be_sent_again(page, alice, charlie, webhook, receiver):
    make_lead(alice)
    work()
    (post,) = log(webhook)
    webhooks.pause(by=alice, webhook=webhook)
    with pytest.raises(Conflict, match="switched off"):
        webhook_posts.send_again(by=alice, post=WebhookPost.objects.select_related("webhook").get())
    stranger = make_webhook(charlie)
    assert again(page, charlie, stranger, post).status_code == 404
    assert page(alice).post(f"/webhooks/{webhook.pk}/deliveries/{new_id()}/again").status_code == 404
    assert len(receiver.seen) == 1


def test_a_test_that_arrives_and_one_that_does_not(page, alice, webhook, receiver):
    webhooks.pause(by=alice, webhook=webhook)
    answer = page(alice).post(f"/webhooks/{webhook.pk}/test", follow=True)
    assert "A test is on its way." in answer.content.decode()
    assert 'hx-trigger="every 2s"' in answer.content.decode()
    work()
    (seen,) = receiver.seen
    body = json.loads(seen.body)
    assert (seen.headers["x-echodesk-event"], body["event"]) == ("webhook.test", "webhook.test")
    assert (body["by"], body["data"]) == (alice.pk, {"message": "This is a test of your webhook."})
    receiver.next.append(500)
    page(alice).post(f"/webhooks/{webhook.pk}/test")
    work()
    assert states(webhook) == ["delivered", "failed"]
    assert (fresh(webhook).failures, fresh(webhook).is_on) == (0, False)
    html = page(alice).get(f"/webhooks/{webhook.pk}").content.decode()
    assert "127.0.0.1 answered with the status 500." in html
    assert "every 2s" not in html


def test_the_log_is_paged_by_key(page, alice, webhook, receiver):
    for number in range(22):
        make_lead(alice, email=f"{number}@acme.example")
    receiver.next.append(500)
    work()
    first = page(alice).get(f"/webhooks/{webhook.pk}")
    newest = log(webhook)[::-1]
    assert [post.pk for post in first.context["posts"]] == [post.pk for post in newest[:20]]
    door = f"/webhooks/{webhook.pk}?cursor={first.context['next']}"
    html = page(alice).get(door, headers={"HX-Request": "true"}).content.decode()
    assert html.count('<tr class="post">') == 2
    assert "<html" not in html
    assert "127.0.0.1 answered with the status 500. Next try <time" in html
    assert "Send now" in html
    assert page(alice).get(door).content.decode().count('<tr class="post">') == 2
    assert page(alice).get(f"/webhooks/{webhook.pk}?cursor=x").status_code == 422
    html = page(alice).get(f"/webhooks/{webhook.pk}", headers={"HX-Request": "true"}).content.decode()
    assert html.strip().startswith('<tbody id="newest"')


def test_the_admin_tells_without_addresses_and_bodies(page, alice, bob, webhook, receiver):
    make_lead(alice)
    work()
    post = log(webhook)[0]
    doors = (f"webhook/{webhook.pk}/change/", "webhook/", "webhookpost/", f"webhookpost/{post.pk}/change/")
    for door in doors:
        html = page(bob).get(f"/admin/leads/{door}").content.decode()
        assert "127.0.0.1" in html
        assert "key=a" not in html
        assert "ann@acme.example" not in html
        assert webhook.sealed_secret not in html
