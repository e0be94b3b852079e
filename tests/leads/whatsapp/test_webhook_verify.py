"""WhatsApp asks whether the address takes webhooks."""

import pytest
from django.db import OperationalError
from django.test import Client

from config import breaker, sealed
from leads.actions.whatsapp import known_channels
from tests.leads.whatsapp.chats import VERIFY_TOKEN, make_channel
from tests.leads.whatsapp.webhooks import PATH, assert_refused

pytestmark = pytest.mark.django_db


def ask(**query):
    asked = {"hub.mode": "subscribe", "hub.verify_token": VERIFY_TOKEN, "hub.challenge": "1158201444"}
    asked |= {f"hub.{name}": value for name, value in query.items()}
    return Client().get(PATH, {name: value for name, value in asked.items() if value is not None})


def test_the_challenge_comes_back_as_text(alice):
    make_channel(alice)
    answer = ask()
    assert (answer.status_code, answer.content) == (200, b"1158201444")
    assert answer.headers["Content-Type"].startswith("text/plain")


def test_a_challenge_is_no_page(alice):
    make_channel(alice)
    answer = ask(challenge="<script>alert(1)</script> é 😀")
    assert answer.content.decode() == "<script>alert(1)</script> é 😀"
    assert answer.headers["Content-Type"].startswith("text/plain")
    assert answer.headers["X-Content-Type-Options"] == "nosniff"


@pytest.mark.parametrize(
    "query",
    [
        {"verify_token": "wrong"},
        {"verify_token": ""},
        {"verify_token": None},
        {"verify_token": "é😀"},
        {"verify_token": VERIFY_TOKEN + "x"},
        {"mode": "unsubscribe"},
        {"mode": None},
    ],
    ids=str,
)
def test_anything_else_is_refused(alice, query):
    make_channel(alice)
    assert_refused(ask(**query), 403)


def test_a_channel_without_a_token_is_opened_by_none(alice):
    make_channel(alice, sealed_verify_token="")
    assert_refused(ask(verify_token=""), 403)


def test_each_channel_has_its_own_token(alice, charlie):
    make_channel(alice)
    make_channel(charlie, phone_number_id="2", sealed_verify_token=sealed.seal("another"))
    assert [ask(verify_token=token).status_code for token in (VERIFY_TOKEN, "another", "third")] == [200, 200, 403]


def test_without_channels(db):
    assert_refused(ask(), 403)


def test_with_the_database_away_the_known_channels_count(alice, outage):
    make_channel(alice)
    assert ask().status_code == 200
    outage.begin()
    known_channels.forget()
    assert ask().status_code == 200
    assert breaker.is_open()
    assert_refused(ask(verify_token="wrong"), 403)


def test_with_the_database_away_from_the_start(db):
    breaker.trip(OperationalError("away"))
    answer = ask()
    assert_refused(answer, 503)
    assert answer.headers["Retry-After"] == "5"


def test_no_other_method_is_taken(db):
    assert Client().put(PATH).status_code == 405
    assert Client().delete(PATH).status_code == 405
