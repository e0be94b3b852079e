"""Writing to a contact on the chat's page."""

import pytest

from leads.models import Message, Step
from tests.accounts.conftest import join_team_of
from tests.leads.whatsapp.chats import make_channel, make_contact, make_message
from tests.leads.whatsapp.test_chat_page import path
from tests.leads.whatsapp.test_inbox_list import HTMX
from tests.voices.models import make_echo


@pytest.fixture
def ann(alice):
    ann = make_contact(make_channel(alice, echo=make_echo(alice)), name="Ann Lee")
    make_message(ann)
    return ann


def write(client, contact, headers=None, **fields):
    return client.post(path(contact, "/write"), fields, headers=headers or {})


def written():
    return Message.objects.filter(role="assistant")


def test_it_is_sent_in_the_name_of_who_wrote_it(page, alice, ann):
    mate = join_team_of(alice, "mate")
    answer = write(page(mate), ann, text="In three days.\r\nAt the latest.")
    assert (answer.status_code, answer.url) == (302, f"{path(ann)}#end")
    message = written().get()
    assert (message.content, message.sent_by, message.is_spoken) == ("In three days.\nAt the latest.", mate, False)
    assert Step.objects.filter(message=message, kind="send").exists()


def test_without_a_reload_the_box_is_empty_again(page, alice, ann):
    answer = write(page(alice), ann, headers=HTMX, text="In three days.", is_spoken="on")
    html = answer.content.decode()
    assert (answer["HX-Trigger"], "<html" in html, "In three days." in html) == ('{"written": {}}', False, False)
    assert 'id="text"' in html
    assert written().get().is_spoken


@pytest.mark.parametrize("headers", [{}, HTMX])
@pytest.mark.parametrize(
    ("text", "words"), [("", "Write a message."), ("  ", "Write a message."), ("x" * 4097, "this has 4,097")]
)
def test_what_cannot_be_sent_stays_in_the_box(page, alice, ann, headers, text, words):
    answer = write(page(alice), ann, headers=headers, text=text)
    html = answer.content.decode()
    assert (answer.status_code, words in html, "HX-Trigger" in answer) == (200, True, False)
    assert text.strip() in html
    assert not written().exists()


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_a_window_that_has_closed_meanwhile(page, alice, ann, headers):
    type(ann).objects.update(last_inbound_at=None)
    html = write(page(alice), ann, headers=headers, text="Too <late>.").content.decode()
    assert ("Too &lt;late&gt;.</textarea>" in html, "24 hours" in html) == (True, True)
    assert not written().exists()


def test_a_contact_that_was_blocked_meanwhile(page, alice, ann):
    type(ann).objects.update(is_active=False)
    html = write(page(alice), ann, headers=HTMX, text="Hello?", is_spoken="on").content.decode()
    assert ("Hello?</textarea>" in html, "is blocked" in html, " checked>" in html) == (True, True, True)


def test_it_is_sent_again(page, alice, ann):
    message = make_message(ann, "Yes.", role="assistant", status="failed")
    client = page(alice)
    answer = client.post(path(ann, f"/messages/{message.pk}/again"))
    assert answer.url == f"{path(ann)}?at={message.pk}#message-{message.pk}"
    message.refresh_from_db()
    assert message.status == ""
    again = client.post(path(ann, f"/messages/{message.pk}/again"), follow=True)
    assert "Only a message that failed can be sent again." in again.content.decode()
    other = make_contact(ann.channel, "1")
    assert client.post(path(other, f"/messages/{message.pk}/again")).status_code == 404


def test_others_write_nothing(page, alice, charlie, ann):
    assert write(page(charlie), ann, text="Hello.").status_code == 404
    assert page(alice).get(path(ann, "/write")).status_code == 405
    assert not written().exists()
