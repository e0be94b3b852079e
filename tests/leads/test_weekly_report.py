"""The weekly report: JSON, CSV, a page to print, and the page of the desk."""

import csv
import datetime as dt
import io

import pytest

from leads.analytics.weekly import name_of_week, plain_rows, week
from leads.api import reports
from tests.leads.figures import add_events, add_lead, add_session, ago, settle

PATH = "/api/reports/weekly"
PAGE = "/reports/weekly"
MONDAY = dt.datetime(2025, 11, 17, tzinfo=dt.UTC)
WEEK = "2025-W47"


@pytest.fixture
def desk(alice):
    """A week with two conversations, one of which brings a lead, and what is just outside it."""
    lead = add_lead(alice, MONDAY, name="Eve <Quay>", company="=cmd()", status="qualified")
    talk = add_session(alice, MONDAY, session_id="call_7", lead=lead, lead_generated=True, duration_seconds=90)
    add_events(alice, talk, MONDAY, MONDAY + dt.timedelta(days=7))
    end = MONDAY + dt.timedelta(days=7, milliseconds=-1)
    add_session(alice, end, channel="web")
    for outside in (MONDAY - dt.timedelta(milliseconds=1), MONDAY + dt.timedelta(days=7)):
        add_lead(alice, outside, name="Outside")
        add_session(alice, outside)


@pytest.mark.parametrize("counted", [False, True], ids=["live", "counted"])
def test_a_week(alice, api, desk, counted):
    if counted:
        settle()
    report = api(alice).get(PATH, {"week": WEEK}).json()
    assert set(report) == {"period", "summary", "detailed_stats"}
    assert report["period"] == {
        "week": WEEK,
        "from": "2025-11-17T00:00:00.000Z",
        "to": "2025-11-24T00:00:00.000Z",
    }
    assert report["summary"] == {
        "total_leads": 1,
        "total_sessions": 2,
        "lead_conversion_rate": 50.0,
        "average_session_duration_minutes": 0.75,
    }
    stats = report["detailed_stats"]
    assert set(stats) == {"leads", "conversations", "transcripts"}
    assert stats["leads"]["by_day"] == [{"_id": "2025-11-17", "count": 1}]
    assert [entry["count"] for entry in stats["conversations"]["by_day"]] == [1, 1]
    assert (stats["transcripts"]["total_events"], stats["transcripts"]["unique_sessions"]) == (1, 1)


def test_without_a_week_the_last_seven_days(alice, api):
    for days in (0, 6, 8):
        add_lead(alice, ago(days, 0))
    report = api(alice).get(PATH).json()
    assert report["summary"]["total_leads"] == 2
    assert report["period"]["week"] is None
    length = dt.datetime.fromisoformat(report["period"]["to"]) - dt.datetime.fromisoformat(report["period"]["from"])
    assert length == dt.timedelta(days=7)


@pytest.mark.parametrize(
    "name", ["2025-47", "2025-W00", "2025-W54", "0000-W01", "9999-W52", "W47", "2025-W4", "2025-W47-1", "٢٠٢٥-W47", "x"]
)
def test_bad_week(alice, api, page, name):
    answer = api(alice).get(PATH, {"week": name})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["query", "week"]
    shown = page(alice).get(PAGE, {"week": name})
    assert shown.status_code == 200
    assert "Send a week of the calendar" in shown.text


@pytest.mark.parametrize("name", ["0001-W01", "2020-W53", "9999-W51"])
def test_far_weeks(alice, api, page, name):
    assert api(alice).get(PATH, {"week": name}).json()["period"]["week"] == name
    assert page(alice).get(PAGE, {"week": name}).status_code == 200


def test_week_names_go_there_and_back():
    assert name_of_week(week("2020-W53").start.date()) == "2020-W53"
    assert name_of_week(dt.date(2021, 1, 3)) == "2020-W53"


def test_unknown_format(alice, api):
    assert api(alice).get(PATH, {"format": "pdf"}).status_code == 422


def test_csv(alice, api, desk):
    answer = api(alice).get(PATH, {"week": WEEK, "format": "csv"})
    assert answer["Content-Type"] == "text/csv; charset=utf-8"
    assert answer["Content-Disposition"] == f'attachment; filename="weekly-{WEEK}.csv"'
    rows = list(csv.reader(io.StringIO(answer.text)))
    assert rows[0] == ["name", "value"]
    figures = dict(rows[1:])
    assert figures["summary.total_leads"] == "1"
    assert figures["detailed_stats.leads.top_companies.=cmd()"] == "1"
    assert figures["detailed_stats.conversations.funnel.lead"] == "1"
    assert not [row for row in rows for cell in row if cell.startswith(("=", "+", "-", "@"))]


def test_csv_neutralises_formulas(alice, api, monkeypatch):
    monkeypatch.setattr(reports, "plain_rows", lambda report: [("=1+1", "@cmd"), ("below", -3)])
    rows = list(csv.reader(io.StringIO(api(alice).get(PATH, {"format": "csv"}).text)))
    assert rows[1:] == [["'=1+1", "'@cmd"], ["below", "-3"]]


def test_plain_rows_of_what_is_unknown():
    assert list(plain_rows({"a": {"b": None, "c": [{"_id": 1, "count": 2}]}})) == [("a.b", ""), ("a.c.1", 2)]


def test_html_to_print(alice, api, desk):
    answer = api(alice).get(PATH, {"week": WEEK, "format": "html"})
    assert answer["Content-Type"] == "text/html; charset=utf-8"
    assert "17 November 2025 to 23 November 2025" in answer.text
    assert "Eve &lt;Quay&gt;" in answer.text
    assert "Outside" not in answer.text
    assert "<nav" not in answer.text
    assert "Content-Security-Policy" in answer


def test_page(alice, page, desk):
    text = page(alice).get(PAGE, {"week": WEEK}).text
    assert "Eve &lt;Quay&gt;" in text
    assert "Outside" not in text
    assert "?week=2025-W46" in text
    assert "?week=2025-W48" in text
    assert f"format=csv&amp;week={WEEK}" in text
    assert "style=" not in text


def test_page_of_the_last_days(alice, page):
    add_lead(alice, ago(1), name="Fresh")
    text = page(alice).get(PAGE).text
    assert "Fresh" in text
    assert "Week after" not in text


def test_empty_page(alice, page):
    assert "Nothing came in that week" in page(alice).get(PAGE, {"week": WEEK}).text


def test_nobody_else_sees_it(bob, charlie, api, page, desk):
    for person in (bob, charlie):
        assert api(person).get(PATH, {"week": WEEK}).json()["summary"]["total_leads"] == 0
        assert "Eve" not in api(person).get(PATH, {"week": WEEK, "format": "html"}).text
        assert "Eve" not in page(person).get(PAGE, {"week": WEEK}).text
