"""The list of conversations, with its filters."""

import datetime as dt

import pytest

from leads.models import ConversationSession
from tests.accounts.conftest import join_team_of
from tests.leads.talks import NOON, make_session
from tests.leads.test_sessions import KEYS

URL = "/api/sessions"


def ids(client, **query):
    answer = client.get(URL, query)
    assert answer.status_code == 200, answer.json()
    return [item["session_id"] for item in answer.json()["items"]]


@pytest.fixture
def three(alice):
    """Of three days, the last one first in lists."""
    make_session(alice, "one", channel="web", duration_seconds=59.0)
    make_session(alice, "two", start_time=NOON + dt.timedelta(days=1), lead_generated=True, duration_seconds=60.0)
    make_session(alice, "three", start_time=NOON + dt.timedelta(days=2), channel="whatsapp", duration_seconds=120.5)


def test_newest_first_without_items(api, alice, three):
    answer = api(alice).get(URL).json()
    assert [item["session_id"] for item in answer["items"]] == ["three", "two", "one"]
    assert answer["next"] is None
    assert answer["items"][0].keys() == KEYS - {"items"}


def test_pages(api, alice):
    """Those of one time come once each, too."""
    for number in range(7):
        make_session(alice, f"call_{number}", start_time=NOON + dt.timedelta(hours=number // 3))
    seen, cursor = [], ""
    while cursor is not None:
        answer = api(alice).get(URL, {"limit": 2, "cursor": cursor}).json()
        seen += [item["session_id"] for item in answer["items"]]
        cursor = answer["next"]
    assert len(seen) == 7
    assert set(seen) == {f"call_{number}" for number in range(7)}


FILTERS = {
    "with a lead": ({"lead_generated": "true"}, ["two"]),
    "without a lead": ({"lead_generated": "false"}, ["three", "one"]),
    "any": ({"lead_generated": "", "channel": "", "min_minutes": "", "from": "", "to": ""}, ["three", "two", "one"]),
    "channel": ({"channel": "web"}, ["one"]),
    "from": ({"from": "2026-11-03"}, ["three", "two"]),
    "to": ({"to": "2026-11-03"}, ["two", "one"]),
    "one day": ({"from": "2026-11-03", "to": "2026-11-03"}, ["two"]),
    "times": ({"from": "2026-11-02T13:00:00+01:00", "to": "2026-11-02T12:00:00Z"}, ["one"]),
    "minutes": ({"min_minutes": "1"}, ["three", "two"]),
    "parts of minutes": ({"min_minutes": "1.5"}, ["three"]),
    "no minutes": ({"min_minutes": "0"}, ["three", "two", "one"]),
    "all at once": ({"channel": "voice", "lead_generated": "true", "from": "2026-11-03", "min_minutes": "1"}, ["two"]),
}


@pytest.mark.parametrize("name", FILTERS)
def test_filter(api, alice, three, name):
    query, expected = FILTERS[name]
    assert ids(api(alice), **query) == expected


BAD = {"lead_generated": "maybe", "channel": "fax", "from": "soon", "to": "2026-13-01", "min_minutes": "-1"}
BAD |= {"limit": "101", "cursor": "x"}


@pytest.mark.parametrize("name", [*BAD, "nan"])
def test_bad_filter(api, alice, name):
    query = {name: BAD[name]} if name in BAD else {"min_minutes": "nan"}
    answer = api(alice).get(URL, query)
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["query", *query])


def test_of_the_team(api, alice, charlie, three):
    assert ids(api(charlie)) == []
    assert len(ids(api(join_team_of(alice, "mate")))) == 3


def test_a_list_reads_no_items(alice, three):
    rows = ConversationSession.objects.owned_by(alice).in_list()
    assert rows.first().get_deferred_fields() == {"items"}


def test_needs_sign_in(client, db):
    assert client.get(URL).status_code == 401
