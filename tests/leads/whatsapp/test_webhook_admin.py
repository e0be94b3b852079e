"""Webhooks in Django's admin: what became of them, without what people wrote, and another try."""

import pytest

from config.ids import new_id
from leads.models import WebhookDelivery
from tests.leads.whatsapp.chats import make_channel

LIST = "/admin/leads/webhookdelivery/"


@pytest.fixture
def failed(alice):
    channel = make_channel(alice)
    fields = {"status": "failed", "error": "1 of its parts can't be read: KeyError at payload.py:7.", "attempts": 1}
    return WebhookDelivery.objects.create(
        pk=new_id(), team_id=alice.team_id, channel=channel, body='["My secret plan"]', **fields
    )


def send(client, delivery):
    return client.post(LIST, {"action": "read_again", "_selected_action": [delivery.pk]}, follow=True)


def test_the_reason_is_shown_and_the_body_is_not(page, bob, failed):
    for path in (LIST, f"{LIST}{failed.pk}/change/"):
        answer = page(bob).get(path)
        assert answer.status_code == 200
        assert "KeyError at payload.py:7" in answer.text
        assert "My secret plan" not in answer.text


def test_one_that_has_failed_is_read_again(page, bob, failed):
    assert send(page(bob), failed).status_code == 200
    failed.refresh_from_db()
    assert (failed.status, failed.error, failed.attempts) == ("queued", "", 0)
    assert "has not failed" in send(page(bob), failed).text


def test_nobody_else_may(page, alice, client, failed):
    assert send(page(alice), failed).status_code == 403
    send(client, failed)
    failed.refresh_from_db()
    assert failed.status == "failed"
