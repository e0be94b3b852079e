"""The index of transcripts on the database at hand, asked by the function that all doors share."""

import datetime as dt

import pytest
from django.db import connection

from config.errors import Unprocessable
from config.paging import Page
from leads import search as searching
from leads.models import TranscriptEvent
from leads.search import search
from tests.leads.talks import make_event, make_events, make_session

on_sqlite = pytest.mark.skipif(connection.vendor != "sqlite", reason="asks SQLite")
on_mongodb = pytest.mark.skipif(connection.vendor != "mongodb", reason="asks MongoDB")

SAID = (
    "The harbour wakes before the sun.",
    "Is the PRICE LIST for boats still good?",
    "A list of the price of each rope.",
    "Nobody's e-mail came: it cost 3.50, snake_case.",
    "Наша гавань просыпается.",
    "日本語 テキスト",
    "Big party 🎉 tonight",
)
ASKED = {
    "harbour": [0],
    "HARBOUR": [0],
    "the sun": [0],
    "sun the": [0],
    "price list": [2, 1],
    '"price list"': [1],
    '"list price"': [],
    '"price list" boats': [1],
    "price harbour": [],
    "harb": [],
    "harbours": [],
    "the": [2, 1, 0],
    "e-mail": [3],
    "nobody's": [3],
    "3.50": [3],
    "snake_case": [3],
    "гавань": [4],
    "ГАВАНЬ": [4],
    "日本語": [5],
    "party 🎉": [6],
}
# What a database would take for a sign of its own language means nothing here.
SIGNS = {
    "harbour AND sun": [],  # "and" is a word as any other
    "harbour OR rope": [],
    "NOT harbour": [],
    "-harbour": [0],
    "sun -harbour": [0],
    "harbour*": [0],
    "harb*": [],
    "^harbour": [0],
    "content:harbour": [],
    "team : x": [],
    "harbour)": [0],
    "(harbour": [0],
    "{harbour}": [0],
    "harbour + sun": [0],
    "NEAR(harbour sun)": [],
    '"harbour': [0],
    'harbour"': [0],
    '"harbour" "': [0],
    '""': [],
    '"': [],
    "' OR 1=1 --": [],
    "harbour\\": [0],
    "\\": [],
    "$where": [],
    '{"$gt": ""}': [],
    "harb\0our": [],
    "\0harbour\0": [0],
    "\ud83d harbour": [0],
    "%s %d harbour": [],
    "🎉": [],
    "---": [],
    "harbour\r\n\tsun": [0],
    "harbour " * 100: [0],
    "harbour " + "x" * 300: [0],
}


def found(user, q, **options):
    return [event.content for event in search(user, q, **options).items]


@pytest.fixture
def said(alice):
    return make_events(alice, *SAID)


@pytest.mark.parametrize("q", [*ASKED, *SIGNS])
def test_what_is_found(said, alice, q):
    assert found(alice, q) == [SAID[number] for number in (ASKED | SIGNS)[q]]


@pytest.mark.parametrize("q", ["", " ", "\n\t "])
def test_nothing_to_look_for(alice, q):
    with pytest.raises(Unprocessable, match="Say what to look for"):
        search(alice, q)


@on_sqlite
@pytest.mark.parametrize("q", ["Café", "cafe", "CAFÉ", "cafe\u0301"])
def test_accents_do_not_matter(alice, q):
    make_events(alice, "The café is open.", "The cafe is open.", "The CAFE\u0301 is open.")
    assert len(found(alice, q)) == 3


@pytest.mark.parametrize("q", ["café", "CAFÉ"])
def test_case_does_not_matter_with_accents(alice, q):
    make_events(alice, "The café is open.", "The CAFÉ is shut.")
    assert len(found(alice, q)) == 2


def test_other_teams_are_never_found(alice, bob, charlie, said):
    make_event(charlie, f"harbour {alice.team_id}")
    assert found(charlie, "harbour") == [f"harbour {alice.team_id}"]
    assert found(alice, "harbour") == [SAID[0]]
    assert found(bob, "harbour") == []
    assert found(alice, alice.team_id) == []


def test_each_has_its_conversation(alice, charlie):
    session = make_session(alice)
    make_session(charlie)
    make_event(alice, "harbour")
    make_event(alice, "harbour", session_id="elsewhere", minute=1)
    assert [event.session for event in search(alice, "harbour").items] == [None, session]


def pages(user, q, limit):
    cursor, seen = None, []
    while True:
        page = search(user, q, cursor, limit)
        assert len(page.items) <= limit
        seen.append([event.pk for event in page.items])
        if not (cursor := page.next):
            return seen


def test_pages_are_newest_first_and_stable(alice):
    times = [3, 1, 2, 2, 2, 0, 5, -700_000, 4, 4]  # minutes; some at once, one a year before
    events = [make_event(alice, "rope", minute=minute) for minute in times]
    expected = [event.pk for event in sorted(events, key=lambda event: (event.timestamp, event.pk), reverse=True)]
    seen = pages(alice, "rope", 3)
    assert [pk for page in seen for pk in page] == expected
    assert [len(page) for page in seen] == [3, 3, 3, 1]


def test_a_page_goes_on_where_the_one_before_ended(alice):
    make_events(alice, *["rope"] * 5)
    first = search(alice, "rope", limit=2)
    make_event(alice, "rope", minute=99)
    last = first.items[-1]
    TranscriptEvent.objects.filter(pk=last.pk).delete()
    rest = search(alice, "rope", first.next, 100)
    assert [event.timestamp.minute for event in rest.items] == [2, 1, 0]
    assert rest.next is None


@pytest.mark.parametrize("cursor", ["x", "🎉", "0", "LTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5OTk5", "=" * 9, "a" * 200])
def test_a_cursor_that_no_page_gave(alice, cursor):
    make_event(alice, "rope")
    with pytest.raises(Unprocessable, match="cursor"):
        search(alice, "rope", cursor)


def test_times_far_away(alice):
    moments = [dt.datetime(year, 1, 1, tzinfo=dt.UTC) for year in (9998, 2026, 1970, 1066)]
    for moment in moments:
        make_event(alice, "rope", timestamp=moment)
    assert [event.timestamp for event in search(alice, "rope").items] == moments


def test_nothing_stored_yet(alice):
    assert search(alice, "rope") == Page([], None)


@pytest.fixture
def without_index(settings):
    """As on a database that has no index of words; it works on all."""
    settings.MONGODB_FLAVOUR = "cosmos-ru"


@pytest.mark.parametrize("q", [*ASKED, *SIGNS])
def test_without_an_index_the_same_is_found(without_index, said, alice, charlie, q):
    make_event(charlie, SAID[0])
    assert found(alice, q) == [SAID[number] for number in (ASKED | SIGNS)[q]]


@pytest.mark.parametrize("most", [1, 2, 5, 100])
def test_without_an_index_a_page_looks_through_so_many_events(without_index, alice, monkeypatch, most):
    monkeypatch.setattr(searching, "LOOKED_THROUGH_MAX", most)
    events = make_events(alice, *["rope", "sail", "mast", "rope", "rope"] * 2)
    expected = [event.pk for event in reversed(events) if event.content == "rope"]
    assert [pk for page in pages(alice, "rope", 2) for pk in page] == expected
    with pytest.raises(Unprocessable):
        search(alice, "rope", "nonsense")
