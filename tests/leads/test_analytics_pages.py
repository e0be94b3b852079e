"""The page of the desk's figures."""

import re

import pytest

from tests.accounts.conftest import join_team_of
from tests.leads.figures import add_events, add_lead, add_session, ago, name_of, settle

PAGE = "/analytics"


@pytest.fixture
def desk(alice):
    lead = add_lead(alice, ago(40), company="Old & Co", status="converted")
    add_lead(alice, ago(2), company="Acme")
    add_events(alice, add_session(alice, ago(40), lead=lead, lead_generated=True, channel="whatsapp"), ago(40))


def numbers(text: str) -> dict[str, str]:
    """The large figures by their words, the first of each."""
    tiles = re.findall(r"<dt>([^<]+)</dt>\s*<dd><a [^>]+>([^<]+)", text)
    return dict(reversed(tiles))


@pytest.mark.parametrize("counted", [False, True], ids=["live", "counted"])
@pytest.mark.parametrize(
    ("query", "leads", "talks"),
    [("", "1", "0"), ("?days=7", "1", "0"), ("?days=90", "2", "1"), ("?days=all", "2", "1"), ("?days=x", "1", "0")],
)
def test_the_last_days(alice, page, desk, query, leads, talks, counted):
    if counted:
        settle()
    shown = numbers(page(alice).get(f"{PAGE}{query}").text)
    assert (shown["Leads"], shown["Conversations"]) == (leads, talks)


def test_own_dates(alice, page, desk):
    text = page(alice).get(PAGE, {"from": name_of(40), "to": name_of(40)}).text
    assert numbers(text)["Leads"] == "1"
    assert "Old &amp; Co" in text
    assert "Acme" not in text
    assert f'value="{name_of(40)}"' in text


def test_numbers_lead_to_their_rows(alice, page, desk):
    client = page(alice)
    text = client.get(PAGE, {"from": name_of(40), "to": name_of(2)}).text
    addresses = [each.replace("&amp;", "&") for each in re.findall(r'href="(/(?:leads|conversations)\?[^"]+)"', text)]
    assert f"/leads?from={name_of(40)}&to={name_of(2)}&status=converted" in addresses
    assert f"/conversations?from={name_of(40)}&to={name_of(2)}&channel=whatsapp" in addresses
    assert all(client.get(address).status_code == 200 for address in addresses)


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ({"from": "nonsense"}, "Say a day like"),
        ({"from": "2026-11-21", "to": "2026-11-20"}, "turn them round"),
        ({"to": "9999-12-31"}, "Say a day like"),
    ],
)
def test_bad_dates_are_said_and_shown_again(alice, page, desk, query, words):
    answer = page(alice).get(PAGE, query)
    assert answer.status_code == 200
    assert words in answer.text
    assert numbers(answer.text)["Leads"] == "1"
    assert all(f'value="{value}"' in answer.text for value in query.values())


def test_empty(alice, page):
    assert "Nothing came in then" in page(alice).get(PAGE).text
    assert "Figures will be here" in page(alice).get(PAGE, {"days": "all"}).text


@pytest.mark.parametrize(("first", "title"), [(20, "by day"), (100, "by week"), (400, "by month")])
def test_a_long_time_is_shown_by_weeks_or_months(alice, page, first, title):
    add_lead(alice, ago(first))
    add_lead(alice, ago(0, 0))
    text = page(alice).get(PAGE, {"days": "all"}).text
    assert re.findall(r"<caption[^>]*>Conversations and leads (by (?:day|week|month))</caption>", text) == [title]


def test_each_table_has_a_name_and_headings(alice, page, desk):
    text = page(alice).get(PAGE, {"days": "all"}).text
    tables = re.findall(r"<table.*?</table>", text, re.DOTALL)
    assert len(tables) > 6
    assert all("<caption" in table and 'scope="col"' in table and 'scope="row"' in table for table in tables)
    assert "style=" not in text


def test_it_is_in_the_navigation(alice, page):
    text = page(alice).get(PAGE).text
    assert 'href="/analytics" aria-current="page"' in text
    assert 'href="/reports/weekly"' in text


def test_the_team_sees_it_and_nobody_else(alice, bob, charlie, page, desk):
    mate = join_team_of(alice, "mate")
    shown = [page(person).get(PAGE, {"days": "all"}).text for person in (mate, bob, charlie)]
    assert ["Old &amp; Co" in text for text in shown] == [True, False, False]
