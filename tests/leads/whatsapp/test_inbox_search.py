"""The search in the inbox: by name, by number in any notation, and in what was said."""

import re

import pytest

from config import times
from leads.actions.whatsapp import message_rows
from tests.leads.talks import make_event, make_session
from tests.leads.whatsapp.chats import make_channel, make_contact, make_message
from tests.leads.whatsapp.test_inbox_list import HTMX, INBOX, body, names


@pytest.fixture
def channel(alice):
    return make_channel(alice)


@pytest.fixture
def ann(channel):
    return make_contact(channel, "4915112345678", name="Ann Lee")


def said(contact, content, **fields):
    message = make_message(contact, content, **fields)
    message_rows.log(message)
    return message


def links(html):
    return re.findall(r'class="found-link" href="([^"]+)"', html)


@pytest.mark.parametrize(
    "q",
    ["ann", "LEE", "4915112345678", "+49 151 1234-5678", "0151 12345678", "+49 (0)151/123", "0049 151 12", "٤٩١٥١"],
)
def test_by_name_or_number(page, alice, channel, ann, q):
    make_message(ann)
    make_message(make_contact(channel, "331", name="Jean"))
    assert names(body(page(alice), q=q)) == ["Ann Lee"]


def test_somebody_without_a_number(page, alice, channel):
    make_message(make_contact(channel, "US.13491208655302741918", name="Hidden"))
    assert names(body(page(alice), q="us.1349")) == ["Hidden"]


def test_blocked_ones_are_found_too(page, alice, channel):
    make_message(make_contact(channel, name="Ann", is_active=False))
    html = body(page(alice), q="ann")
    assert (names(html), "blocked" in html) == (["Ann"], True)


def test_what_was_said_leads_to_its_message(page, alice, ann):
    message = said(ann, "Do you ship to Norway & on?", ago=5)
    said(ann, "Anywhere.", ago=4)
    html = body(page(alice), q="norway")
    assert links(html) == [f"/inbox/{ann.pk}?at={message.pk}&amp;q=norway#message-{message.pk}"]
    assert "<mark>Norway</mark> &amp; on?" in html
    assert "<mark>Norway</mark>" in page(alice).get(f"/inbox/{ann.pk}?at={message.pk}&q=norway").content.decode()


def test_only_chats_are_searched(page, alice, charlie, ann):
    make_session(alice)
    make_event(alice, "Norway by phone", source="phone")
    make_event(alice, "Norway by somebody else", source="whatsapp")
    said(make_contact(make_channel(charlie, phone_number_id="9")), "Norway of another team")
    assert links(body(page(alice), q="norway")) == []
    message = said(ann, "Norway")
    assert len(links(body(page(alice), q="norway"))) == 1
    type(message).objects.filter(pk=message.pk).update(deleted_at=times.now())
    assert links(body(page(alice), q="norway")) == []


def test_it_goes_on(page, alice, ann):
    for number in range(130):
        said(ann, f"Norway {number}", ago=200 - number)
    client = page(alice)
    html = body(client, q="norway")
    first = links(html)
    cursor = re.search(r"cursor=([\w-]+)", html)[1]
    rest = links(body(client, headers=HTMX, q="norway", cursor=cursor))
    assert (len(first), len(first) + len(rest), set(first) & set(rest)) == (100, 130, set())


@pytest.mark.parametrize(("q", "words"), [("nobody", "Nobody has this name or number"), ("?!", "Signs alone can")])
def test_nothing_found(page, alice, ann, q, words):
    make_message(ann)
    assert words in body(page(alice), q=q)


def test_a_cursor_that_no_page_gave(page, alice):
    assert page(alice).get(INBOX, {"q": "norway", "cursor": "odd!"}).status_code == 422
