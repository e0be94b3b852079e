"""The assistant answers nothing that nobody wants answered any more."""

import datetime as dt

import pytest

from config import times
from leads.actions.whatsapp import answering, message_rows
from leads.assistant import chat as model
from leads.models import (
    Channel,
    Contact,
    Message,
    MessageRole,
)
from tests.leads.whatsapp.assistant import ask, nothing_is_left, replies, work
from tests.leads.whatsapp.chats import make_message

REASONS = {
    "the channel is off": lambda asker, message: Channel.objects.update(replies=False),
    "a person has taken over": lambda asker, message: Contact.objects.update(is_paused=True),
    "they are blocked": lambda asker, message: Contact.objects.update(is_active=False),
    "it was deleted": lambda asker, message: message_rows.erase_content(message, times.now()),
    "the chat is gone": lambda asker, message: message.delete(),
    "the window has closed": lambda asker, message: (
        Contact.objects.update(last_inbound_at=times.now() - dt.timedelta(hours=25)),
        Message.objects.update(created_at=times.now() - dt.timedelta(hours=25)),
    ),
    "a person has answered": lambda asker, message: make_message(
        asker, "Yes!", role=MessageRole.ASSISTANT, sent_by=asker.channel.owner
    ),
}


@pytest.mark.parametrize("reason", REASONS)
def test_no_answer_is_wanted_any_more(asker, chat, cloud_api, reason):
    message = ask(asker, ago=1)
    REASONS[reason](asker, message)
    work(asker)
    assert nothing_is_left()
    assert "You said: Are you open?" not in replies()
    assert not chat.seen
    assert not cloud_api.seen


@pytest.mark.parametrize("reason", REASONS)
def test_nor_when_that_happens_while_the_model_thinks(asker, chat, reason, monkeypatch):
    message = ask(asker, ago=1)
    ask_model = model.ask

    def meanwhile(messages):
        answer = ask_model(messages)
        REASONS[reason](asker, message)
        return answer

    monkeypatch.setattr(model, "ask", meanwhile)
    work(asker)
    assert nothing_is_left()
    assert "You said: Are you open?" not in replies()
    assert len(chat.seen) == 1


def test_an_earlier_answer_of_a_person_hinders_nothing(asker, alice):
    make_message(asker, "Welcome.", ago=60, role=MessageRole.ASSISTANT, sent_by=alice)
    ask(asker)
    work(asker)
    assert replies() == ["Welcome.", "You said: Are you open?"]


@pytest.mark.parametrize(
    ("fields", "is_answered"),
    [
        ({}, True),
        ({"kind": "audio", "content": ""}, True),
        ({"kind": "interactive", "content": "Yes"}, True),
        ({"kind": "reaction", "content": "👍"}, False),
        ({"kind": "unsupported", "content": ""}, False),
        ({"content": " "}, False),
        ({"role": "assistant"}, False),
        ({"deleted_at": times.now()}, False),
        ({"ago": 25 * 3600}, False),
    ],
)
def test_which_messages_want_an_answer(asker, fields, is_answered):
    message = make_message(asker, **{"content": "Hi."} | fields)
    assert answering.should_answer(asker.channel, asker, message) is is_answered


def test_a_message_that_comes_in_now_opens_the_window(asker):
    message = Message(contact=asker, role="user", content="Hi.", created_at=times.now())
    assert answering.should_answer(asker.channel, Contact(last_inbound_at=None), message)


@pytest.mark.parametrize("moment", ["history", "after_all"])
def test_a_contact_that_is_erased_meanwhile(asker, monkeypatch, moment):
    ask(asker)
    real = getattr(answering, moment)

    def meanwhile(message):
        Contact.objects.update(phone_number="erased 1")
        return real(message)

    monkeypatch.setattr(answering, moment, meanwhile)
    work(asker)
    assert (replies(), nothing_is_left()) == ([], True)
