"""The assistant asked by the API: `POST /api/v1/admin/ai-chat`."""

import pytest

from accounts.actions import keys
from leads.actions.whatsapp import trials
from leads.models import FALLBACK, Contact, Message
from tests.leads.whatsapp import chat_stub as stubs
from tests.leads.whatsapp.chats import make_channel
from tests.voices.models import make_echo

DOOR = "/api/v1/admin/ai-chat"


@pytest.fixture
def ask(api, alice):
    return lambda body, user=alice: api(user).post(DOOR, body, content_type="application/json")


def test_the_model_answers_and_nothing_is_kept(ask, chat):
    chat.say = lambda messages: "At ten."
    answer = ask({"message": "When do you open?"})
    assert answer.status_code == 200
    assert answer.json() == {"status": "success", "message": "When do you open?", "response": "At ten."}
    assert [turn["content"] for turn in chat.asked[0][1:]] == ["When do you open?"]
    assert not Message.objects.exists()
    assert not Contact.objects.exists()


def test_the_first_channel_of_the_team_says_who_it_is(ask, chat, alice, charlie):
    make_channel(charlie, phone_number_id="1", persona="You are a stranger.")
    assert ask({"message": "Hi"}).status_code == 200
    echo = make_echo(alice)
    echo.persona_prompt = "You are Captain Finn."
    echo.save()
    make_channel(alice, phone_number_id="2", echo=echo)
    make_channel(alice, phone_number_id="3", persona="You come second.")
    assert ask({"message": "Hi"}).status_code == 200
    begins = [messages[0]["content"].split(".")[0] for messages in chat.asked]
    assert begins == [f"You are the assistant of {alice.team.name}", "You are Captain Finn"]


def test_without_a_model_the_fallback_answers(ask, alice):
    assert ask({"message": "Hi"}).json() == {"status": "fallback", "message": "Hi", "response": FALLBACK}
    make_channel(alice, fallback="We will write back.")
    assert ask({"message": "Hi"}).json()["response"] == "We will write back."


@pytest.mark.parametrize("fault", [stubs.KEY_REFUSED, stubs.GARBAGE, stubs.PAGE, stubs.NULL, stubs.busy(60)])
def test_a_model_that_fails_is_no_error(ask, chat, fault):
    chat.fail(fault)
    answer = ask({"message": "Hi"})
    assert (answer.status_code, answer.json()["status"]) == (200, "fallback")
    assert stubs.KEY not in answer.content.decode()


@pytest.mark.parametrize("body", [{}, {"message": ""}, {"message": " \n\t "}, {"message": None}])
def test_an_empty_message_is_refused(ask, chat, body):
    answer = ask(body)
    assert (answer.status_code, answer.json()["detail"]) == (400, trials.EMPTY)
    assert not chat.seen


@pytest.mark.parametrize("message", ["x" * 4_097, "x" * 65_536, "a\x00b", "\ud83d", 7, ["Hi"], {"text": "Hi"}, True])
def test_what_cannot_be_asked_is_refused(ask, chat, message):
    answer = ask({"message": message})
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["body", "message"])
    assert not chat.seen


@pytest.mark.parametrize("message", ["🐦" * 4_096, "مرحبا، هل أنتم مفتوحون؟", "a\r\nb", "</s> {{7*7}} \u202e"])
def test_odd_texts_arrive_as_they_are(ask, chat, message):
    assert ask({"message": message}).json()["message"] == message
    assert chat.asked[0][-1]["content"] == message


def test_one_team_cannot_ask_too_often(ask, chat, settings, bob):
    settings.RATES = settings.RATES | {"assistant": "2/h"}
    assert [ask({"message": "Hi"}).status_code for _ in range(3)] == [200, 200, 429]
    refused = ask({"message": "Hi"})
    assert refused.headers["Retry-After"]
    assert ask({"message": "Hi"}, bob).status_code == 200
    assert ask({"message": ""}).status_code == 400
    assert len(chat.seen) == 3


def test_broken_bodies_and_other_methods(api, alice, chat):
    client = api(alice)
    assert client.post(DOOR, b"{broken", content_type="application/json").status_code == 400
    assert client.post(DOOR, b"[]", content_type="application/json").status_code == 422
    assert client.post(DOOR, b"message=Hi", content_type="application/x-www-form-urlencoded").status_code == 415
    assert client.get(DOOR).status_code == 405


def test_a_key_needs_the_desk(client, alice, chat):
    for scopes, status in ((["desk"], 200), (["read"], 403), (["speak"], 403), (["all"], 200)):
        _, text = keys.create_key(by=alice, name="Robot", scopes=scopes)
        answer = client.post(DOOR, {"message": "Hi"}, content_type="application/json", headers={"x-api-key": text})
        assert answer.status_code == status
    assert client.post(DOOR, {"message": "Hi"}, content_type="application/json").status_code == 401
