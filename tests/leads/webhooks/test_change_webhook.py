"""A webhook is changed, paused, switched on, given a new secret, deleted: by its team's administrators."""

import datetime as dt

import pytest

from accounts.actions import deletion
from accounts.models import AuditEntry
from config import hooks, posts, times
from config.errors import Conflict, Forbidden, NotFound
from leads.actions import webhook_posts, webhooks
from leads.models import Webhook, WebhookPost
from tests.accounts.conftest import join_team_of
from tests.conftest import PASSWORD
from tests.leads.leads import make_lead
from tests.leads.webhooks.deliveries import ALL, URL, fresh, later, log, make_webhook, receiver, states, webhook, work

__all__ = ["later", "receiver", "webhook"]


def test_change(page, alice, webhook, receiver):
    make_lead(alice)
    Webhook.objects.update(failures=3, failing_since=times.now(), rests_until=times.now())
    form = {"url": f"{receiver.url}&more=1", "events": ["lead.updated"]}
    assert page(alice).post(f"/webhooks/{webhook.pk}/change", form).status_code == 302
    row = fresh(webhook)
    assert (row.url, row.events, row.failures, row.rests_until) == (form["url"], ["lead.updated"], 0, None)
    make_lead(alice, email="bo@acme.example")
    work()
    assert [seen.path for seen in receiver.seen] == ["/done?key=a%20b&more=1"]  # what waited goes to the new address
    html = page(alice).post(f"/webhooks/{webhook.pk}/change", {"url": "x", "events": ALL}).content.decode()
    assert "Write an address that begins with https:// or http://." in html


def test_a_paused_one_is_told_nothing_but_keeps_what_waits(page, alice, webhook, receiver):
    ann = make_lead(alice)
    page(alice).post(f"/webhooks/{webhook.pk}/switch", {})
    assert (fresh(webhook).is_on, states(webhook)) == (False, ["resting"])
    make_lead(alice, email="bo@acme.example")
    work()
    assert "waits" in page(alice).get(f"/webhooks/{webhook.pk}").content.decode()
    assert receiver.seen == []
    page(alice).post(f"/webhooks/{webhook.pk}/switch", {"is_on": "on"})
    work()
    (post,) = log(webhook)
    assert (post.about, post.state, len(receiver.seen)) == (ann.pk, "delivered", 1)
    events = AuditEntry.objects.filter(event="webhook_changed").order_by("pk").values_list("words", flat=True)
    assert list(events) == ["127.0.0.1: paused", "127.0.0.1: switched on"]


def test_one_that_is_paused_when_its_turn_comes(alice, webhook, receiver):
    make_lead(alice)
    webhook_posts.sweep()
    webhooks.pause(by=alice, webhook=webhook)
    assert states(webhook) == ["sending"]
    work()
    assert (states(webhook), receiver.seen) == (["resting"], [])


def test_one_that_is_switched_on_when_its_turn_comes(alice, webhook, receiver):
    make_lead(alice)
    webhook_posts.sweep()
    webhooks.pause(by=alice, webhook=webhook)
    post = WebhookPost.objects.select_related("webhook").get()
    webhooks.resume(by=alice, webhook=fresh(webhook))
    webhook_posts.deliver(post=post)  # read while it was paused
    work()
    assert (states(webhook), len(receiver.seen)) == (["delivered"], 1)


def test_a_try_that_was_begun_before_a_change_says_nothing_of_the_new_address(alice, webhook, receiver, monkeypatch):
    make_lead(alice)
    Webhook.objects.update(failures=20, failing_since=times.now() - dt.timedelta(days=4))
    attempt = posts.attempt

    def changed_meanwhile(*args, **kwargs):
        webhooks.change(by=alice, webhook=fresh(webhook), url=f"{receiver.url}&new=1", events=ALL)
        return attempt(*args, **kwargs)

    monkeypatch.setattr(posts, "attempt", changed_meanwhile)
    receiver.next.append(410)
    work()
    row = fresh(webhook)
    assert (row.is_on, row.problem, row.failures, row.rests_until) == (True, "", 0, None)


def test_a_new_secret_signs_from_then_on(page, alice, webhook):
    html = page(alice).post(f"/webhooks/{webhook.pk}/secret").content.decode()
    row = fresh(webhook)
    assert row.secret != webhook.secret
    assert row.secret in html
    assert row.secret not in page(alice).get(f"/webhooks/{webhook.pk}").content.decode()


def test_delete(api, page, alice, webhook, receiver):
    make_lead(alice)
    answer = api(alice).delete(f"/api/webhooks/{webhook.pk}")
    assert (answer.status_code, answer.content) == (204, b"")
    assert api(alice).delete(f"/api/webhooks/{webhook.pk}").status_code == 404
    assert api(alice).delete("/api/webhooks/nothing").status_code == 404
    assert api(alice).get("/api/webhooks").json()["items"] == []
    row = fresh(webhook)
    assert (row.url, row.sealed_secret) == ("", "")
    make_lead(alice, email="bo@acme.example")
    work()
    webhooks.delete_gone()
    assert (receiver.seen, Webhook.objects.exists(), WebhookPost.objects.exists()) == ([], False, False)
    for do in (webhooks.pause, webhooks.resume, webhooks.delete, webhooks.renew_secret):
        with pytest.raises(NotFound):
            do(by=alice, webhook=webhook)


def test_the_page_asks_before_it_deletes(page, alice):
    webhook = make_webhook(alice)
    assert (
        "what has not been delivered yet never is" in page(alice).get(f"/webhooks/{webhook.pk}/delete").content.decode()
    )
    answer = page(alice).post(f"/webhooks/{webhook.pk}/delete", follow=True)
    assert "The webhook to 8.8.8.8 is deleted." in answer.content.decode()
    assert AuditEntry.objects.filter(event="webhook_deleted", words="8.8.8.8").exists()


def test_members_see_and_change_nothing(api, page, alice, charlie):
    webhook, mate = make_webhook(alice), join_team_of(alice, "mate")
    html = page(mate).get(f"/webhooks/{webhook.pk}").content.decode()
    assert URL in html
    for words in ("Pause", "Send a test", "Make a new one", "Delete this webhook"):
        assert words not in html
    assert "New webhook" not in page(mate).get("/webhooks").content.decode()
    assert api(mate).delete(f"/api/webhooks/{webhook.pk}").status_code == 403
    assert api(charlie).delete(f"/api/webhooks/{webhook.pk}").status_code == 404
    assert api(charlie).get("/api/webhooks").json()["items"] == []
    with pytest.raises(Forbidden):
        webhook_posts.send_test(by=mate, webhook=webhook)
    assert fresh(webhook).is_on


def test_the_last_account_of_a_team_takes_its_webhooks_along(alice, webhook, receiver):
    make_lead(alice)
    deletion.close_account(by=alice, password=PASSWORD)
    work()
    assert (receiver.seen, fresh(webhook).sealed_secret) == ([], "")
    for entry in reversed(list(hooks.owned_data)):
        if entry.model in (Webhook, WebhookPost):
            entry.delete(alice.team)
    assert not Webhook.objects.exists()
    assert not WebhookPost.objects.exists()


def test_a_team_with_a_webhook_has_something_on_its_desk(alice):
    assert not any(holds(alice.team) for holds in hooks.team_holds)
    make_webhook(alice)
    assert any(holds(alice.team) for holds in hooks.team_holds)


def test_too_many_tests_at_once(alice, webhook):
    for _ in range(webhook_posts.WAITING_TESTS_MAX):
        webhook_posts.send_test(by=alice, webhook=webhook)
    with pytest.raises(Conflict, match="on their way already"):
        webhook_posts.send_test(by=alice, webhook=webhook)
