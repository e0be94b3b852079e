"""A conversation that goes on is followed on its page, until it ends."""

import datetime as dt
import re

from config import times
from leads.models import ConversationSession, TranscriptEvent
from leads.pages.parts import PART_EVENTS
from leads.transcript import encode
from tests.leads.talks import make_event, make_events
from tests.leads.test_conversation_pages import ENDED, HTMX, NEWS, TALK, body, fragment, long_talk, shown, talk

__all__ = ["long_talk", "talk"]


def since(html):
    return re.search(r'id="follow" hx-get="([^"]+)"', html)[1]


def test_a_running_one_opens_at_its_end(page, alice, long_talk):
    html = body(page(alice), TALK)
    assert shown(html) == [f"say {number}" for number in range(10_000 - PART_EVENTS, 10_000)]
    assert ('hx-trigger="every 2s"' in html, "Show what is new" in html, "Show earlier" in html) == (True, True, True)


def test_what_is_new_comes_once(page, alice, talk):
    client = page(alice)
    make_events(alice, "one", "two")
    html = body(client, TALK)
    assert fragment(client, since(html)).status_code == 204
    make_event(alice, "late <one>", minute=0.5)
    make_event(alice, "three", minute=3, role="assistant")
    news = client.get(since(html), headers=HTMX).content.decode()
    assert shown(news) == ["late &lt;one&gt;", "three"]
    assert 'data-say="2 new. Assistant: three"' in news
    assert 'id="facts" hx-swap-oob="true"' in news
    assert ('id="end"' in news, "<html" in news) == (False, False)
    assert client.get(since(news), headers=HTMX).status_code == 204


def test_an_empty_one_is_followed_too(page, alice, talk):
    client = page(alice)
    html = body(client, TALK)
    assert client.get(since(html), headers=HTMX).status_code == 204
    make_event(alice, "one")
    news = client.get(since(html), headers=HTMX).content.decode()
    assert shown(news) == ["one"]
    assert client.get(since(news), headers=HTMX).status_code == 204


def test_it_stops_when_it_ends(page, alice, talk):
    client = page(alice)
    make_event(alice, "one")
    html = body(client, TALK)
    make_event(alice, "bye", minute=1)
    ConversationSession.objects.update(end_time=ENDED)
    news = client.get(since(html), headers=HTMX).content.decode()
    assert shown(news) == ["bye"]
    assert ('id="follow"' in news, "every 2s" in news) == (False, False)
    assert "The conversation has ended." in news
    assert '<div class="actions" id="end" hx-swap-oob="true">' in news
    assert "End conversation" not in news
    assert "every 2s" not in body(client, TALK)


def test_without_scripts_the_page_has_the_same(page, alice, talk):
    answer = page(alice).get(f"{NEWS}?since=")
    assert (answer.status_code, answer.url) == (302, f"{TALK}?since=")


def test_it_is_ended(page, alice, talk):
    client = page(alice)
    assert "End conversation" in body(client, TALK)
    before = times.now()
    answer = client.post(f"{TALK}/end", follow=True)
    talk.refresh_from_db()
    assert before <= talk.end_time <= times.now()
    assert "The conversation is ended." in answer.content.decode()
    assert "had ended already" in client.post(f"{TALK}/end", follow=True).content.decode()


def test_a_cursor_from_the_beginning_of_time(page, alice, talk):
    make_event(alice, "one")
    event = TranscriptEvent(timestamp=dt.datetime.min.replace(tzinfo=dt.UTC), arrival=0)
    answer = fragment(page(alice), NEWS, since=encode(event))
    assert shown(answer.content.decode()) == ["one"]
