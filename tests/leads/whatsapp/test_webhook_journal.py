"""Webhooks in the journal: replayed, verified and restored, each read once."""

from io import StringIO

import pytest
from django.core.management import call_command

from config import times
from leads import journal
from leads.actions import replay
from leads.actions.whatsapp import deliveries
from leads.models import Channel, WebhookDelivery
from leads.records import Kind, Record
from tests.leads.journals import leave
from tests.leads.whatsapp.chats import make_channel
from tests.leads.whatsapp.payloads import body, change, text
from tests.leads.whatsapp.webhooks import assert_taken, delivered, post

pytestmark = pytest.mark.django_db(transaction=True)
VALUE = change(text("Hello."))


@pytest.fixture(autouse=True)
def channel(alice):
    return make_channel(alice)


def run(*words):
    out, err = StringIO(), StringIO()
    try:
        call_command("journal", *words, stdout=out, stderr=err)
    except SystemExit as error:
        return error.code, out.getvalue() + err.getvalue()
    return 0, out.getvalue() + err.getvalue()


def record_of(channel, **fields):
    made = {"kind": Kind.WEBHOOK, "team_id": channel.team_id, "by_id": ""}
    return Record(**made | {"data": {"channel_id": channel.pk, "body": "[]"}} | fields)


def test_one_that_waits_is_replayed(channel):
    record = record_of(channel)
    leave(record)
    assert replay.replay().done == 1
    delivery = WebhookDelivery.objects.get()
    assert (delivery.pk, delivery.channel_id, delivery.created_at) == (record.id, channel.pk, record.at)


def test_written_twice_it_is_kept_once_and_read_once(channel):
    record = record_of(channel)
    assert deliveries.write_delivery(record)
    WebhookDelivery.objects.update(status="completed", body="")
    assert deliveries.write_delivery(record)
    assert WebhookDelivery.objects.get().status == "completed"


def test_of_a_channel_that_is_gone_nothing_is_kept_and_nothing_waits(channel):
    leave(record_of(channel))
    channel.delete()
    result = replay.replay()
    assert (result.done, result.refused, result.left) == (1, 0, 0)
    assert not WebhookDelivery.objects.exists()


def test_of_a_channel_of_another_team_nothing_is_kept(channel, charlie):
    assert not deliveries.write_delivery(record_of(channel, team_id=charlie.team_id))
    assert not WebhookDelivery.objects.exists()


def test_verify_finds_what_is_there_read_or_not():
    assert_taken(post(body(VALUE)))
    code, words = run("verify")
    assert (code, "1 stored" in words) == (0, True), words
    WebhookDelivery.objects.update(status="completed", body="")
    assert run("verify")[0] == 0


def test_verify_misses_what_the_database_has_lost(channel):
    assert_taken(post(body(VALUE)))
    WebhookDelivery.objects.all().delete()
    code, words = run("verify")
    assert (code, "missing: webhook" in words, "Hello." in words) == (1, True, False)


def test_what_was_of_a_deleted_channel_is_not_missed(channel):
    assert_taken(post(body(VALUE)))
    WebhookDelivery.objects.all().delete()
    Channel.objects.filter(pk=channel.pk).update(deleted_at=times.now())
    assert run("verify")[0] == 0
    assert "0 restored" in run("restore")[1]
    assert not WebhookDelivery.objects.exists()


def test_restore_puts_back_what_is_missing_and_nothing_else(channel):
    for value in (VALUE, change(text("Ahoy."))):
        assert_taken(post(body(value)))
    first = WebhookDelivery.objects.order_by("created_at").first()
    WebhookDelivery.objects.exclude(pk=first.pk).delete()
    assert "1 restored, 1 known" in run("restore")[1]
    assert delivered()[0] == [VALUE]
    assert len(delivered()) == 2
    assert "0 restored, 2 known" in run("restore")[1]


def test_the_status_of_the_journal_shows_nothing_of_it(channel):
    leave(record_of(channel, data={"channel_id": channel.pk, "body": '["My secret plan"]'}))
    assert "My secret plan" not in run("status")[1]
    assert journal.is_behind()
