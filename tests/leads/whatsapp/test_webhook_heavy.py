"""Webhooks that would cost far more than they are long."""

import json

import pytest

from leads.actions.whatsapp import deliveries
from leads.models import Contact, WebhookDelivery
from leads.whatsapp import payload
from tests.leads.whatsapp.chats import make_channel
from tests.leads.whatsapp.payloads import OMAR, SHEENA, change, text

pytestmark = pytest.mark.django_db


@pytest.fixture
def channel(alice):
    return make_channel(alice)


def read(channel, *values):
    fields = {"team_id": channel.team_id, "channel": channel, "body": json.dumps(values)}
    delivery = WebhookDelivery.objects.create(**fields)
    deliveries.read_delivery(delivery=delivery)
    delivery.refresh_from_db()
    return delivery.status


def test_profiles_are_looked_through_once(channel, monkeypatch):
    """Not for each part: one webhook has room for thousands of both."""
    asked, names_of = [], payload.names_of
    monkeypatch.setattr(payload, "names_of", lambda value: asked.append(value) or names_of(value))
    value = change(text(sender=OMAR), *[{"type": "text"}] * 200, text(sender=SHEENA))
    assert read(channel, value) == "completed"
    assert asked == [value]
    assert {*Contact.objects.values_list("name", flat=True)} == {"Sheena Nelson", "Omar Yılmaz"}


def test_what_is_not_kept_is_counted(channel, caplog):
    assert read(channel, change(*[{"type": "text"}] * 49, text(), {"status": "?"})) == "completed"
    told = [record.getMessage() for record in caplog.records if "not kept" in record.getMessage()]
    assert told == [
        "Of a webhook 49 are not kept: A message without an id or a sender.",
        "Of a webhook 1 are not kept: A status without an id.",
    ]


def test_errors_of_the_number_are_told_once(channel, caplog):
    errors = [{"code": f"9{number}"} for number in range(1_000)]
    assert read(channel, change(*[{"type": "text"}] * 200, errors=errors)) == "completed"
    [line] = [record.getMessage() for record in caplog.records if "reports errors" in record.getMessage()]
    assert line.endswith(": 90, 91, 92, 93, 94, 95, 96, 97, 98, 99")
