"""The list of conversations, and the search on it."""

import datetime as dt
import re

import pytest

from config.paging import PAGE_ROWS
from tests.accounts.conftest import join_team_of
from tests.leads.talks import NOON, make_event, make_events, make_session
from tests.leads.test_conversation_pages import ENDED, HTMX, LIST, TALK, body, lead, talk

__all__ = ["lead", "talk"]


def test_an_empty_list_says_what_will_be_here(page, alice):
    html = body(page(alice), LIST)
    assert "Your conversations will be here" in html
    assert '<form class="filter' not in html


def test_the_list(page, alice, lead):
    make_session(alice, "old", start_time=NOON - dt.timedelta(days=1), end_time=NOON, duration_seconds=98, lead=lead)
    make_session(alice, "new", channel="whatsapp", country="NO", event_count=1)
    make_session(alice, "made", lead_generated=True, start_time=NOON - dt.timedelta(days=2))
    html = body(page(alice), LIST)
    assert html.index(f'href="{LIST}/new"') < html.index(f'href="{LIST}/old"') < html.index(f'href="{LIST}/made"')
    assert f'<a href="/leads/{lead.pk}"><bdi>Ann Carpenter</bdi></a>' in html
    assert "WhatsApp · NO" in html
    assert "1:38" in html
    assert "a lead came out of it" in html
    assert html.count("going on</span>") == 2
    assert html.count("ended</span>") == 1


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ({"channel": "web"}, ["web"]),
        ({"lead": "yes"}, ["lead"]),
        ({"lead": "no"}, ["long", "web"]),
        ({"from": "2026-11-02"}, ["web", "lead"]),
        ({"to": "2026-11-01"}, ["long"]),
        ({"minutes": "5"}, ["long"]),
        ({"minutes": "2,5"}, ["web", "lead", "long"]),
        ({"channel": "post", "lead": "maybe", "from": "x"}, ["web", "lead", "long"]),
    ],
)
def test_filters(page, alice, query, expected):
    make_session(alice, "long", start_time=NOON - dt.timedelta(days=1), duration_seconds=300)
    make_session(alice, "lead", lead_generated=True)
    make_session(alice, "web", channel="web", start_time=ENDED)
    html = body(page(alice), LIST, **query)
    assert sorted(re.findall(rf'class="row-link" href="{LIST}/(\w+)"', html)) == sorted(expected)
    assert ('role="alert"' in html) == ("x" in query.values() or "2,5" in query.values())


def test_a_filter_that_nothing_fits(page, alice, talk):
    assert "No conversation fits this filter" in body(page(alice), LIST, channel="web")


def test_the_list_goes_on(page, alice):
    for number in range(PAGE_ROWS + 3):
        make_session(alice, f"call_{number}", start_time=NOON + dt.timedelta(minutes=number))
    client = page(alice)
    more = re.search(rf'hx-get="({LIST}\?cursor=[^"]+)"', body(client, LIST))[1]
    rows = client.get(more, headers=HTMX).content.decode()
    assert re.findall(r'title="(call_\d)"', rows) == ["call_2", "call_1", "call_0"]
    assert "<html" not in rows


def test_what_is_found_leads_to_its_moment(page, alice, talk):
    event = make_event(alice, "Do you ship <to> Norway?")
    make_event(alice, "No.")
    html = body(page(alice), LIST, q="NORWAY ship")
    assert "Do you <mark>ship</mark> &lt;to&gt; <mark>Norway</mark>?" in html
    assert f'href="{TALK}?at={event.pk}&amp;q=NORWAY%20ship#event-{event.pk}"' in html
    assert html.count('<li class="found-event">') == 1


def test_more_is_found(page, alice, talk):
    make_events(alice, *["rope"] * (PAGE_ROWS + 2))
    client = page(alice)
    more = re.search(r'hx-get="([^"]+)"', body(client, LIST, q="rope"))[1].replace("&amp;", "&")
    rows = client.get(more, headers=HTMX).content.decode()
    assert (rows.count("<mark>rope</mark>"), "<html" in rows) == (2, False)


@pytest.mark.parametrize(("q", "words"), [("harbour", "Nobody said all of these words"), ('"', "Signs alone")])
def test_nothing_is_found(page, alice, talk, q, words):
    make_event(alice, "rope")
    assert words in body(page(alice), LIST, q=q)


def test_a_search_sees_the_team_alone(page, alice, charlie, talk):
    make_event(alice, "rope")
    assert "Nothing found" in body(page(charlie), LIST, q="rope")
    assert "<mark>rope</mark>" in body(page(join_team_of(alice, "mate")), LIST, q="rope")
