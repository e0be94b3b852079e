"""The tables that the analytics page's charts are drawn from, and the rows behind each of their numbers."""

import html
import re

import pytest

from config import times
from leads.analytics import Overview, Period, period_before, ranges
from leads.analytics.tallies import Tally
from leads.pages import changes, charts, heat, time_steps
from leads.pages.addresses import FIELD_MAX_CHARACTERS, named
from leads.pages.country_names import NAMES, country_name
from tests.leads.figures import add_events, add_lead, add_session, ago, name_of, settle

PAGE = "/analytics"
LINK = re.compile(r'<a href="(/(?:leads|conversations)\?[^"]*)">([\d,]+)</a>')


@pytest.fixture
def desk(alice):
    """Two days with conversations of all kinds, and a period before with one."""
    won = add_lead(alice, ago(3), company="Acme & Söhne {0}", status="qualified")
    bought = add_lead(alice, ago(2), company="Acme", status="converted", interest="a|b", source="")
    add_lead(alice, ago(40), status="converted")
    add_session(alice, ago(3, 9), lead=won, lead_generated=True, channel="whatsapp", country="NO", duration_seconds=45)
    add_session(alice, ago(3, 9, 30), duration_seconds=60, user_count=2, country="NO", channel="web")
    add_session(alice, ago(2, 9), lead=bought, lead_generated=True, duration_seconds=1_800, user_count=16, country="CI")
    silent = add_session(alice, ago(2, 23), total_items=1)
    add_events(alice, silent, ago(2, 23), role="assistant")
    add_session(alice, ago(40), duration_seconds=10)


def tables(text: str) -> dict[str, list[list[str]]]:
    """The rows of each table under its name: the words of each cell."""
    found = {}
    for table in re.findall(r"<table.*?</table>", text, re.DOTALL):
        name = re.search(r"<caption[^>]*>(.*?)</caption>", table)[1]
        rows = re.findall(r"<tr>(.*?)</tr>", table.split("<tbody>")[1], re.DOTALL)
        cells = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in rows]
        found[name] = [[html.unescape(re.sub(r"<.*?>", "", cell)).strip() for cell in row] for row in cells]
    return found


def filled(rows: list[list[str]]) -> list[list[str]]:
    return [row for row in rows if row[1] != "0"]


@pytest.mark.parametrize("counted", [False, True], ids=["live", "counted"])
def test_each_chart_has_its_table(alice, page, desk, counted):
    if counted:
        settle()
    shown = tables(page(alice).get(PAGE).text)
    three, two = (time_steps.day_words(ago(days).date()) for days in (3, 2))
    assert len(shown["Conversations and leads by day"]) == 30
    assert filled(shown["Conversations and leads by day"]) == [[three, "2", "1"], [two, "2", "1"]]
    assert filled(shown["Conversion by day"]) == [[three, "2", "1", "50.0 %"], [two, "2", "1", "50.0 %"]]
    assert {row[3] for row in shown["Conversion by day"] if row[1] == "0"} == {"–"}
    assert shown["From conversation to customer"] == [
        ["Conversations", "4", "100.0 %", "100.0 %"],
        ["Got going", "3", "75.0 %", "75.0 %"],
        ["Brought a lead", "2", "50.0 %", "66.7 %"],
        ["Lead qualified", "2", "50.0 %", "100.0 %"],
        ["Lead converted", "1", "25.0 %", "50.0 %"],
    ]
    assert shown["Conversion by channel"] == [
        ["Voice", "2", "1", "50.0 %"],
        ["Web", "1", "0", "0.0 %"],
        ["WhatsApp", "1", "1", "100.0 %"],
    ]
    assert [row[:2] for row in filled(shown["How long they are"])] == [
        ["Under 30 s", "1"],
        ["30 to 60 s", "1"],
        ["1 to 2 min", "1"],
        ["30 min and more", "1"],
    ]
    assert [row[1] for row in shown["How often people speak in them"]] == ["2", "0", "1", "0", "0", "1"]
    assert shown["Leads by status"][2:4] == [["Qualified", "1", "50.0 %"], ["Converted", "1", "50.0 %"]]
    assert [[row[0], row[-1]] for row in shown["By country"]] == [["Norway", "2"], ["Côte d'Ivoire", "1"]]
    hours = {row[0]: row[1:] for row in shown["Conversations by weekday and hour, in UTC"]}
    assert hours[f"{ago(3):%A}"][9] == hours[f"{ago(3):%A}"][24] == "2"


@pytest.mark.parametrize("counted", [False, True], ids=["live", "counted"])
def test_every_number_leads_to_as_many_rows(alice, page, desk, counted):
    """Also the names in tables with bars: their number stands two cells further."""
    if counted:
        settle()
    client = page(alice)
    text = client.get(PAGE, {"days": "all"}).text
    found = {html.unescape(address): int(number) for address, number in LINK.findall(text)}
    bars = re.findall(r'<th scope="row"><a href="([^"]+)">.*?<td class="number">(\d+)</td>', text, re.DOTALL)
    found |= {html.unescape(address): int(number) for address, number in bars}
    assert len(found) > 35
    for address, number in found.items():
        rows = client.get(address).text.count('class="row-link"')
        assert rows == number, address


def test_what_narrows_a_list_is_said_kept_and_taken_away(alice, page, desk):
    client = page(alice)
    text = client.get("/conversations?country=NO&turns=2-3&lead=no&hour=9").text
    narrowed = re.findall(r'<li><a href="([^"]+)"><bdi>([^<]+)</bdi>', text)
    assert [words for _, words in narrowed] == [
        "Country: Norway",
        "The person spoke 2 to 3 times",
        "From 9:00 on, for an hour, in UTC",
    ]
    assert html.unescape(narrowed[0][0]) == "/conversations?turns=2-3&lead=no&hour=9"
    assert '<input type="hidden" name="country" value="NO">' in text
    text = client.get("/leads", {"company": "Acme & Söhne {0}"}).text
    assert "Company: Acme &amp; Söhne {0}" in text
    assert text.count('class="row-link"') == 1


@pytest.mark.parametrize(
    "query",
    [
        "country={0}&weekday=8&hour=24&turns=x&under=-1&engaged=1&lead=maybe",
        "under=nan&turns=9-1&country=%00",
        "turns=999999-999999&weekday=%D9%A3&minutes=1e9",
    ],
)
def test_nonsense_filters_nothing_or_is_said(alice, page, desk, query):
    assert page(alice).get(f"/conversations?{query}").status_code == 200


def test_headlines_are_compared_with_the_period_before(alice, page, desk):
    text = page(alice).get(PAGE).text
    said = dict(
        re.findall(r"<dt>([^<]+)</dt>\s*<dd>.*?class=\"figures-words\">(?:<span.*?</span> )?([^<]+)</span>", text)
    )
    assert said == {
        "Conversations": "3 more (+300 %), 1 before",
        "Leads": "1 more (+100 %), 1 before",
        "Conversations with a lead": "50.0 points higher, 0.0 % before",
        "Leads converted by now": "Unchanged, 1 before",
        "Length on average": "7 min 46 s longer (+4,662 %), 10 s before",
        "Entries in transcripts": "1 more, 0 before",
    }
    text = page(alice).get(PAGE, {"from": name_of(40), "to": name_of(40)}).text
    assert text.count("No data before") == 6
    assert "ompared with" not in page(alice).get(PAGE, {"days": "all"}).text


def test_fewer_and_none_at_all():
    def overview(sessions: int, with_leads: int) -> Overview:
        talks = Tally()
        talks.numbers.update(sessions=sessions, with_leads=with_leads, milliseconds=60_000 * sessions)
        return Overview(Tally(), talks, Tally())

    made = {each.words: each for each in changes.headlines(overview(4, 1), overview(8, 4), {})}
    fewer, lower = made["Conversations"], made["Conversations with a lead"]
    assert (fewer.sign, fewer.change) == ("↓", "4 fewer (−50 %), 8 before")
    assert lower.change == "25.0 points lower, 50.0 % before"
    none = {each.words: each for each in changes.headlines(overview(0, 0), overview(8, 4), {})}
    assert (none["Length on average"].text, none["Length on average"].change) == ("–", "1 min 0 s before")


def test_the_period_before_is_as_long():
    """One that goes on is compared up to the same time of its last day."""
    now = times.now()
    whole = period_before(Period(ago(9, 0), ago(2, 0)))
    assert whole == Period(ago(16, 0), ago(9, 0))
    running = period_before(Period(ago(6, 0), ago(-1, 0)))
    assert (running.start, running.end.date()) == (ago(13, 0), ago(7).date())
    assert running.end - running.start == pytest.approx(now - ago(6, 0), abs=times.now() - now)
    assert period_before(Period(ago(6, 0))).start == ago(13, 0)
    assert period_before(Period(ago(5, 10), ago(5, 11))) == Period(ago(6, 10), ago(6, 11))
    assert [period_before(each) for each in (Period(), Period(None, now), Period(ago(-3)))] == [None] * 3
    assert period_before(Period.read("0001-01-01", "")) is None


def test_the_page_before(alice, page, desk):
    """What a period is compared with is a page too, of exactly that time."""
    client = page(alice)
    address = html.unescape(re.search(r'before: <a href="([^"]+)">', client.get(PAGE).text)[1])
    assert re.search(r"<dt>Conversations</dt>\s*<dd><a [^>]+>1</a>", client.get(address).text)


def test_only_what_is_there_is_drawn(alice, page):
    add_lead(alice, ago(1))
    text = page(alice).get(PAGE).text
    assert "Conversations and leads by day" in text
    assert "Conversion by day" not in text
    assert "When people talk" not in text


def test_long_and_odd_times_are_cut_into_few_steps(alice, page):
    add_lead(alice, ago(400))
    add_session(alice, ago(-3_000_000 // 400), duration_seconds=0)
    text = page(alice).get(PAGE, {"days": "all"}).text
    assert "Conversations and leads by year" in text
    add_lead(alice, Period.read("0001-01-01", "").start)
    add_lead(alice, Period.read("9999-12-31T00:00:00Z", "").start)
    rows = tables(page(alice).get(PAGE, {"days": "all"}).text)["Conversations and leads by year"]
    assert (rows[0][0], rows[-1][0], len(rows)) == ("1", "9999", 4)


@pytest.mark.parametrize(
    ("first", "last", "number", "begin", "end"),
    [
        ("2026-01-30", "2026-02-02", 4, "30 Jan 2026", "2 Feb 2026"),
        ("2026-01-01", "2026-02-28", 9, "1 Jan 2026", "23 Feb 2026"),
        ("2026-01-15", "2026-12-02", 12, "January 2026", "December 2026"),
        ("2001-07-01", "2026-01-01", 26, "2001", "2026"),
        ("9999-12-01", "9999-12-31", 31, "1 Dec 9999", "31 Dec 9999"),
    ],
)
def test_steps_of_time(first, last, number, begin, end):
    days = [time_steps.dt.date.fromisoformat(day) for day in (first, last)]
    made = time_steps.steps(*days)
    assert (len(made), made[0].words, made[-1].words) == (number, begin, end)
    assert (made[0].first, made[-1].last) == tuple(days)
    assert all(before.last < after.first for before, after in zip(made, made[1:], strict=False))
    assert time_steps.folded({first: 2, last: 3}, made)[:: number - 1] == [2, 3]


def test_heat():
    shown = heat.heat({0: 1, 9: 50, 33: 100, 167: 99}, {"from": "2026-11-21"})
    levels = [[cell.level for cell in row.cells] for row in shown.rows]
    assert (levels[0][0], levels[0][1], levels[0][9], levels[1][9], levels[6][23]) == (1, 0, 3, 5, 5)
    assert shown.rows[1].cells[9].address == "/conversations?from=2026-11-21&weekday=2&hour=9"
    assert shown.busiest == "Tuesday from 09:00 to 10:00"
    assert heat.heat({167: 1}, {}).busiest == "Sunday from 23:00 to 00:00"


def test_names_that_no_filter_takes_lead_nowhere():
    assert named("leads", {}, "interest", "x" * FIELD_MAX_CHARACTERS)
    assert not named("leads", {}, "interest", "x" * (FIELD_MAX_CHARACTERS + 1))
    assert not named("leads", {}, "interest", " x")


def test_countries_have_names():
    assert (len(NAMES), country_name("DE"), country_name("ZW"), country_name("??")) == (
        245,
        "Germany",
        "Zimbabwe",
        "??",
    )
    assert all(len(code) == 2 and code.isupper() and name == name.strip() for code, name in NAMES.items())


def test_ranges_meet():
    """What one range ends before, the next one begins with."""
    words = [charts.length_words(*each) for each in charts.ends_of(charts.LENGTHS).items()]
    assert words[:4] == ["Under 30 s", "30 to 60 s", "1 to 2 min", "2 to 5 min"]
    assert [ranges.begin_of(charts.LENGTHS, value) for value in (-1, 0, 29.9, 30, 1e9)] == [0, 0, 0, 30, 1_800]
