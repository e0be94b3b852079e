"""The page of one chat."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import times
from leads.models import Contact
from leads.pages.chats import BEFORE_MESSAGES, PART_MESSAGES
from leads.whatsapp.session_ids import session_id_of
from tests.accounts.conftest import join_team_of
from tests.leads.whatsapp.chats import make_channel, make_contact, make_media, make_message
from tests.leads.whatsapp.test_inbox_list import HTMX
from tests.voices.models import make_echo


@pytest.fixture
def channel(alice):
    return make_channel(alice, replies=True)


@pytest.fixture
def ann(channel):
    return make_contact(channel, name="Ann Lee")


@pytest.fixture
def long_chat(ann):
    """Of 120 messages, a second apart."""
    return [make_message(ann, f"say {number}", ago=200 - number) for number in range(120)]


def path(contact, rest=""):
    return f"/inbox/{contact.pk}{rest}"


def body(client, contact, rest="", headers=None, **query):
    answer = client.get(path(contact, rest), query, headers=headers or {})
    assert answer.status_code == 200
    return answer.content.decode()


def shown(html):
    """The words of the messages, in their order."""
    return re.findall(r'<div class="talk-words[^>]*>(.*?)</div>', html)


def entry(html, message):
    return re.search(rf'<li [^>]*id="message-{message.pk}".*?</li>', html, re.DOTALL)[0]


def test_messages_in_order_of_time(page, alice, ann):
    make_message(ann, "two", ago=10)
    make_message(ann, "one <b>", ago=20)
    make_message(ann, "three", ago=5, role="assistant")
    assert shown(body(page(alice), ann)) == ["one &lt;b&gt;", "two", "three"]


def test_who_wrote_and_what_became_of_it(page, alice, ann):
    mate = join_team_of(alice, "mate")
    states = {"": "on its way", "sent": "sent", "delivered": "delivered", "read": "read"}
    rows = {make_message(ann, role="assistant", status=status, sent_by=mate): words for status, words in states.items()}
    html = body(page(alice), ann)
    for message, words in rows.items():
        assert f'chat-status">{words}</span>' in entry(html, message)
        assert "<bdi>Mate</bdi>" in entry(html, message)
    theirs, assistant = make_message(ann), make_message(ann, role="assistant")
    html = body(page(mate), ann)
    assert ("<bdi>Ann Lee</bdi>" in entry(html, theirs), "chat-status" in entry(html, theirs)) == (True, False)
    assert "<bdi>Assistant</bdi>" in entry(html, assistant)
    assert "<bdi>You</bdi>" in entry(html, next(iter(rows)))


def test_what_was_not_sent_says_why(page, alice, ann):
    message = make_message(ann, role="assistant", status="failed", error="The phone is <off>.")
    html = entry(body(page(alice), ann), message)
    assert ("The phone is &lt;off&gt;." in html, "Send again" in html) == (True, False)  # nobody can write to them
    make_message(ann)
    assert f'action="/inbox/{ann.pk}/messages/{message.pk}/again"' in entry(body(page(alice), ann), message)


def test_edited_deleted_and_answered(page, alice, ann):
    first = make_message(ann, "Which colour?", meta_message_id="wamid.1", ago=9)
    answer = make_message(ann, "Red.", role="assistant", metadata={"context": {"id": "wamid.1"}}, ago=8)
    reaction = make_message(ann, "👍", kind="reaction", metadata={"reaction": {"message_id": "wamid.1"}}, ago=7)
    edited = make_message(ann, "Blue.", edited_at=times.now(), ago=6)
    deleted = make_message(ann, "", deleted_at=times.now(), ago=5)
    unknown = make_message(ann, "Yes.", metadata={"context": {"id": "wamid.gone"}}, ago=4)
    odd = make_message(ann, "Odd.", metadata={"context": ["x"], "reaction": "y"}, ago=3)
    html = body(page(alice), ann)
    assert f'href="/inbox/{ann.pk}?at={first.pk}#message-{first.pk}">In reply to' in entry(html, answer)
    assert "Which colour?" in entry(html, answer)
    assert "Reaction to" in entry(html, reaction)
    assert ">edited<" in entry(html, edited)
    assert "This message was deleted." in entry(html, deleted)
    assert "chat-quote" not in entry(html, unknown) + entry(html, odd)


def test_places_and_files(page, alice, ann):
    place = {"latitude": 59.9, "longitude": 10.7, "name": "Quay"}
    at = make_message(ann, "[location] Quay (59.9, 10.7)", kind="location", metadata={"location": place})
    nowhere = make_message(ann, "[location]", kind="location", metadata={"location": {"latitude": "x"}})
    image = make_message(ann, "[image]", kind="image")
    make_media(image)
    captioned = make_message(ann, "Our shop", kind="image")
    html = body(page(alice), ann)
    assert 'href="https://www.openstreetmap.org/?mlat=59.900000&amp;mlon=10.700000' in entry(html, at)
    assert "openstreetmap" not in entry(html, nowhere)
    assert ("[image]" in entry(html, image), "on its way from WhatsApp" in entry(html, image)) == (False, True)
    assert "Our shop" in entry(html, captioned)


@pytest.mark.parametrize(
    ("content", "kind", "label", "words"),
    [
        ("[contact] Barbara, +1 650\n[contact] Omar", "contacts", "contact", "Barbara, +1 650\nOmar"),
        ("[location] Quay", "location", "location", "Quay"),
        ("[unsupported]", "unsupported", "unsupported", "WhatsApp does not pass on what stands in it."),
        ("[reaction removed]", "reaction", "reaction removed", ""),
        ("Yes [please]", "interactive", "", "Yes [please]"),
        ("[location] as it is typed", "text", "", "[location] as it is typed"),
    ],
)
def test_what_is_no_text_says_what_it_is(page, alice, ann, content, kind, label, words):
    message = make_message(ann, content, kind=kind)
    html = entry(body(page(alice), ann), message)
    assert (words in html, f"[{label}]" in html) == (True, False)
    assert (f'<span class="quiet">{label}</span>' in html) == bool(label)


def test_days_part_the_messages(page, alice, ann):
    make_message(ann, "long ago", created_at=dt.datetime(2025, 3, 1, 12, tzinfo=dt.UTC))
    make_message(ann, "later that day", created_at=dt.datetime(2025, 3, 1, 13, tzinfo=dt.UTC))
    make_message(ann, "now")
    days = re.findall(r'class="chat-day[^>]*>(.*?)</li>', body(page(alice), ann))
    assert days == ["Saturday, 1 March 2025", "Today"]


def test_it_opens_at_its_end_and_goes_back(page, alice, ann, long_chat):
    client = page(alice)
    html = body(client, ann)
    assert shown(html) == [f"say {number}" for number in range(120 - PART_MESSAGES, 120)]
    cursor = re.search(r"before=([\w-]+)", html)[1]
    earlier = body(client, ann, "/messages", headers=HTMX, before=cursor)
    assert shown(earlier) == [f"say {number}" for number in range(120 - 2 * PART_MESSAGES, 120 - PART_MESSAGES)]
    assert ("<html" in earlier, "chat-news" in earlier) == (False, False)
    first = body(client, ann, before=re.search(r"before=([\w-]+)", earlier)[1])
    assert shown(first) == [f"say {number}" for number in range(120 - 2 * PART_MESSAGES)]
    assert ("Show earlier" in first, "Show later" in first, "chat-news" in first) == (False, True, False)
    cursor = re.search(r"after=([\w-]+)", first)[1]
    assert shown(body(client, ann, "/messages", headers=HTMX, after=cursor))[0] == f"say {120 - 2 * PART_MESSAGES}"


def test_it_opens_at_a_message(page, alice, ann, long_chat):
    html = body(page(alice), ann, at=long_chat[40].pk)
    assert shown(html) == [
        f"say {number}" for number in range(40 - BEFORE_MESSAGES, 40 - BEFORE_MESSAGES + PART_MESSAGES)
    ]
    assert "talk-at" in entry(html, long_chat[40])
    cursor = re.search(r"after=([\w-]+)", html)[1]
    last = body(page(alice), ann, after=cursor)
    assert (shown(last)[-1], "chat-news" in last) == ("say 119", True)
    assert shown(body(page(alice), ann, at="f" * 24))[-1] == "say 119"


def test_opening_it_is_looking_at_it(page, alice, ann, long_chat):
    client = page(alice)
    body(client, ann, at=long_chat[0].pk)
    ann.refresh_from_db()
    assert ann.unread_count == 120
    body(client, ann)
    ann.refresh_from_db()
    assert (ann.unread_count, ann.seen_at is not None) == (0, True)


@pytest.mark.parametrize("headers", [{}, HTMX])
def test_no_message_costs_a_query_of_its_own(page, alice, ann, headers):
    client, counts = page(alice), []
    for number in (2, 20):
        for each in range(number):
            answered = {"context": {"id": f"wamid.{each}"}}
            meta_id = f"wamid.{number}.{each}" if each else f"wamid.0.{number}"
            make_media(make_message(ann, kind="image", meta_message_id=meta_id, metadata=answered))
            make_message(ann, role="assistant", sent_by=alice)
        Contact.objects.update(unread_count=0)
        with CaptureQueriesContext(connection) as queries:
            body(client, ann, "/messages" if headers else "", headers=headers)
        counts.append(len(queries))
        assert not [each for each in queries.captured_queries if " JOIN " in each["sql"] or "$lookup" in each["sql"]]
    assert counts[0] == counts[1]


def test_one_can_write_while_the_window_is_open(page, alice, ann):
    make_message(ann)
    html = body(page(alice), ann)
    assert ("<textarea" in html, "You can write until" in html, "As a voice note" in html) == (True, True, False)
    ann.channel.echo = make_echo(alice)
    ann.channel.save()
    assert "As a voice note" in body(page(alice), ann)


@pytest.mark.parametrize(
    ("contact", "channel_fields", "words"),
    [
        ({"is_active": False}, {}, "is blocked: nobody writes to them"),
        ({}, {"phone_number_id": "", "sealed_token": ""}, "has no number to send from"),
    ],
)
def test_why_one_cannot_write(page, alice, contact, channel_fields, words):
    ann = make_contact(make_channel(alice, **channel_fields), **contact)
    make_message(ann)
    html = body(page(alice), ann)
    assert ("<textarea" in html, words in html) == (False, True)


def test_only_an_administrator_is_sent_to_the_channel(page, alice):
    ann = make_contact(make_channel(alice, phone_number_id="", sealed_token=""), is_paused=True)
    make_message(ann)
    html = body(page(alice), ann)
    assert ("Connect it</a>" in html, "Let the assistant answer" in html) == (True, False)
    html = body(page(join_team_of(alice, "mate")), ann)
    assert ("Connect it</a>" in html, "An administrator of your team can connect it" in html) == (False, True)


def test_outside_the_window_it_says_what_whatsapp_takes(page, alice, ann):
    make_message(ann, ago=25 * 3600)
    html = body(page(alice), ann)
    assert ("<textarea" in html, "approved templates" in html, "as soon as they do" in html) == (False, True, True)


def test_the_assistant_is_paused_and_resumed(page, alice, ann):
    make_message(ann)
    client = page(alice)
    assert "Pause the assistant" in body(client, ann)
    answer = client.post(path(ann, "/pause"), headers=HTMX).content.decode()
    assert ("Let the assistant answer" in answer, 'data-say="The assistant is paused' in answer) == (True, True)
    ann.refresh_from_db()
    assert ann.is_paused
    assert client.post(path(ann, "/resume")).url == f"{path(ann)}#end"
    ann.refresh_from_db()
    assert not ann.is_paused
    ann.channel.replies = False
    ann.channel.save()
    assert "Pause the assistant" not in body(client, ann)


def test_it_and_its_transcript_lead_to_each_other(page, alice, ann, long_chat):
    from leads.actions.whatsapp import message_rows

    message_rows.log(long_chat[-1])
    address = f"/conversations/{session_id_of(ann.pk, ann.last_message_at)}"
    assert f'href="{address}"' in body(page(alice), ann)
    assert f'href="{path(ann)}"' in page(alice).get(address).content.decode()


def test_what_is_suggested(page, alice, ann):
    make_message(ann)
    client = page(alice)
    assert "May become a lead" not in body(client, ann)
    told = {"value": "ann@acme.example", "at": ["2026-11-21T00:00:00.000Z", "x"]}
    Contact.objects.update(suggestion={"name": {"value": "Ann", "at": ["", ""]}})
    assert "May become a lead" not in body(client, ann)
    Contact.objects.update(suggestion={"email": told})
    html = body(client, ann)
    assert ("ann@acme.example" in html, 'id="accept"' in html, "Not said" in html) == (True, True, False)
    Contact.objects.update(is_active=False)
    assert "May become a lead" not in body(client, ann)
    Contact.objects.update(is_active=True)
    assert client.post(path(ann, "/lead/dismiss")).url == f"{path(ann)}#end"
    assert "May become a lead" not in body(client, ann)


def test_parts_that_are_none(page, alice, charlie, ann):
    make_message(ann)
    client = page(alice)
    assert client.get(path(ann), {"before": "odd"}).status_code == 422
    assert client.get(path(ann), {"after": "odd"}).status_code == 422
    assert client.get(path(ann, "/messages"), {"mark": "x", "start": "odd"}, headers=HTMX).status_code == 422
    assert client.get("/inbox/ffffffffffffffffffffffff").status_code == 404
    assert page(charlie).get(path(ann)).status_code == 404
