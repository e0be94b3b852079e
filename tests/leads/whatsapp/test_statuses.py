"""What becomes of messages that were sent, in whatever order WhatsApp tells."""

import datetime as dt

import pytest

from config import times
from leads.actions.whatsapp import news, reading
from leads.models import EarlyNews, Message
from leads.whatsapp.payload import StatusNews
from tests.leads.whatsapp import payloads as made
from tests.leads.whatsapp.chats import make_channel, make_contact, make_message
from tests.leads.whatsapp.payloads import orders

pytestmark = pytest.mark.django_db
NOON = dt.datetime(2026, 11, 2, 12, tzinfo=dt.UTC)


@pytest.fixture
def channel(alice):
    return make_channel(alice)


@pytest.fixture
def sent(channel):
    """A message of ours; its status is not known."""
    return make_message(make_contact(channel), "Hi!", role="assistant", status="", meta_message_id="wamid.1")


def tell(channel, name, minute=0, *, of="wamid.1", **more):
    reading.read(channel, made.change(made.status(of, name, at=NOON + dt.timedelta(minutes=minute), **more)))


def standing(message):
    message.refresh_from_db()
    return message.status, message.status_at, message.error_code


@pytest.mark.parametrize("order", orders([("sent", 0), ("delivered", 1), ("read", 2)]))
def test_never_backwards(channel, sent, order):
    for name, minute in order:
        tell(channel, name, minute)
    assert standing(sent) == ("read", NOON + dt.timedelta(minutes=2), "")


@pytest.mark.parametrize("order", orders([("failed", 0), ("delivered", 1), ("sent", 2)]))
def test_a_failure_that_arrived_all_the_same(channel, sent, order):
    for name, minute in order:
        tell(channel, name, minute, errors=[made.error(131026)] if name == "failed" else [])
    assert standing(sent) == ("delivered", NOON + dt.timedelta(minutes=1), "")
    assert sent.error == ""


@pytest.mark.parametrize("order", orders([("failed", 0, 131026), ("failed", 1, 131047), ("failed", 1, 131053)]))
def test_the_last_reason_of_a_failure(channel, sent, order):
    for name, minute, code in order:
        tell(channel, name, minute, errors=[made.error(code, details=f"Because {code}.")])
    assert standing(sent) == ("failed", NOON + dt.timedelta(minutes=1), "131053")
    assert sent.error == "Because 131053."


def test_a_voice_note_that_was_played_is_read(channel, sent):
    tell(channel, "played")
    assert standing(sent)[0] == "read"


def test_before_its_message(channel):
    tell(channel, "delivered", 1)
    tell(channel, "sent")
    tell(channel, "sent")
    assert EarlyNews.objects.count() == 2
    message = make_message(make_contact(channel), role="assistant", status="", meta_message_id="wamid.1")
    news.catch_up(message)
    assert standing(message)[:2] == ("delivered", NOON + dt.timedelta(minutes=1))
    assert not EarlyNews.objects.exists()


def test_its_message_comes_while_it_is_kept(channel, monkeypatch):
    """Neither looks at the right moment: who keeps it looks once more."""
    keep = news.keep

    def late(*args):
        make_message(make_contact(channel), role="assistant", status="", meta_message_id="wamid.1")
        keep(*args)

    monkeypatch.setattr(news, "keep", late)
    tell(channel, "delivered")
    assert standing(Message.objects.get())[0] == "delivered"
    assert not EarlyNews.objects.exists()


def test_the_answer_to_its_sending_was_lost(channel):
    """WhatsApp's id is not known yet; what it was sent with names the row."""
    tell(channel, "sent", of="wamid.9")
    message = make_message(make_contact(channel), role="assistant", status="", meta_message_id="")
    tell(channel, "delivered", of="wamid.9", callback=message.pk)
    assert standing(message)[0] == "delivered"
    assert message.meta_message_id == "wamid.9"
    tell(channel, "read", of="wamid.9")
    assert standing(message)[0] == "read"


@pytest.mark.parametrize("callback", ["", "x", "f" * 24, "f" * 400])
def test_a_message_that_nobody_knows(channel, sent, callback):
    tell(channel, "read", of="wamid.2", callback=callback)
    assert standing(sent)[0] == ""
    assert EarlyNews.objects.get().meta_message_id == "wamid.2"


def test_a_row_that_has_another_id(channel, sent):
    tell(channel, "failed", of="wamid.2", callback=sent.pk)
    assert standing(sent)[0] == ""
    assert sent.meta_message_id == "wamid.1"


def test_the_id_of_another_message(channel, sent):
    other = make_message(sent.contact, role="assistant", status="", meta_message_id="")
    tell(channel, "read", callback=other.pk)
    assert (standing(sent)[0], standing(other)[0]) == ("read", "")


def test_what_they_wrote_has_no_status(channel):
    message = make_message(make_contact(channel), meta_message_id="wamid.1")
    tell(channel, "read")
    assert standing(message)[0] == "received"


def test_another_channel_says_nothing_of_it(alice, charlie, sent):
    for user, number_id in ((alice, made.OTHER_NUMBER_ID), (charlie, "3")):
        other = make_channel(user, phone_number_id=number_id)
        tell(other, "read")
        tell(other, "read", of="wamid.2", callback=sent.pk)
    assert standing(sent)[0] == ""
    assert set(EarlyNews.objects.values_list("meta_message_id", flat=True)) == {"wamid.2"}


def test_the_sweeper_forgets_and_heals(channel, sent):
    for number, days in ((1, 0), (2, 31), (3, 29)):
        news.keep(channel, StatusNews(f"wamid.{number}", NOON, "read"))
        at = times.now() - dt.timedelta(days=days)
        EarlyNews.objects.filter(meta_message_id=f"wamid.{number}").update(created_at=at)
    news.sweep()
    assert standing(sent)[0] == "read"
    assert EarlyNews.objects.get().meta_message_id == "wamid.3"
