"""POST /api/v1/admin/users/{user_id}/messages."""

import pytest

from leads.models import Contact, Message
from tests.leads.whatsapp.chats import make_channel, make_contact, make_message

DAY = 24 * 3600


@pytest.fixture
def contact(alice):
    contact = make_contact(make_channel(alice))
    make_message(contact, ago=60)
    return contact


def send(client, contact, body, **headers):
    path = f"/api/v1/admin/users/{contact.pk}/messages"
    return client.post(path, body, content_type="application/json", headers=headers)


def test_taken(alice, api, contact):
    answer = send(api(alice), contact, {"text": "Yes, in three days."})
    message = Message.objects.get(role="assistant")
    assert answer.status_code == 202
    assert answer.json()["id"] == message.pk
    assert {name: answer.json()[name] for name in ("user_id", "role", "content", "status")} == {
        "user_id": contact.pk,
        "role": "assistant",
        "content": "Yes, in three days.",
        "status": "",
    }
    assert message.sent_by == alice


def test_the_same_key_sends_once(alice, api, contact):
    answers = [send(api(alice), contact, {"text": "Yes."}, idempotency_key="one") for _ in range(2)]
    assert [answer.status_code for answer in answers] == [202, 202]
    assert answers[0].json() == answers[1].json()
    assert Message.objects.filter(role="assistant").count() == 1


def test_outside_the_window(alice, api, contact):
    Contact.objects.update(last_inbound_at=None)
    answer = send(api(alice), contact, {"text": "Hello?"})
    assert (answer.status_code, answer.json()["code"]) == (409, "window_closed")
    assert not Message.objects.filter(role="assistant").exists()


@pytest.mark.parametrize("text", ["", " \n", "x" * 4_097, "a\0b", None, 7])
def test_refused(alice, api, contact, text):
    answer = send(api(alice), contact, {"text": text})
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "text"])
    assert not Message.objects.filter(role="assistant").exists()


def test_blocked(alice, api, contact):
    Contact.objects.update(is_active=False)
    assert send(api(alice), contact, {"text": "Hello?"}).status_code == 409


def test_a_strangers(charlie, api, contact):
    assert send(api(charlie), contact, {"text": "Hello?"}).status_code == 404
