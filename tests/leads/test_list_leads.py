import datetime as dt

import pytest

from leads.actions import leads
from leads.models import Lead
from tests.accounts.conftest import join_team_of
from tests.leads.leads import make_lead

ADDRESS = "/api/leads"
DAY = dt.datetime(2026, 11, 10, tzinfo=dt.UTC)


def at(**ago):
    return DAY + dt.timedelta(**ago)


@pytest.fixture
def many(alice):
    """Of three days, the oldest first."""
    return [
        make_lead(alice, name="Ann", email="a@a.example", company="Acme", interest="Voice bots", timestamp=at()),
        make_lead(
            alice, name="Ben", email="b@b.example", company="ACME Ltd", interest="voice", timestamp=at(hours=23.999)
        ),
        make_lead(alice, name="Cleo", email="c@c.example", company="Nord", interest="phone menu", timestamp=at(days=1)),
        make_lead(
            alice, name="Dora", email="d@d.example", company="100%_", interest="Zoë's", timestamp=at(days=2, hours=1)
        ),
    ]


def names(api, user, **query):
    answer = api(user).get(ADDRESS, query)
    assert answer.status_code == 200, answer.content
    return "".join(lead["name"][0] for lead in answer.json()["items"])


def test_newest_first_by_the_time_they_came_up(api, alice, many):
    make_lead(alice, name="Eve", email="e@e.example", timestamp=at(hours=1))
    assert names(api, alice) == "DCBEA"


FILTERS = (
    ({"company": "acme"}, "BA"),
    ({"company": "cme lt"}, "B"),
    ({"company": "%"}, "D"),
    ({"company": "_"}, "D"),
    ({"company": "."}, ""),
    ({"interest": "VOICE"}, "BA"),
    ({"interest": "zoë"}, "D"),
    ({"q": "NORD"}, "C"),
    ({"q": "b@b"}, "B"),
    ({"q": "nobody"}, ""),
    ({"company": "acme", "interest": "bots"}, "A"),
    ({"from": "2026-11-11"}, "DC"),
    ({"to": "2026-11-10"}, "BA"),
    ({"from": "2026-11-10", "to": "2026-11-11"}, "CBA"),
    ({"from": "2026-11-11T00:00:00.001Z"}, "D"),
    ({"from": "2026-11-11T02:00:00+02:00"}, "DC"),
    ({"to": "2026-11-11T00:00:00Z"}, "CBA"),
    ({"to": "2026-11-10T23:59:59"}, "BA"),
    ({"from": "2026-11-12", "to": "2026-11-10"}, ""),
    ({"status": "", "company": "", "q": "", "from": "", "to": "", "tag": "", "owner": ""}, "DCBA"),
)


def test_filters(api, alice, many):
    found = [(query, names(api, alice, **query)) for query, _ in FILTERS]
    assert found == [*FILTERS]


def test_a_plus_that_was_not_encoded(api, alice, many):
    answer = api(alice).get(f"{ADDRESS}?from=2026-11-11T02:00:00+02:00")
    assert [lead["name"] for lead in answer.json()["items"]] == ["Dora", "Cleo"]


def test_by_status_tag_and_owner(api, alice, many):
    mate = join_team_of(alice, "mate")
    leads.change_lead(by=alice, lead=many[0], status="closed", tags=["Big Fish"], owner=mate.pk)
    leads.change_lead(by=alice, lead=many[1], tags=["big", "fish"])
    assert names(api, alice, status="closed") == names(api, alice, tag="BIG fish") == "A"
    assert names(api, alice, tag="big") == "B"
    assert names(api, mate, owner=mate.pk) == "A"
    assert names(api, alice, owner=alice.pk) == ""


@pytest.mark.parametrize(
    "query",
    [
        {"status": "won"},
        {"limit": 0},
        {"limit": 101},
        {"limit": "x"},
        {"cursor": "nonsense"},
        {"cursor": "x" * 201},
        {"from": "yesterday"},
        {"to": "2026-13-01"},
        {"from": "2026-11-10T25:00:00Z"},
        {"from": "0001-01-01T00:00:00+14:00"},
        {"to": "9999-12-31"},
        {"from": "\0"},
        {"from": "x" * 10_000},
        {"q": "\0"},
        {"q": "x" * 201},
        {"company": "\0"},
        {"owner": "nobody"},
    ],
)
def test_bad_queries(api, alice, query):
    answer = api(alice).get(ADDRESS, query)
    assert (answer.status_code, answer.json()["errors"][0]["loc"]) == (422, ["query", *query])


def test_pages_by_cursor(api, alice):
    """Many of one moment too; what comes in meanwhile is on no later page."""
    for number in range(7):
        make_lead(alice, name=f"{number}", email=f"{number}@a.example", timestamp=at(hours=number // 3))
    seen, cursor = "", None
    while cursor is not None or not seen:
        answer = api(alice).get(ADDRESS, {"limit": 3} | ({"cursor": cursor} if cursor else {})).json()
        seen += "".join(lead["name"] for lead in answer["items"])
        cursor = answer["next"]
        make_lead(alice, name="new", email=f"{len(seen)}@new.example", timestamp=at(days=1))
    assert seen == "6543210"


def test_long_messages_are_cut(api, alice):
    lead = make_lead(alice, message="m" * 1_000)
    assert api(alice).get(ADDRESS).json()["items"][0]["message"] == "m" * 200
    assert api(alice).get(f"{ADDRESS}/{lead.pk}").json()["message"] == "m" * 1_000


def test_a_row_is_a_lead(api, alice, many):
    row = api(alice).get(ADDRESS, {"limit": 1}).json()["items"][0]
    assert row == api(alice).get(f"{ADDRESS}/{row['_id']}").json()


def test_other_teams_see_nothing(api, alice, bob, charlie, many):
    assert names(api, bob) == names(api, charlie) == ""
    assert names(api, join_team_of(alice, "mate")) == "DCBA"


def test_queries_do_not_grow_with_rows(api, page, alice, django_assert_max_num_queries):
    for number in range(15):
        lead = make_lead(alice, email=f"{number}@a.example")
        leads.change_lead(by=alice, lead=lead, owner=alice.pk, tags=["a"])
    client, browser = api(alice), page(alice)
    with django_assert_max_num_queries(4):
        client.get(ADDRESS)
    with django_assert_max_num_queries(14):
        browser.get("/leads")
    assert Lead.objects.count() == 15
