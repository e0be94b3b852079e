"""Messages of which nobody knows whether they went out: not sent twice where that can be helped."""

import pytest

from leads.actions.whatsapp import news, outcomes, sending
from leads.models import Step
from leads.whatsapp import cloud_api as client
from leads.whatsapp import failures
from tests.leads.whatsapp.chats import make_channel, make_contact, make_message
from tests.leads.whatsapp.cloud_api_stub import Fault, error
from tests.leads.whatsapp.outbound import row, seconds_until_due, told, wake, work, work_later

TAKEN = {
    "the connection is cut": Fault(how="gone", done=True),
    "the answer breaks off": Fault(200, {"messages": [{"id": "wamid.A"}]}, how="cut", done=True),
    "the answer never comes": Fault(how="silent", done=True),
    "the answer drips": Fault(200, {"messages": [{"id": "wamid." + "A" * 500}]}, how="drip", done=True),
    "the answer is a page": Fault(200, "<html>Fine</html>", done=True),
    "the answer has no id": Fault(200, {"messages": []}, done=True),
    "the answer is a list": Fault(200, [1, 2], done=True),
    "the id is a number": Fault(200, {"messages": [{"id": 12}]}, done=True),
    "a gateway gave up": Fault(502, "<html>Bad gateway</html>", done=True),
}


@pytest.fixture(autouse=True)
def short(monkeypatch):
    monkeypatch.setattr(client, "CALL_SECONDS", 1.0)


@pytest.fixture
def channel(alice, cloud_api):
    return make_channel(alice)


@pytest.fixture
def contact(channel):
    contact = make_contact(channel)
    make_message(contact, ago=60)
    return contact


@pytest.fixture
def message(alice, contact):
    return sending.write_to(by=alice, contact=contact, text="Hello.")


@pytest.mark.parametrize("fault", TAKEN.values(), ids=TAKEN.keys())
def test_a_status_settles_it(message, contact, channel, cloud_api, fault):
    cloud_api.fail(fault)
    work(contact)
    assert (row(message).status, len(cloud_api.sent)) == ("", 1)
    assert 55 < seconds_until_due(message) <= outcomes.SETTLING_SECONDS
    news.take(channel, told(cloud_api.sent[0], "delivered"))
    assert seconds_until_due(message) == 0
    work(contact)
    assert (row(message).status, row(message).meta_message_id) == ("delivered", cloud_api.sent[0].id)
    assert (len(cloud_api.sent), Step.objects.count()) == (1, 0)


def test_a_status_comes_before_the_call_has_broken_off(message, contact, channel, cloud_api, monkeypatch):
    call = sending.call

    def slow(*args):
        call(*args)
        news.take(channel, told(cloud_api.sent[0], "sent"))
        raise failures.Lost

    monkeypatch.setattr(sending, "call", slow)
    work(contact)
    assert (row(message).status, Step.objects.count()) == ("sent", 0)


def test_a_status_is_half_written_when_it_fails(message, contact, cloud_api, monkeypatch):
    """It has WhatsApp's id, so WhatsApp has taken it: what is still to be written says what became of it."""

    def refused(*args):
        type(message).objects.filter(pk=message.pk).update(meta_message_id="wamid.A")
        raise failures.Undeliverable

    monkeypatch.setattr(sending, "call", refused)
    work(contact)
    assert (row(message).status, Step.objects.count()) == ("", 0)


def test_what_is_behind_it_waits_no_longer(alice, message, contact, channel, cloud_api):
    sending.write_to(by=alice, contact=contact, text="Two.")
    cloud_api.fail(Fault(how="gone", done=True))
    work(contact)
    work(contact)
    assert len(cloud_api.sent) == 1
    news.take(channel, told(cloud_api.sent[0], "sent"))
    work(contact)
    assert [sent.text for sent in cloud_api.sent] == ["Hello.", "Two."]


def test_without_news_it_is_sent_once_more(message, contact, cloud_api):
    cloud_api.fail(Fault(how="gone"))
    work(contact)
    work(contact)
    assert len(cloud_api.seen) == 1
    work_later(contact)
    assert (row(message).status, len(cloud_api.sent)) == ("sent", 1)


def test_and_never_a_third_time(message, contact, cloud_api):
    cloud_api.fail(Fault(how="gone"), Fault(how="gone"))
    work(contact)
    work_later(contact)
    assert (row(message).status, row(message).error_code) == ("failed", "outcome_unknown")
    assert row(message).error == failures.Lost.sentence
    assert (len(cloud_api.seen), Step.objects.count()) == (2, 0)


def test_news_after_it_was_given_up(message, contact, channel, cloud_api):
    cloud_api.fail(Fault(how="gone"), Fault(how="gone", done=True))
    work(contact)
    work_later(contact)
    news.take(channel, told(cloud_api.sent[0], "delivered"))
    assert (row(message).status, row(message).error) == ("delivered", "")


def test_a_refusal_after_it_does_not_say_that_it_was_not_sent(message, contact, cloud_api):
    cloud_api.fail(Fault(how="gone", done=True), error(190))
    work(contact)
    work_later(contact)
    assert row(message).error == failures.Lost.sentence
    assert contact.channel.__class__.objects.get().problem == failures.TokenRefused.sentence


def test_the_window_closes_meanwhile(message, contact, cloud_api):
    cloud_api.fail(Fault(how="gone", done=True))
    work(contact)
    type(contact).objects.update(last_inbound_at=None)
    work_later(contact)
    assert row(message).error == failures.Lost.sentence


def test_a_rate_limit_after_it_leaves_one_more_try(message, contact, cloud_api):
    cloud_api.fail(Fault(how="gone"), error(130429))
    work(contact)
    work_later(contact)
    assert row(message).status == ""
    work_later(contact)
    assert row(message).status == "sent"


class Killed(BaseException):
    """As far as the code of the worker goes, it is gone."""


def test_a_worker_that_is_killed_in_the_call(message, contact, channel, cloud_api, monkeypatch):
    call = sending.call

    def die(*args):
        call(*args)
        raise Killed

    with monkeypatch.context() as patch:
        patch.setattr(sending, "call", die)
        with pytest.raises(Killed):
            work(contact)
    assert 55 < seconds_until_due(message) <= 60
    contact.lanes.update(status="queued")  # as the sweeper does it
    work(contact)
    assert len(cloud_api.seen) == 1
    news.take(channel, told(cloud_api.sent[0], "sent"))
    work_later(contact)
    assert (row(message).status, len(cloud_api.sent)) == ("sent", 1)


def test_killed_again_and_again(message, contact, cloud_api, monkeypatch):
    def die(*args):
        raise Killed

    monkeypatch.setattr(sending, "call", die)
    for _ in range(2):
        with pytest.raises(Killed):
            work(contact)
        contact.lanes.update(status="completed")
        Step.objects.update(due_at=message.created_at)
        wake(contact)
    work(contact)
    assert (row(message).status, row(message).error_code) == ("failed", "outcome_unknown")


def test_the_database_goes_away_after_the_call(message, contact, channel, cloud_api, monkeypatch):
    from django.db import OperationalError

    def away(*args):
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(outcomes, "write_sent", away)
        with pytest.raises(OperationalError):
            work(contact)
    news.take(channel, told(cloud_api.sent[0], "read"))
    contact.lanes.update(status="queued")
    work_later(contact)
    assert (row(message).status, len(cloud_api.sent)) == ("read", 1)
