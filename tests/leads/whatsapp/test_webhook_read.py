"""A worker reads a delivery: all of it, again when it was cut off, and whatever one part has in it."""

import datetime as dt
import json
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import DatabaseError, OperationalError, connection

from config import queue, times
from config.errors import Conflict
from config.ids import new_id
from leads import tasks
from leads.actions.whatsapp import deliveries, reading
from leads.models import Channel, Contact, Message, WebhookDelivery
from tests.leads.whatsapp.chats import make_channel
from tests.leads.whatsapp.payloads import OMAR, SHEENA, body, change, status, text
from tests.leads.whatsapp.webhooks import assert_taken, post

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def channel(alice):
    return make_channel(alice)


class Reader:
    """Stands in for what makes rows of a value."""

    def __init__(self):
        self.values, self.error, self.bad = [], None, lambda value: False

    def __call__(self, channel, value, names):
        self.values.append(value)
        if self.bad(value):
            raise self.error


@pytest.fixture
def reader(monkeypatch):
    made = Reader()
    monkeypatch.setattr(reading, "read", made)
    return made


def make_delivery(channel, *values, **fields):
    made = {"body": json.dumps(values), "created_at": times.now() - dt.timedelta(minutes=5)} | fields
    return WebhookDelivery.objects.create(pk=new_id(), team_id=channel.team_id, channel=channel, **made)


def read(delivery):
    tasks.read_delivery(delivery.pk)
    delivery.refresh_from_db()
    return delivery


def numbered(count):
    return change(*(text(f"Message {number}", message_id=f"wamid.{number}") for number in range(count)))


def test_each_value_is_read_and_the_body_goes(channel, reader):
    values = [change(text("One")), change(status("wamid.1"))]
    delivery = read(make_delivery(channel, *values))
    assert reader.values == values
    assert (delivery.status, delivery.body, delivery.error) == ("completed", "", "")
    assert delivery.completed_at


def test_it_is_read_once(channel, reader):
    delivery = read(make_delivery(channel, change(text())))
    read(delivery)
    assert len(reader.values) == 1


def test_a_task_whose_row_is_gone(db):
    tasks.read_delivery(new_id())


def test_many_messages_are_read_in_steps(channel, reader):
    value = numbered(120) | {"statuses": [status("wamid.7")], "errors": [{"code": 1}]}
    read(make_delivery(channel, value))
    sizes = [(len(part.get("messages", ())), len(part.get("statuses", ()))) for part in reader.values]
    assert sizes == [(50, 0), (50, 0), (20, 0), (0, 1)]
    assert [entry for part in reader.values for entry in part.get("messages", ())] == value["messages"]
    assert all(part["metadata"] == value["metadata"] for part in reader.values)
    assert all(part["contacts"] == value["contacts"] for part in reader.values)


@pytest.mark.parametrize("lists", [{"messages": "x"}, {"messages": []}, {"messages": {"a": 1}, "statuses": 5}, {}])
def test_a_value_without_lists_is_read_as_it_is(channel, reader, lists):
    value = change() | lists
    assert read(make_delivery(channel, value)).status == "completed"
    assert reader.values == [value]


def test_what_fails_stops_nothing_else_and_stays(channel, reader, caplog):
    values = [change(text("One")), change(text("My secret plan")), change(text("Three"))]
    reader.error, reader.bad = KeyError("My secret plan"), lambda value: value == values[1]
    delivery = read(make_delivery(channel, *values))
    assert reader.values == values
    assert (delivery.status, delivery.cause) == ("failed", "unread")
    assert delivery.error.startswith("1 of its parts can't be read: KeyError at test_webhook_read.py:")
    assert json.loads(delivery.body) == values
    assert "KeyError at test_webhook_read.py" in caplog.text
    assert "My secret plan" not in caplog.text + delivery.error


def test_what_failed_can_be_read_again(channel, reader):
    reader.error, reader.bad = DatabaseError("too strange"), lambda value: True
    delivery = read(make_delivery(channel, change(text())))
    assert delivery.status == "failed"
    reader.bad = lambda value: False
    deliveries.read_again(delivery=delivery)
    assert (delivery.status, delivery.attempts, delivery.error) == ("queued", 0, "")
    assert read(delivery).status == "completed"
    with pytest.raises(Conflict):
        deliveries.read_again(delivery=delivery)


def test_with_the_database_away_it_goes_back_to_the_queue(channel, reader):
    """Else one message would be lost for every outage."""
    delivery = make_delivery(channel, change(text("One")), change(text("Two")))
    reader.error, reader.bad = OperationalError("no server"), lambda value: True
    for _ in range(5):
        read(delivery)
        assert (delivery.status, delivery.attempts) == ("queued", 0)
    reader.bad = lambda value: False
    assert read(delivery).status == "completed"


def test_a_worker_that_is_to_stop_hands_it_back(channel, reader, monkeypatch):
    stopping = threading.Event()
    stopping.set()
    monkeypatch.setattr(queue, "stopping", stopping)
    delivery = read(make_delivery(channel, change(text())))
    assert (delivery.status, delivery.attempts, reader.values) == ("queued", 0, [])


def test_one_whose_worker_was_killed_is_queued_again(channel, reader):
    long_ago = times.now() - dt.timedelta(minutes=1)
    delivery = make_delivery(channel, change(text()), status="processing", heartbeat_at=long_ago, attempts=1)
    deliveries.sweep()
    delivery.refresh_from_db()
    assert delivery.status == "queued"
    assert read(delivery).status == "completed"


def test_a_channel_that_is_being_deleted_is_read_for_no_more(channel, reader):
    delivery = make_delivery(channel, change(text()))
    Channel.objects.filter(pk=channel.pk).update(deleted_at=times.now())
    assert (read(delivery).status, reader.values) == ("completed", [])


def test_the_channel_says_when_it_was_heard_of(channel, reader):
    now = times.now()
    for seconds, heard in ((600, 600), (570, 600), (500, 500), (900, 500)):
        read(make_delivery(channel, change(text()), created_at=now - dt.timedelta(seconds=seconds)))
        channel.refresh_from_db()
        assert channel.heard_at == now - dt.timedelta(seconds=heard)


def test_a_damaged_body_fails_and_stays(channel, reader):
    delivery = make_delivery(channel, body='[{"cut')
    with pytest.raises(json.JSONDecodeError):
        tasks.read_delivery(delivery.pk)
    delivery.refresh_from_db()
    assert (delivery.status, delivery.body) == ("failed", '[{"cut')


def test_what_was_read_goes_some_time_after_the_journal_lets_it_go(channel, settings):
    settings.JOURNAL_KEEP_DAYS = 3
    old, young = (times.now() - dt.timedelta(days=days) for days in (6, 4))
    gone = make_delivery(channel, status="completed", body="", created_at=old)
    kept = [
        make_delivery(channel, status="completed", body="", created_at=young),
        make_delivery(channel, status="failed", created_at=old),
        make_delivery(channel, status="queued", created_at=old),
    ]
    deliveries.purge()
    left = set(WebhookDelivery.objects.values_list("pk", flat=True))
    assert left == {delivery.pk for delivery in kept}
    assert gone.pk not in left


# With the rows that it makes


def apart(call, arguments):
    """In threads of their own, which close their connections."""

    def within(argument):
        try:
            return call(argument)
        finally:
            connection.close()

    with ThreadPoolExecutor(len(arguments)) as pool:
        return list(pool.map(within, arguments))


def rows(channel):
    found = Message.objects.filter(contact__channel=channel).order_by("meta_message_id")
    return list(found.values_list("meta_message_id", "content", "contact__phone_number"))


def test_the_same_body_twice_at_the_same_instant(channel):
    sent = body(change(text("Hello.", message_id="wamid.1"), text("Ahoy.", message_id="wamid.2", sender=OMAR)))
    for answer in apart(post, [sent] * 4):
        assert_taken(answer)
    pks = list(WebhookDelivery.objects.values_list("pk", flat=True))
    assert len(pks) == 4
    apart(tasks.read_delivery, pks)
    for pk in pks:  # a conflict hands one back to the queue
        tasks.read_delivery(pk)
    assert set(WebhookDelivery.objects.values_list("status", flat=True)) == {"completed"}
    assert rows(channel) == [("wamid.1", "Hello.", SHEENA), ("wamid.2", "Ahoy.", OMAR)]
    assert list(Contact.objects.values_list("message_count", flat=True)) == [1, 1]


def test_one_delivery_that_is_read_by_two_workers_at_once(channel):
    delivery = make_delivery(channel, numbered(20))
    apart(tasks.read_delivery, [delivery.pk] * 2)
    tasks.read_delivery(delivery.pk)
    assert len(rows(channel)) == 20
    assert Contact.objects.get().message_count == 20


def test_many_messages_in_one_call(channel):
    """More than one step's; test_webhook_take.py has a thousand."""
    assert_taken(post(body(numbered(60))))
    assert read(WebhookDelivery.objects.get()).status == "completed"
    assert Message.objects.count() == Contact.objects.get().message_count == 60
