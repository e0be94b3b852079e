"""A webhook is made: by the action, the API and the page. Its secret is shown once."""

import json
import logging

import pytest

from accounts.models import AuditEntry, Scope
from config import sealed
from config.errors import Conflict, Forbidden, Unprocessable
from leads.actions import webhooks
from leads.models import WEBHOOKS_MAX, Webhook
from tests.accounts.conftest import join_team_of
from tests.leads.webhooks.deliveries import ALL, SECRET, URL, make_webhook

BAD_URLS = (
    "",
    "x",
    "ftp://8.8.8.8/",
    "http://127.0.0.1/",
    "http://[::1]/",
    "http://localhost/",
    "https://a:b@8.8.8.8/",
)


def post(client, **fields):
    return client.post("/api/webhooks", {"url": URL, "events": ["lead.created"]} | fields, "application/json")


def test_its_secret_is_sealed_and_told_once(alice):
    webhook, secret = webhooks.make(by=alice, url=f" {URL} ", events=["job.failed", "lead.created", "job.failed"])
    assert secret.startswith("whsec_")
    assert len(secret) > 40
    assert (webhook.url, webhook.host, webhook.events) == (URL, "8.8.8.8", ["lead.created", "job.failed"])
    assert secret not in webhook.sealed_secret
    assert Webhook.objects.get().secret == secret
    assert webhooks.make(by=alice, url=URL, events=ALL, secret=SECRET)[1] == SECRET
    assert list(AuditEntry.objects.filter(event="webhook_made").values_list("words", flat=True)) == ["8.8.8.8"] * 2


def test_api(api, alice, caplog):
    caplog.set_level(logging.DEBUG)
    answer = post(api(alice), secret=SECRET)
    made = answer.json()
    assert (answer.status_code, made.pop("secret")) == (201, SECRET)
    assert made == {
        "_id": Webhook.objects.get().pk,
        "url": URL,
        "events": ["lead.created"],
        "active": True,
        "problem": None,
        "delivered_at": None,
        "created_at": made["created_at"],
    }
    assert post(api(alice)).json()["secret"].startswith("whsec_")
    assert post(api(alice), secret="").json()["secret"].startswith("whsec_")
    listed = api(alice).get("/api/webhooks").json()
    assert (listed["items"][-1], listed["next"]) == (made, None)
    assert "secret" not in json.dumps(listed)
    assert SECRET not in caplog.text


def test_what_is_refused(api, alice):
    bad = [
        *({"url": url} for url in (*BAD_URLS, "https://8.8.8.8/" + "a" * 2_000, 5, None)),
        *({"events": events} for events in ([], ["lead.erased"], "lead.created", None, ["lead.created"] * 101)),
        *({"secret": secret} for secret in ("with space", "a" * 201, "ü", "a\nb", 5, "\0")),
    ]
    for fields in bad:
        answer = post(api(alice), **fields)
        assert (answer.status_code, answer.json()["errors"][0]["loc"][:2]) == (422, ["body", *fields]), fields
        assert "a" * 201 not in answer.content.decode()
    for events in ([], ["webhook.test"]):
        with pytest.raises(Unprocessable):
            webhooks.make(by=alice, url=URL, events=events)
    assert not Webhook.objects.exists()


def test_only_administrators_make_one(api, page, alice):
    mate = join_team_of(alice, "mate")
    with pytest.raises(Forbidden):
        make_webhook(mate)
    assert post(api(mate)).status_code == 403
    assert page(mate).post("/webhooks/new", {"url": URL, "events": ALL}).status_code == 403
    assert not Webhook.objects.exists()


def test_a_team_has_a_limit(alice, charlie, api):
    Webhook.objects.bulk_create(Webhook(team_id=alice.team_id, url=URL, host="8.8.8.8") for _ in range(WEBHOOKS_MAX))
    with pytest.raises(Conflict, match="Your team has 20 webhooks"):
        make_webhook(alice)
    assert post(api(alice)).status_code == 409
    assert make_webhook(charlie)


def test_the_page_shows_the_secret_once(page, alice):
    form = {"url": URL, "events": ["lead.created", "job.failed"], "secret": ""}
    html = page(alice).post("/webhooks/new", form).content.decode()
    webhook = Webhook.objects.get()
    assert webhook.events == ["lead.created", "job.failed"]
    assert webhook.secret in html
    again = page(alice).post("/webhooks/new", form).content.decode()  # the page is loaded again
    assert "a webhook already that tells this address the same" in again
    assert Webhook.objects.count() == 1
    for door in ("/webhooks", f"/webhooks/{webhook.pk}", f"/webhooks/{webhook.pk}/change"):
        html = page(alice).get(door).content.decode()
        assert "8.8.8.8" in html
        assert webhook.secret not in html
        assert webhook.sealed_secret not in html


def test_the_page_says_what_is_wrong(page, alice):
    html = page(alice).post("/webhooks/new", {"url": "http://10.0.0.1/", "events": []}).content.decode()
    assert "Choose at least one." in html
    html = page(alice).post("/webhooks/new", {"url": "http://10.0.0.1/", "events": ALL, "secret": SECRET})
    assert "10.0.0.1 is in a private network." in html.content.decode()
    assert SECRET not in html.content.decode()
    assert not Webhook.objects.exists()


def test_keys(client, alice):
    from accounts.actions import keys

    webhook = make_webhook(alice)
    for scope, reads, writes in ((Scope.READ, 200, 403), (Scope.DESK, 200, 201), (Scope.SPEAK, 403, 403)):
        _, key = keys.create_key(by=alice, name=scope, scopes=[scope])
        client.defaults["HTTP_X_API_KEY"] = key
        assert (client.get("/api/webhooks").status_code, post(client).status_code) == (reads, writes)
    assert sealed.unseal(webhook.sealed_secret) == SECRET
