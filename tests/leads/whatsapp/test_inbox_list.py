"""The list of chats."""

import datetime as dt
import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from config import times
from leads.models import Contact, Message
from tests.accounts.conftest import join_team_of
from tests.leads.whatsapp.chats import make_channel, make_contact, make_message

INBOX = "/inbox"
HTMX = {"hx-request": "true"}


@pytest.fixture
def channel(alice):
    return make_channel(alice)


def body(client, path=INBOX, headers=None, **query):
    answer = client.get(path, query, headers=headers or {})
    assert answer.status_code == 200
    return answer.content.decode()


def names(html):
    return re.findall(r'class="chat-link"[^>]*><bdi>(.*?)</bdi>', html)


def row(html, contact):
    return re.search(rf'<li [^>]*id="chat-{contact.pk}".*?</li>\s*(?=<li|</ol)', html, re.DOTALL)[0]


def test_the_newest_message_comes_first(page, alice, channel):
    old, new = make_contact(channel, "1", name="Old"), make_contact(channel, "2", name="New")
    make_message(new, "First.", ago=300)
    make_message(old, "Second.", ago=200)
    assert names(body(page(alice))) == ["Old", "New"]
    make_message(new, "Third.", ago=100, role="assistant")
    assert names(body(page(alice))) == ["New", "Old"]


def test_what_a_row_says(page, alice, channel):
    mate = join_team_of(alice, "mate")
    ann = make_contact(channel, name="Ann <Lee>", label_line="|vip|")
    make_message(ann, "Do you ship\nto <Norway>?", ago=60)
    html = row(body(page(alice)), ann)
    assert "Ann &lt;Lee&gt;" in html
    assert "+4915112345678" in html
    assert "<bdi>Ann</bdi>:</span> Do you ship to &lt;Norway&gt;?" in html
    assert '1<span class="visually-hidden"> unread' in html
    assert 'href="/inbox?label=vip"' in html
    assert "1 min ago" in html
    make_message(ann, "Yes.", role="assistant", ago=50)
    assert "<bdi>Assistant</bdi>:</span> Yes." in row(body(page(alice)), ann)
    make_message(ann, "In three days.", role="assistant", sent_by=mate, ago=40)
    assert "<bdi>Mate</bdi>:</span> In three days." in row(body(page(alice)), ann)
    assert "<bdi>You</bdi>:</span> In three days." in row(body(page(mate)), ann)


def test_its_states(page, alice, channel):
    paused = make_contact(channel, "1", is_paused=True)
    make_message(paused)
    late = make_contact(channel, "2")
    make_message(late, ago=25 * 3600)
    failed = make_contact(channel, "3")
    make_message(failed, role="assistant", status="failed", ago=3)
    gone = make_contact(channel, "4")
    make_message(gone, "", deleted_at=times.now())
    html = body(page(alice))
    assert ("assistant paused" in row(html, paused), "window closed" in row(html, paused)) == (True, False)
    assert "window closed" in row(html, late)
    assert "not sent" in row(html, failed)
    assert "This message was deleted." in row(html, gone)


def test_tabs_and_filters(page, alice, channel):
    other = make_channel(alice, name="Quay", phone_number_id="2")
    read = make_contact(channel, "1", name="Read", label_line="|vip|berlin|")
    make_message(read, role="assistant")
    make_message(make_contact(channel, "2", name="Unread"))
    make_message(make_contact(other, "3", name="Elsewhere", label_line="|vip2|"))
    make_message(make_contact(channel, "4", name="Blocked", is_active=False))
    client = page(alice)
    assert set(names(body(client))) == {"Read", "Unread", "Elsewhere"}
    assert set(names(body(client, show="unread"))) == {"Unread", "Elsewhere"}
    assert names(body(client, show="blocked")) == ["Blocked"]
    assert names(body(client, label="VIP")) == ["Read"]
    assert names(body(client, channel=other.pk)) == ["Elsewhere"]
    html = body(client, show="unread", label="berlin", channel="nothing")
    assert (names(html), "No chat fits this filter." in html) == ([], True)
    assert 'href="/inbox?label=berlin&amp;channel=nothing&amp;show=blocked"' in html
    assert set(names(body(client, show="<odd>"))) == {"Read", "Unread", "Elsewhere"}


def test_pages_go_on_by_key(page, alice, channel):
    for number in range(45):
        make_message(make_contact(channel, str(number), name=f"N{number}"), ago=number // 10)  # many of one moment
    client, seen, query = page(alice), [], {}
    while True:
        html = body(client, headers=HTMX, **query)
        assert "<html" not in html
        seen += names(html)
        cursor = re.search(r"cursor=([\w-]+)", html)
        if not cursor:
            break
        query = {"cursor": cursor[1]}
    assert (len(seen), len(set(seen))) == (45, 45)
    assert client.get(INBOX, {"cursor": "odd"}).status_code == 422


@pytest.mark.parametrize("path", [INBOX, f"{INBOX}/news"])
def test_no_chat_costs_a_query_of_its_own(page, alice, channel, path):
    client = page(alice)
    counts = []
    for numbers in (range(2), range(2, 20)):
        for number in numbers:
            make_message(make_contact(channel, str(number)), sent_by=alice, role="assistant")
        with CaptureQueriesContext(connection) as queries:
            body(client, path, headers=HTMX)
        counts.append(len(queries))
        assert not [each for each in queries.captured_queries if " JOIN " in each["sql"] or "$lookup" in each["sql"]]
    assert counts[0] == counts[1]


def test_who_has_no_message_is_no_chat(page, alice, channel):
    make_contact(channel, name="Imported")
    html = body(page(alice))
    assert (names(html), "Nobody has written to your number yet." in html) == ([], True)


def test_without_a_channel_it_says_what_to_do(page, alice):
    html = body(page(alice))
    assert "Connect a WhatsApp number first" in html
    assert 'href="/channels"' in html


def test_other_teams_see_nothing_of_it(page, alice, charlie, channel):
    make_message(make_contact(channel, name="Ann"))
    assert names(body(page(charlie))) == []
    assert "Connect a WhatsApp number first" in body(page(charlie))


def test_the_menu_counts_chats_that_nobody_has_looked_at(page, alice, channel):
    for number in range(3):
        make_message(make_contact(channel, str(number), is_active=number > 0))
    html = page(alice).get("/leads").content.decode()
    assert re.search(r'data-counts="inbox"><span>(\d+)</span><span class="visually-hidden"> unread', html)[1] == "2"


def test_a_last_message_that_is_gone(page, alice, channel):
    ann = make_contact(channel, name="Ann")
    make_message(ann)
    Message.objects.all().delete()
    Contact.objects.update(last_message_at=times.now() - dt.timedelta(days=400))
    assert names(body(page(alice))) == ["Ann"]
