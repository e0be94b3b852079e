"""What the language model is asked, and every way in which it can fail: in time, by name, and without the key."""

import logging
import time
import traceback

import pytest

from config import queue
from leads.assistant import chat as model
from leads.assistant.failures import (
    ChatAway,
    ChatBusy,
    ChatGarbled,
    ChatKeyRefused,
    ChatModelUnknown,
    ChatNoCredit,
    ChatOff,
    ChatRefused,
    ChatResting,
    ChatSilent,
)
from tests.leads.whatsapp import chat_stub as stubs
from tests.leads.whatsapp.chat_stub import KEY, MODEL, PATH, completion
from tests.voices.fish_wire import Fault

ASKED = [{"role": "system", "content": "Be kind."}, {"role": "user", "content": "Are you open?"}]
FINAL = [
    (stubs.KEY_REFUSED, ChatKeyRefused),
    (Fault(403, stubs.HTML), ChatKeyRefused),
    (stubs.NO_CREDIT, ChatNoCredit),
    (Fault(402, {"error": "pay"}), ChatNoCredit),
    (stubs.NO_MODEL, ChatModelUnknown),
    (Fault(404, stubs.HTML), ChatModelUnknown),
    (stubs.TOO_LONG, ChatRefused),
    (Fault(422, b"\xff\xfe"), ChatRefused),
    (Fault(301, b"", {"Location": "https://elsewhere.invalid/"}), ChatGarbled),
    (stubs.NO_CHOICES, ChatGarbled),
    (stubs.GARBAGE, ChatGarbled),
    (stubs.PAGE, ChatGarbled),
    (Fault(200, b""), ChatGarbled),
    (Fault(200, b"[" * 100_000, {"Content-Type": "application/json"}), ChatGarbled),
    (Fault(200, b"\xff\xfe\x00", {"Content-Type": "application/json"}), ChatGarbled),
    (Fault(200, []), ChatGarbled),
    (Fault(200, {"choices": None}), ChatGarbled),
    (Fault(200, {"choices": {"0": "x"}}), ChatGarbled),
    (Fault(200, {"choices": [{"message": "Hello."}]}), ChatGarbled),
    (Fault(200, {"choices": [{"message": None}]}), ChatGarbled),
    (Fault(200, completion({"text": "Hello."})), ChatGarbled),
    (Fault(200, completion(7)), ChatGarbled),
    (Fault(200, b"garbage", {"Content-Encoding": "gzip"}), ChatGarbled),
    (Fault(200, b"{}", {"Content-Type": "application/json; charset=hex"}), ChatGarbled),
    (stubs.EMPTY, ChatSilent),
    (stubs.BLANK, ChatSilent),
    (stubs.NULL, ChatSilent),
    (stubs.TOOLS, ChatSilent),
    (Fault(200, completion("<think>They ask when we")), ChatSilent),
    (Fault(200, completion("<think>Hm.</think>\n ")), ChatSilent),
]
PASSING = [
    (stubs.BROKEN, ChatAway),
    (stubs.BAD_GATEWAY, ChatAway),
    (Fault(503, b""), ChatAway),
    (Fault(408, b""), ChatAway),
    (Fault(429, {"error": "slow down"}), ChatBusy),
    (stubs.CUT, ChatAway),
    (stubs.SILENT, ChatAway),
    (stubs.DRIP, ChatAway),
]


@pytest.fixture(autouse=True)
def quick(monkeypatch):
    monkeypatch.setattr(model, "PAUSE_SECONDS", 0.01)


def test_the_model_answers(chat):
    chat.say = lambda messages: "  Yes, until six.\n"
    assert model.ask(ASKED) == "Yes, until six."
    (seen,) = chat.seen
    assert seen.door == f"POST {PATH}"
    assert seen.headers["authorization"] == f"Bearer {KEY}"
    assert chat.asked == [ASKED]
    assert f'"{MODEL}"' in seen.content.decode()


@pytest.mark.parametrize(
    "answer",
    [
        completion("Yes.", reasoning_content="They want to know when."),
        completion("Yes.", reasoning="Let me think.", refusal=None, annotations=[]),
        completion("<think>They want to know.\nHm.</think>\n\nYes."),
        completion("\n<thinking>Hm.</thinking>Yes."),
        {"choices": [{"message": {"content": "Yes."}}]},
        {"choices": [{"message": {"content": "Yes."}}, {"message": {"content": "No."}}], "usage": "none"},
    ],
)
def test_only_what_is_said_is_the_answer(chat, answer):
    chat.fail(Fault(200, answer))
    assert model.ask(ASKED) == "Yes."


def test_a_long_answer_comes_whole(chat):
    chat.say = lambda messages: "Ropes creak. " * 160_000
    assert len(model.ask(ASKED)) > 2_000_000


@pytest.mark.parametrize(("base_url", "name"), [("", MODEL), ("http://127.0.0.1:9/v1", ""), ("", "")])
def test_without_an_address_or_a_model_nobody_is_asked(settings, base_url, name):
    settings.LLM_BASE_URL, settings.LLM_MODEL = base_url, name
    with pytest.raises(ChatOff):
        model.ask(ASKED)


def test_an_endpoint_without_a_key_is_asked_without_one(chat, settings, monkeypatch):
    monkeypatch.setenv("OPENAI_API_KEY", "sk-of-another-program")
    settings.LLM_API_KEY = ""
    with pytest.raises(ChatKeyRefused):
        model.ask(ASKED)
    assert "sk-of" not in chat.seen[0].headers["authorization"]
    model.client().close()


@pytest.mark.parametrize(("fault", "failure"), FINAL)
def test_what_does_not_pass_is_asked_once(chat, fault, failure):
    chat.fail(fault, Fault(200, completion("Not asked for.")))
    with pytest.raises(failure):
        model.ask(ASKED)
    assert len(chat.seen) == 1
    assert model.Rest.until == 0


@pytest.mark.parametrize(("fault", "failure"), PASSING)
def test_what_may_pass_is_asked_once_more(chat, impatient, fault, failure):
    chat.fail(fault)
    assert model.ask(ASKED) == "You said: Are you open?"
    assert len(chat.seen) == 2


@pytest.mark.parametrize(("fault", "failure"), PASSING)
def test_then_it_ends_in_time_and_nobody_waits_for_a_while(chat, impatient, fault, failure):
    chat.fail(fault, fault)
    began = time.monotonic()
    with pytest.raises(failure):
        model.ask(ASKED)
    assert time.monotonic() - began < 10
    with pytest.raises(ChatResting):
        model.ask(ASKED)
    assert len(chat.seen) == 2
    assert 25 < model.Rest.until - time.monotonic() <= 30
    model.Rest.until = time.monotonic()
    assert model.ask(ASKED)


def test_nobody_listens(chat, settings):
    settings.LLM_BASE_URL = "http://127.0.0.1:9/v1"
    with pytest.raises(ChatAway):
        model.ask(ASKED)


def test_a_slow_answer_in_time_is_taken(chat):
    chat.slow_seconds = 0.2
    assert model.ask(ASKED)


@pytest.mark.parametrize(("seconds", "asked", "rest"), [(0, 2, 0), (120, 1, 120), (99_999, 1, 300)])
def test_the_endpoint_says_when_to_ask_again(chat, seconds, asked, rest):
    chat.fail(stubs.busy(seconds))
    if rest:
        with pytest.raises(ChatBusy):
            model.ask(ASKED)
    else:
        assert model.ask(ASKED)
    assert len(chat.seen) == asked
    assert (model.Rest.until and model.Rest.until - time.monotonic()) == pytest.approx(rest, abs=2)


def test_a_worker_that_is_to_stop_does_not_wait(chat, monkeypatch):
    monkeypatch.setattr(model, "PAUSE_SECONDS", 4.0)
    queue.stopping.set()
    try:
        chat.fail(stubs.BROKEN)
        with pytest.raises(ChatAway):
            model.ask(ASKED)
    finally:
        queue.stopping.clear()
    assert len(chat.seen) == 1


@pytest.mark.parametrize("fault", [stubs.KEY_REFUSED, stubs.NO_CREDIT, stubs.BROKEN, stubs.PAGE, stubs.GARBAGE])
def test_no_secret_and_nothing_of_the_chat_gets_out(chat, caplog, fault):
    caplog.set_level(logging.INFO)
    chat.fail(fault, fault)
    with pytest.raises(Exception, match="language model|endpoint") as raised:
        model.ask(ASKED)
    told = caplog.text + "".join(traceback.format_exception(raised.value))
    assert KEY not in told
    assert "Are you open?" not in told


@pytest.mark.parametrize(
    ("base_url", "name", "said"),
    [("http://127.0.0.1:9/v1", "", [model.NO_MODEL]), ("", MODEL, [model.NO_ADDRESS]), ("", "", []), ("x", "y", [])],
)
def test_half_a_setting_is_told_at_the_start(settings, base_url, name, said):
    settings.LLM_BASE_URL, settings.LLM_MODEL = base_url, name
    told = []
    model.warn_at_start(told.append)
    assert told == said


def test_no_level_of_the_log_repeats_a_chat(chat, caplog):
    caplog.set_level(logging.DEBUG)
    assert model.ask(ASKED)
    assert "Are you open?" not in caplog.text
    assert KEY not in caplog.text
