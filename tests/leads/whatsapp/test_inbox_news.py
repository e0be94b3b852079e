"""The list of chats while it is open: what is new in it comes by itself."""

import re

import pytest

from config import times
from leads.actions.whatsapp import contacts
from leads.models import WINDOW, Contact, Message
from tests.leads.whatsapp.chats import make_channel, make_contact, make_message
from tests.leads.whatsapp.test_inbox_list import HTMX, INBOX, body, names

NEWS = f"{INBOX}/news"


@pytest.fixture
def ann(alice):
    ann = make_contact(make_channel(alice), "1", name="Ann")
    make_message(ann, "Good morning.", ago=60)
    return ann


def asked(html):
    """What the page asks next."""
    return re.search(r'id="inbox-news" hx-get="([^"]+)"', html)[1].replace("&amp;", "&")


def look(client, html):
    return client.get(asked(html), headers=HTMX)


def test_nothing_new_is_204(page, alice, ann):
    client = page(alice)
    html = body(client)
    assert 'hx-trigger="every 3s"' in html
    assert look(client, html).status_code == 204


def test_a_new_message_comes_once(page, alice, ann):
    client = page(alice)
    html = body(client)
    make_message(make_contact(ann.channel, "2", name="Omar"), "Hello.")
    news = look(client, html).content.decode()
    assert (names(news), "<html" in news) == (["Omar", "Ann"], False)
    assert 'data-unread="2"' in news
    assert look(client, news).status_code == 204


@pytest.mark.parametrize(
    "change",
    [
        lambda ann, by: contacts.see(by=by, contact=ann),
        lambda ann, by: contacts.pause(by=by, contact=ann),
        lambda ann, by: contacts.rename(by=by, contact=ann, name="Anna"),
        lambda ann, by: contacts.label(by=by, contact=ann, labels=["vip"]),
        lambda ann, by: contacts.block(by=by, contact=ann),
        lambda ann, by: Message.objects.update(status="failed"),
        lambda ann, by: Message.objects.update(edited_at=times.now()),
        lambda ann, by: Contact.objects.update(last_inbound_at=times.now() - WINDOW),
    ],
)
def test_whatever_a_row_says_is_news(page, alice, ann, change):
    client = page(alice)
    html = body(client)
    change(ann, alice)
    assert look(client, html).status_code == 200


def test_it_is_filtered_as_the_page_is(page, alice, ann):
    client = page(alice)
    make_message(make_contact(ann.channel, "2", name="Omar", label_line="|vip & co|"), "Hello.")
    html = body(client, show="unread", label="vip & co")
    assert names(html) == ["Omar"]
    assert look(client, html).status_code == 204
    make_message(ann, "Still there?")
    assert look(client, html).status_code == 204
    contacts.see(by=alice, contact=Contact.objects.get(name="Omar"))
    assert names(look(client, html).content.decode()) == []


def test_a_later_page_is_not_followed(page, alice, ann):
    for number in range(2, 30):
        make_message(make_contact(ann.channel, str(number)))
    html = body(page(alice))
    cursor = re.search(r"cursor=([\w-]+)", html)[1]
    assert 'id="inbox-news"' not in body(page(alice), cursor=cursor)
    news = page(alice).get(NEWS, headers=HTMX).content.decode()
    assert ("<ol hidden data-more>" in news, "Show more" in news) == (True, False)


def test_without_scripts_there_is_the_page(page, alice, ann):
    answer = page(alice).get(NEWS)
    assert (answer.status_code, answer.url) == (302, INBOX)
