"""A chat while it is open: what comes in or changes shows by itself."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import times
from leads.actions.whatsapp import contacts
from leads.models import Contact, Message, MessageMedia
from leads.pages.chats import FOLLOWED_MESSAGES, KEPT_MESSAGES
from tests.leads.whatsapp.chats import make_channel, make_contact, make_media, make_message
from tests.leads.whatsapp.test_chat_page import body, entry, path, shown
from tests.leads.whatsapp.test_inbox_list import HTMX


@pytest.fixture
def ann(alice):
    return make_contact(make_channel(alice), name="Ann Lee")


def asked(html):
    return re.search(r'id="chat-news"[^>]* hx-get="([^"]+)"', html)[1].replace("&amp;", "&")


def look(client, html):
    return client.get(asked(html), headers=HTMX)


def test_what_is_new_comes_once(page, alice, ann):
    make_message(ann, "one", ago=60)
    client = page(alice)
    html = body(client, ann)
    assert look(client, html).status_code == 204
    make_message(ann, "three")
    make_message(ann, "two", ago=30)
    news = look(client, html).content.decode()
    assert (shown(news), "<html" in news) == (["one", "two", "three"], False)
    assert look(client, news).status_code == 204
    ann.refresh_from_db()
    assert ann.unread_count == 0


def test_looking_costs_next_to_nothing(page, alice, ann):
    make_message(ann, "one", ago=60)
    client = page(alice)
    html = body(client, ann)
    with CaptureQueriesContext(connection) as queries:
        assert look(client, html).status_code == 204
    of_chats = [
        each["sql"] for each in queries.captured_queries if "contacts" in each["sql"] or "messages" in each["sql"]
    ]
    assert len(of_chats) == 2
    assert not [sql for sql in of_chats if '"messages"."content"' in sql]


def test_the_first_message_of_all(page, alice, ann):
    client = page(alice)
    html = body(client, ann)
    assert look(client, html).status_code == 204
    make_message(ann, "one")
    assert shown(look(client, html).content.decode()) == ["one"]


@pytest.mark.parametrize(
    "change",
    [
        lambda ann, by: Message.objects.update(status="read"),
        lambda ann, by: Message.objects.update(edited_at=times.now(), content="Edited."),
        lambda ann, by: Message.objects.update(deleted_at=times.now(), content=""),
        lambda ann, by: MessageMedia.objects.update(status="failed"),
        lambda ann, by: contacts.pause(by=by, contact=ann),
        lambda ann, by: contacts.label(by=by, contact=ann, labels=["vip"]),
        lambda ann, by: Contact.objects.update(suggestion_version=1),
    ],
)
def test_whatever_changes_is_news(page, alice, ann, change):
    message = make_message(ann, "[image]", kind="image", role="assistant")
    make_media(message)
    client = page(alice)
    html = body(client, ann)
    before = re.search(r'data-mark="(\w+)"', entry(html, message))[1]
    change(ann, alice)
    news = look(client, html).content.decode()
    is_of_message = change.__code__.co_names[0] in ("Message", "MessageMedia")
    assert (re.search(r'data-mark="(\w+)"', entry(news, message))[1] != before) == is_of_message
    assert 'id="standing" hx-swap-oob="true"' in news


def test_the_box_comes_and_goes(page, alice, ann):
    make_message(ann, ago=25 * 3600)
    client = page(alice)
    html = body(client, ann)
    assert "<textarea" not in html
    make_message(ann)
    news = look(client, html).content.decode()
    assert 'id="composer" hx-swap-oob="true"' in news
    assert "<textarea" in news
    make_message(ann)
    again = look(client, news).content.decode()
    assert 'id="composer"' not in again  # what is being typed stays
    ann.refresh_from_db()
    contacts.block(by=alice, contact=ann)
    blocked = look(client, again).content.decode()
    assert ('id="composer" hx-swap-oob="true"' in blocked, "<textarea" in blocked) == (True, False)


def test_many_at_once_come_one_after_the_other(page, alice, ann):
    make_message(ann, "first", ago=2000)
    client = page(alice)
    html, seen = body(client, ann), set()
    for number in range(2 * FOLLOWED_MESSAGES):
        make_message(ann, f"say {number}", ago=1900 - number)
    for _ in range(5):
        answer = look(client, html)
        if answer.status_code == 204:
            break
        html = answer.content.decode()
        assert len(shown(html)) <= FOLLOWED_MESSAGES
        seen |= set(shown(html))
    assert (len(seen), answer.status_code) == (2 * FOLLOWED_MESSAGES + 1, 204)
    make_message(ann, "last")
    assert len(shown(look(client, html).content.decode())) <= KEPT_MESSAGES + 1


def test_without_scripts_there_is_the_page(page, alice, ann):
    answer = page(alice).get(path(ann, "/messages?mark=x"))
    assert (answer.status_code, answer.url) == (302, f"{path(ann)}?mark=x")
    assert "Show what is new" in body(page(alice), ann)
