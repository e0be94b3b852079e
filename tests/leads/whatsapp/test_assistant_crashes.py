"""Workers that are lost, or asked to stop, while they answer: one reply all the same, or none yet."""

import pytest

from config import queue, times
from config.leases import Lease, LeaseLost, Status
from leads.actions.whatsapp import answering, lanes, message_rows
from leads.assistant import chat as model
from leads.models import (
    Lane,
    LaneKind,
    Step,
    TranscriptEvent,
)
from tests.leads.whatsapp import chat_stub as stubs
from tests.leads.whatsapp import outbound
from tests.leads.whatsapp.assistant import FALLBACK, ask, claimed, nothing_is_left, replies, work


def test_the_worker_that_was_taken_for_dead_answers_nothing(asker, chat, monkeypatch):
    """Its lease is lost while the model thinks, and another worker answers first."""
    ask(asker)
    ask(asker, "And on Sunday?")
    slow = claimed(asker)
    step = lanes.due_step(slow.row)

    ask_model = model.ask
    chat.say = lambda messages: "By the other."

    def overtaken(messages):
        monkeypatch.setattr(model, "ask", ask_model)
        Lane.objects.filter(pk=slow.row.pk).update(status=Status.QUEUED, lease_token="")
        work(asker)
        return "By the slow one."

    monkeypatch.setattr(model, "ask", overtaken)
    with pytest.raises(LeaseLost):
        answering.answer(step, slow)
    assert replies() == ["By the other."] * 2
    assert nothing_is_left()


def test_nor_when_it_never_learns_of_it(asker, chat, monkeypatch):
    ask(asker)
    slow = claimed(asker)
    step = lanes.due_step(slow.row)
    monkeypatch.setattr(Lease, "check", lambda lease: None)
    message = answering.wanted(step)
    monkeypatch.setattr(answering, "wanted", lambda step: message)
    answering.answer(step, slow)
    answering.answer(step, slow)
    assert replies() == ["You said: Are you open?"]
    assert Step.objects.filter(kind=LaneKind.SEND).count() == 1
    asker.refresh_from_db()
    assert asker.message_count == 2


def test_a_crash_in_the_middle_leaves_nothing_half_done(asker, monkeypatch):
    ask(asker)
    lease = claimed(asker)
    step = lanes.due_step(lease.row)
    with monkeypatch.context() as patch, pytest.raises(RuntimeError):
        patch.setattr(lanes, "add", lambda *args: (_ for _ in ()).throw(RuntimeError("cut off")))
        answering.answer(step, lease)
    assert (replies(), nothing_is_left()) == ([], False)
    answering.answer(lanes.due_step(lease.row), lease)
    assert (replies(), nothing_is_left()) == (["You said: Are you open?"], True)


def test_a_reply_whose_writer_was_killed_is_in_the_transcript_too(asker, cloud_api, monkeypatch):
    ask(asker)
    with monkeypatch.context() as patch, pytest.raises(KeyboardInterrupt):
        patch.setattr(message_rows, "log", lambda message: (_ for _ in ()).throw(KeyboardInterrupt))
        work(asker)
    assert (len(replies()), TranscriptEvent.objects.count()) == (1, 0)
    Step.objects.update(due_at=times.now() - lanes.LEFT * 2)
    lanes.sweep()
    outbound.work(asker)
    assert [sent.text for sent in cloud_api.sent] == replies()
    assert [event.content for event in TranscriptEvent.objects.all()] == replies()


def test_a_message_that_ends_each_worker_is_answered_with_the_fallback(asker, chat):
    ask(asker)
    Step.objects.update(tries=answering.TRIES_MAX)
    work(asker)
    assert replies() == [FALLBACK]
    assert not chat.seen


def test_a_worker_that_is_to_stop_leaves_the_answer_to_the_next(asker, chat):
    chat.fail(stubs.BROKEN, stubs.BROKEN)
    ask(asker)
    queue.stopping.clear()
    chat.say = lambda messages: "Later."
    lease = claimed(asker)

    def asked_to_stop(*args, **kwargs):
        queue.stopping.set()

    try:
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(answering, "show_typing", asked_to_stop)
            with pytest.raises(answering.Stopping):
                answering.answer(lanes.due_step(lease.row), lease)
    finally:
        queue.stopping.clear()
    assert replies() == []
    model.Rest.until = 0.0
    chat.faults.clear()
    answering.answer(lanes.due_step(lease.row), lease)
    assert replies() == ["Later."]
