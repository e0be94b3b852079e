"""A webhook that is signed goes into the journal and becomes deliveries, one for each channel."""

import json

import pytest
from django.test import Client

from config import breaker, queue, sealed
from leads.actions import replay
from leads.actions.whatsapp import known_channels
from leads.models import WebhookDelivery
from leads.records import Kind
from leads.whatsapp import signatures
from tests.installation import soon
from tests.leads.journals import waiting
from tests.leads.whatsapp import payloads
from tests.leads.whatsapp.chats import SECRET, make_channel
from tests.leads.whatsapp.payloads import OTHER_NUMBER_ID, body, change, status, text
from tests.leads.whatsapp.webhooks import OTHER_SECRET, PATH, assert_taken, delivered, journaled, post

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(alice):
    return make_channel(alice)


def test_it_is_journaled_kept_and_acknowledged(channel, alice, settings):
    value = change(text("Hello, have you a boat?"))
    assert_taken(post(body(value)))
    (record,) = journaled(settings)
    assert (record.kind, record.team_id, record.by_id) == (Kind.WEBHOOK, alice.team_id, "")
    delivery = WebhookDelivery.objects.get()
    assert (delivery.pk, delivery.created_at) == (record.id, record.at)
    assert (delivery.team_id, delivery.channel_id, delivery.status) == (alice.team_id, channel.pk, "queued")
    assert delivered() == [[value]]
    assert waiting(settings.JOURNAL_DIR) == []


def test_it_needs_no_sign_in_and_no_csrf_token(channel):
    sent = body(change(text()))
    client = Client(enforce_csrf_checks=True, headers={"X-Hub-Signature-256": signatures.sign(sent, SECRET)})
    for content_type in ("application/json", "text/plain", "application/x-www-form-urlencoded"):
        assert_taken(client.post(PATH, sent, content_type))


def test_every_entry_and_change_is_kept_in_order(channel):
    first, second, third = change(text("One")), change(text("Two")), change(status("wamid.1", "read"))
    sent = payloads.webhook(first, second)
    sent["entry"] += payloads.webhook(third)["entry"]
    assert_taken(post(json.dumps(sent).encode()))
    assert delivered() == [[first, second, third]]


def test_what_is_of_no_whatsapp_account_is_acknowledged_and_not_kept(channel, settings):
    for sent in ({"object": "page", "entry": []}, {"object": None}, {}, {"object": ["whatsapp_business_account"]}):
        answer = post(json.dumps(sent).encode())
        assert (answer.status_code, answer.json()) == (200, {"status": "ok"})
    assert journaled(settings) == []


def test_channels_of_one_secret_have_a_delivery_each(channel, alice, charlie):
    other = make_channel(charlie, phone_number_id=OTHER_NUMBER_ID)
    mine, theirs = change(text("Mine")), change(text("Theirs"), number_id=OTHER_NUMBER_ID)
    assert_taken(post(body(mine, theirs, mine)))
    found = {row.channel_id: (row.team_id, json.loads(row.body)) for row in WebhookDelivery.objects.all()}
    assert found == {channel.pk: (alice.team_id, [mine, mine]), other.pk: (charlie.team_id, [theirs])}


def test_a_secret_speaks_only_for_its_own_channel(channel, charlie, settings, caplog):
    make_channel(charlie, phone_number_id=OTHER_NUMBER_ID, sealed_app_secret=sealed.seal(OTHER_SECRET))
    stolen, own = change(text("Stolen")), change(text("Own"), number_id=OTHER_NUMBER_ID)
    assert_taken(post(body(stolen, own), secret=OTHER_SECRET))
    assert delivered() == [[own]]
    assert [record.team_id for record in journaled(settings)] == [charlie.team_id]
    assert "for a number that is no channel of its secret" in caplog.text
    assert_taken(post(body(stolen), secret=OTHER_SECRET))
    assert delivered() == [[own]]


def test_a_number_that_is_no_channel_is_dropped_and_logged_without_what_it_says(channel, settings, caplog):
    caplog.set_level("DEBUG")
    assert_taken(post(body(change(text("My secret plan"), number_id="999888777"))))
    assert journaled(settings) == []
    assert "is no channel of its secret" in caplog.text
    for secret in ("My secret plan", "999888777", payloads.SHEENA, "sha256", SECRET):
        assert secret not in caplog.text


def test_nothing_of_what_is_taken_is_logged(channel, caplog):
    caplog.set_level("DEBUG")
    sent = body(change(text("My secret plan")))
    assert_taken(post(sent))
    for secret in ("My secret plan", payloads.SHEENA, payloads.NUMBER_ID, signatures.sign(sent, SECRET)):
        assert secret not in caplog.text


def test_a_channel_that_was_disconnected_takes_nothing_more(channel):
    assert_taken(post(body(change(text()))))
    channel.delete()
    known_channels.forget()
    assert post(body(change(text()))).status_code == 401


def test_a_channel_that_goes_between_the_look_and_the_write(channel, caplog):
    known_channels.snapshot()
    channel.delete()
    assert_taken(post(body(change(text()))))
    assert "its channel is gone" in caplog.text
    assert not WebhookDelivery.objects.exists()


def test_a_thousand_messages_in_one_call(channel):
    value = change(*(text(f"Message {number}") for number in range(1_000)))
    assert_taken(post(body(value)))
    assert delivered() == [[value]]


def is_caught_up():
    breaker.close()
    return replay.replay(seconds=30).left == 0


@pytest.mark.django_db(transaction=True)  # a replay takes its own
@pytest.mark.parametrize("letter", ["א", "é", "😀", "\u0001", '"', "a"])
def test_a_body_of_three_megabytes(channel, letter):
    """As the journal and MongoDB keep it, escaped, it is longer. A busy database may be too slow for it at first."""
    inside = json.dumps(letter, ensure_ascii=False)[1:-1].encode()
    frame = json.dumps(payloads.webhook(change(text("?"))), separators=(",", ":")).encode()
    room = 3 * 1024**2 - len(frame) + 1
    filled = inside * (room // len(inside))
    sent = frame.replace(b'"?"', b'"' + filled + b'"') + b" " * (room - len(filled))
    assert len(sent) == 3 * 1024**2
    assert_taken(post(sent))
    soon(is_caught_up)
    assert delivered()[0][0]["messages"][0]["text"]["body"] == letter * (room // len(inside))
    assert post(sent + b" ").status_code == 413


def test_nul_and_half_a_surrogate_pair_arrive_as_they_came(channel):
    value = change(text("a\0b\ud83dc"))
    assert_taken(post(body(value)))
    assert delivered() == [[value]]


def test_redis_is_handed_the_delivery(channel, redis):
    assert_taken(post(body(change(text()))))
    delivery = WebhookDelivery.objects.get()
    assert queue.held("default") == {queue.task_id("leads.tasks.read_delivery", delivery.pk)}
