"""The assistant answers a message: one reply in its place, or none when nobody wants it any more."""

import logging

import pytest

from config.leases import Status
from leads.models import (
    Channel,
    ConversationSession,
    Lane,
    LaneKind,
    Message,
    Speaking,
    Step,
    TranscriptEvent,
)
from tests.leads.whatsapp import chat_stub as stubs
from tests.leads.whatsapp import cloud_api_stub
from tests.leads.whatsapp.assistant import FALLBACK, ask, replies, work
from tests.leads.whatsapp.chats import make_message
from tests.voices.fish_wire import Fault
from tests.voices.models import make_echo


def test_a_message_is_answered(asker, cloud_api, chat):
    message = ask(asker)
    work(asker)
    reply = Message.objects.get(role="assistant")
    assert (reply.content, reply.status, reply.sent_by, reply.is_spoken) == ("You said: Are you open?", "", None, False)
    assert reply.created_at > message.created_at
    assert reply.metadata == {"answers": message.pk}
    step = Step.objects.get()
    assert (step.kind, step.message, step.position) == (LaneKind.SEND, reply, reply.created_at)
    assert Lane.objects.get(kind=LaneKind.SEND).status == Status.QUEUED
    asker.refresh_from_db()
    assert (asker.message_count, asker.unread_count, asker.last_message_id) == (2, 1, reply.pk)
    assert [seen.json for seen in cloud_api.seen] == [
        {
            "messaging_product": "whatsapp",
            "status": "read",
            "message_id": message.meta_message_id,
            "typing_indicator": {"type": "text"},
        }
    ]


def test_the_reply_is_in_the_transcript(asker):
    ask(asker)
    work(asker)
    event, session = TranscriptEvent.objects.get(role="assistant"), ConversationSession.objects.get()
    assert (event.event_id, event.source) == (Message.objects.get(role="assistant").pk, "whatsapp")
    assert (session.channel, session.session_id) == ("whatsapp", event.session_id)


def test_replies_come_in_order_and_each_knows_those_before(asker, chat):
    for number in range(12):
        ask(asker, f"Question {number}?", ago=100 - number)
    work(asker)
    work(asker)
    work(asker)
    assert replies() == [f"You said: Question {number}?" for number in range(12)]
    told = [turn["content"] for turn in chat.asked[3][1:]]
    assert told[-3:] == ["Question 2?", "You said: Question 2?", "Question 3?"]
    assert len(chat.asked[11]) == 1 + 10
    assert chat.asked[11][-1]["content"] == "Question 11?"
    sent = Step.objects.order_by("position", "pk").values_list("message__content", flat=True)
    assert list(sent) == replies()


def test_later_messages_are_not_told(asker, chat):
    ask(asker, "First?", ago=20)
    make_message(asker, "Second?", ago=10)
    work(asker)
    assert "Second?" not in str(chat.asked[0])


@pytest.mark.parametrize(
    ("faults", "cause"),
    [([stubs.KEY_REFUSED], "key_refused"), ([stubs.GARBAGE], "garbled"), ([stubs.NULL], "silent")]
    + [([fault] * 2, "away") for fault in (stubs.BROKEN, stubs.SILENT, stubs.DRIP, stubs.CUT)],
)
def test_when_the_model_fails_the_fallback_answers(asker, chat, impatient, caplog, faults, cause):
    caplog.set_level(logging.WARNING)
    chat.fail(*faults)
    ask(asker)
    work(asker)
    assert replies() == [FALLBACK]
    assert Message.objects.get(role="assistant").metadata["fallback"] == cause
    assert f"The fallback answers contact {asker.pk}" in caplog.text
    assert "Are you open?" not in caplog.text


def test_while_the_model_is_away_nobody_waits_for_it(asker, chat):
    chat.fail(*[stubs.BROKEN] * 2)
    for number in range(4):
        ask(asker, str(number))
    work(asker)
    assert replies() == [FALLBACK] * 4
    assert len(chat.seen) == 2


def test_without_a_model_the_fallback_answers(asker, settings):
    settings.LLM_BASE_URL = ""
    ask(asker)
    work(asker)
    assert replies() == [FALLBACK]


@pytest.mark.parametrize("fault", [cloud_api_stub.error(190), Fault(500, "<html>"), Fault(how="cut")])
def test_read_marks_are_not_needed(asker, cloud_api, fault):
    cloud_api.fail(fault)
    ask(asker)
    work(asker)
    assert replies() == ["You said: Are you open?"]


@pytest.mark.parametrize(
    ("speaking", "kind", "is_spoken"),
    [
        (Speaking.NEVER, "audio", False),
        (Speaking.TO_VOICE, "text", False),
        (Speaking.TO_VOICE, "audio", True),
        (Speaking.ALWAYS, "text", True),
    ],
)
def test_a_reply_may_be_spoken(asker, alice, speaking, kind, is_spoken):
    Channel.objects.update(speaking=speaking, echo=make_echo(alice).pk)
    ask(asker, kind=kind)
    work(asker)
    assert Message.objects.get(role="assistant").is_spoken is is_spoken


def test_without_an_echo_nothing_is_spoken(asker):
    Channel.objects.update(speaking=Speaking.ALWAYS)
    ask(asker)
    work(asker)
    assert not Message.objects.get(role="assistant").is_spoken


def test_the_reply_comes_after_its_message_whatever_the_clock_says(asker):
    ask(asker, "One?", ago=-20)
    ask(asker, "Two?", ago=-30)
    work(asker)
    order = Message.objects.order_by("created_at", "pk").values_list("content", flat=True)
    assert list(order) == ["One?", "You said: One?", "Two?", "You said: Two?"] or list(order) == [
        "One?",
        "Two?",
        "You said: One?",
        "You said: Two?",
    ]
    positions = list(Step.objects.order_by("position", "pk").values_list("message__content", flat=True))
    assert positions == ["You said: One?", "You said: Two?"]
