"""What is answered: the model's words as WhatsApp takes them, else the channel's own."""

import logging

import pytest

from accounts.models import Team
from leads.assistant import chat as model
from leads.assistant import replies
from leads.models import FALLBACK, Channel, Contact, Message
from tests.leads.whatsapp import chat_stub as stubs
from tests.leads.whatsapp.chat_stub import KEY

ASKED = [Message(role="user", content="Are you open?")]


def reply(**fields):
    return replies.reply(Channel(team=Team(name="Harbour"), **fields), Contact(name="Ann"), ASKED)


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(model, "PAUSE_SECONDS", 0.01)


def test_the_model_answers(chat):
    assert reply() == replies.Reply("You said: Are you open?")
    assert chat.asked[0][-1] == {"role": "user", "content": "Are you open?"}


@pytest.mark.parametrize(
    ("faults", "cause"),
    [
        ([stubs.KEY_REFUSED], "key_refused"),
        ([stubs.NO_MODEL], "model_unknown"),
        ([stubs.NO_CREDIT], "no_credit"),
        ([stubs.busy(60)], "busy"),
        ([stubs.EMPTY], "silent"),
        ([stubs.NULL], "silent"),
        ([stubs.TOOLS], "silent"),
        ([stubs.NO_CHOICES], "garbled"),
        ([stubs.GARBAGE], "garbled"),
        ([stubs.PAGE], "garbled"),
        ([stubs.BROKEN] * 2, "away"),
        ([stubs.SILENT] * 2, "away"),
        ([stubs.DRIP] * 2, "away"),
        ([stubs.CUT] * 2, "away"),
    ],
)
def test_else_the_channel_does_and_the_log_says_why(chat, impatient, caplog, faults, cause):
    caplog.set_level(logging.INFO)
    chat.fail(*faults)
    made = reply(fallback="We will write back.")
    assert (made.text, made.cause, made.is_fallback) == ("We will write back.", cause, True)
    assert "The fallback answers contact" in caplog.text
    assert not {KEY, "Are you open?", "We will"} & {
        word for word in (KEY, "Are you open?", "We will") if word in caplog.text
    }


@pytest.mark.parametrize("fallback", ["", "  "])
def test_a_channel_without_a_sentence_has_the_usual_one(fallback):
    assert reply(fallback=fallback) == replies.Reply(FALLBACK, "off")


def test_what_no_database_takes_is_replaced(chat):
    chat.say = lambda messages: "Yes\x00, \ud83d open."
    assert reply().text == "Yes\ufffd, \ufffd open."


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a" * 4_096, "a" * 4_096),
        ("Ropes creak. " * 400, ("Ropes creak. " * 315).strip()),
        ("Ropes creak.\n" * 400, ("Ropes creak.\n" * 315).strip()),
        ("Is it? " * 400 + "Yes! " * 400, ("Is it? " * 400 + "Yes! " * 259).strip()),
        ("One. " + "x" * 5_000, "One. " + "x" * 4_090 + "…"),
        ("gull " * 1_000, ("gull " * 819).strip() + "…"),
        ("🐦" * 5_000, "🐦" * 4_095 + "…"),
        ("彼は来た。" * 1_000, "彼は来た。" * 819),
    ],
)
def test_a_long_answer_ends_with_a_sentence_or_a_word(chat, text, kept):
    chat.say = lambda messages: text
    made = reply().text
    assert len(made) <= 4_096
    assert made == kept
