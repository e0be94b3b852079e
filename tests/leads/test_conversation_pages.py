"""The page of one conversation."""

import datetime as dt
import re

import pytest

from leads.models import ConversationSession, Lead, TranscriptEvent
from leads.pages.parts import BEFORE_EVENTS, PART_EVENTS
from tests.accounts.conftest import join_team_of
from tests.leads.talks import NOON, event_of, make_event, make_session

LIST, TALK = "/conversations", "/conversations/call_1"
NEWS = f"{TALK}/events"
HTMX = {"hx-request": "true"}
ENDED = NOON + dt.timedelta(minutes=5)


def get(client, path, **query):
    return client.get(path, query)


def body(client, path, **query):
    answer = get(client, path, **query)
    assert answer.status_code == 200
    return answer.content.decode()


def fragment(client, path, **query):
    return client.get(path, query, headers=HTMX)


def shown(html):
    """The words of the events that a page shows, in its order."""
    return re.findall(r'<div class="talk-words"[^>]*>(.*?)</div>', html)


@pytest.fixture
def lead(alice):
    return Lead.objects.create(team_id=alice.team_id, name="Ann Carpenter", email="ann@example.com", company="Quay")


@pytest.fixture
def talk(alice):
    return make_session(alice)


@pytest.fixture
def long_talk(alice, talk):
    """One of 10,000 events."""
    events = [event_of(alice, f"say {number}", minute=number / 60) for number in range(10_000)]
    TranscriptEvent.objects.bulk_create(events, batch_size=500)
    return events


def test_its_facts(page, alice, lead):
    make_session(
        alice,
        end_time=ENDED,
        was_silent=True,
        duration_seconds=300,
        event_count=2,
        user_count=1,
        country="NO",
        lead=lead,
        metadata={"phone_number": "+47 22", "vip": True, "seen": {"a": 1}, "tags": ["x", "y"], "none": None},
    )
    html = body(page(alice), TALK)
    for words in ("after silence", "5 min 0 s", "2, 1 of them the user", "NO", "phone number", "+47 22", "yes", "x, y"):
        assert words in html
    assert "{&quot;a&quot;: 1}" in html
    assert f'href="/leads/{lead.pk}"' in html
    assert "End conversation" not in html


def test_its_transcript(page, alice, talk):
    make_event(alice, "Do you ship to <Norway>?", meta={"intent": "INTEREST_DETECTED"}, source="phone")
    make_event(alice, "Yes.", role="assistant", minute=1)
    make_event(alice, '{"ok": true}', role="tool", minute=2)
    make_event(alice, "Be kind.", role="system", minute=-1, meta={"intent": ["odd"]})
    html = body(page(alice), TALK)
    assert shown(html) == ["Be kind.", "Do you ship to &lt;Norway&gt;?", "Yes.", "{&quot;ok&quot;: true}"]
    assert re.findall(r'class="talk-who">(\w+)<', html) == ["System", "User", "Assistant", "Tool"]
    assert "shows interest" in html
    assert 'datetime="2026-11-02T12:00:00+00:00"' in html
    assert ">12:00:00</time>" in html


def test_items_are_shown_where_nothing_was_logged(page, alice):
    make_session(alice, items=[{"type": "message", "content": ["<Hi>"]}], total_items=1, end_time=ENDED)
    html = body(page(alice), TALK)
    assert "<summary>1 item</summary>" in html
    assert "&lt;Hi&gt;" in html
    ConversationSession.objects.update(end_time=None)
    html = body(page(alice), TALK)
    assert ("&lt;Hi&gt;" in html, 'id="follow"' in html, 'id="speak"' in html) == (True, True, True)
    make_session(alice, "call_2", end_time=ENDED)
    assert "Nothing was said, or nothing was logged" in body(page(alice), "/conversations/call_2")


def test_items_stay_away_beside_a_transcript(page, alice):
    make_session(alice, items=["secret item"], total_items=1, end_time=ENDED)
    make_event(alice)
    assert "secret item" not in body(page(alice), TALK)


def test_a_long_one_part_by_part(page, alice, long_talk):
    ConversationSession.objects.update(end_time=NOON + dt.timedelta(hours=3), event_count=10_000)
    client = page(alice)
    html = body(client, TALK)
    assert shown(html) == [f"say {number}" for number in range(PART_EVENTS)]
    assert "Show earlier" not in html
    for path in (
        re.search(rf'href="({TALK}\?after=[^"#]+)', html)[1],
        re.search(r'hx-get="([^"]+after=[^"]+)', html)[1],
    ):
        answer = client.get(path, headers=HTMX if "/events" in path else {}).content.decode()
        assert shown(answer) == [f"say {number}" for number in range(PART_EVENTS, 2 * PART_EVENTS)]
        assert ("Show earlier" in answer, "Show later" in answer) == ("/events" not in path, True)
        assert ("<html" in answer) == ("/events" not in path)


def test_it_opens_at_a_moment(page, alice, long_talk):
    event = long_talk[5_000]
    client = page(alice)
    html = body(client, TALK, at=event.pk, q="5000")
    first = 5_000 - BEFORE_EVENTS
    expected = [f"say {number}" for number in range(first, first + PART_EVENTS)]
    expected[BEFORE_EVENTS] = "say <mark>5000</mark>"
    assert shown(html) == expected
    assert f'class="talk-event talk-user talk-at" id="event-{event.pk}"' in html
    assert ("Show earlier" in html, "Show later" in html, 'id="follow"' in html) == (True, True, False)
    earlier = re.search(r'hx-get="([^"]+before=[^"]+)', html)[1]
    before = client.get(earlier, headers=HTMX).content.decode()
    assert shown(before) == [f"say {number}" for number in range(first - PART_EVENTS, first)]
    assert ("Show earlier" in before, "Show later" in before, 'id="follow"' in before) == (True, False, False)
    whole = body(client, re.search(rf'href="({TALK}\?before=[^"#]+)', html)[1])
    assert (shown(whole), "Show later" in whole) == (shown(before), True)


@pytest.mark.parametrize("at", ["x", "0" * 24, "\0", "None"])
def test_a_moment_that_is_not_there(page, alice, talk, at):
    make_event(alice, "rope")
    assert shown(body(page(alice), TALK, at=at)) == ["rope"]


def test_events_of_one_time_keep_their_order(page, alice, talk):
    for number in range(5):
        make_event(alice, f"say {number}")
    events = list(TranscriptEvent.objects.order_by("arrival"))
    for event in events:
        assert shown(body(page(alice), TALK, at=event.pk)) == [f"say {number}" for number in range(5)]


def test_a_cursor_that_no_page_gave(page, alice, talk):
    for name in ("after", "before", "since"):
        assert fragment(page(alice), NEWS, **{name: "x"}).status_code == 422


def test_other_teams_see_nothing(client, page, alice, bob, charlie, talk):
    make_event(alice, "rope")
    for user in (bob, charlie):
        for path in (TALK, NEWS, f"{TALK}/audio"):
            assert fragment(page(user), path, since="").status_code == 404
        for path in (f"{TALK}/end", f"{TALK}/speak"):
            assert page(user).post(path).status_code == 404
        assert "call_1" not in body(page(user), LIST)
    assert "rope" in body(page(join_team_of(alice, "mate")), TALK)
    for path in (LIST, TALK, NEWS):
        assert client.get(path).url.startswith("/login")


def test_ids_of_two_teams_do_not_meet(page, alice, charlie, talk):
    make_session(charlie)
    make_event(charlie, "theirs")
    make_event(alice, "ours")
    assert shown(body(page(alice), TALK)) == ["ours"]


@pytest.mark.parametrize("session_id", ["nobody", "%00", "a%2Fb", "%F0%9F%8E%89", "search"])
def test_what_is_not_there(page, alice, session_id):
    assert page(alice).get(f"{LIST}/{session_id}").status_code == 404


def test_wrong_methods(page, alice, talk):
    for path in (LIST, TALK, NEWS, f"{TALK}/audio"):
        assert page(alice).post(path).status_code == 405
    for path in (f"{TALK}/end", f"{TALK}/speak"):
        assert page(alice).get(path).status_code == 405


@pytest.mark.parametrize(("content", "scrolls"), [("Hi.", False), ("word " * 201, True), ("line\n" * 20, True)])
def test_only_what_is_long_scrolls_and_takes_the_focus(page, alice, talk, content, scrolls):
    make_event(alice, content)
    assert ('aria-label="What was said" tabindex="0"' in body(page(alice), TALK)) == scrolls
