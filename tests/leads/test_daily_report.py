"""The daily report."""

import datetime as dt

import pytest

from leads.analytics import daily
from tests.leads.figures import add_events, add_lead, add_session, ago, name_of, settle

PATH = "/api/reports/daily"


@pytest.mark.parametrize("counted", [False, True], ids=["live", "counted"])
def test_a_day(alice, api, counted):
    lead = add_lead(alice, ago(5, 9), name="Eve", message="long")
    add_lead(alice, ago(5, 23, 59), name="Ann")
    talk = add_session(alice, ago(5, 9), session_id="call_7", lead=lead, lead_generated=True, items=[{"a": 1}])
    add_events(alice, talk, ago(5, 9), ago(4, 9))
    add_session(alice, ago(4, 0), session_id="call_8")
    if counted:
        settle()
    report = api(alice).get(PATH, {"date": name_of(5)}).json()
    leads, sessions = report.pop("lead_details"), report.pop("session_details")
    assert report == {
        "date": name_of(5),
        "leads_generated": 2,
        "conversation_sessions": 1,
        "transcript_events": 1,
        "sessions_with_leads": 1,
    }
    assert [row["name"] for row in leads] == ["Ann", "Eve"]
    assert leads[1]["_id"] == lead.pk
    assert leads[1]["timestamp"] == ago(5, 9).isoformat(timespec="milliseconds").replace("+00:00", "Z")
    assert leads[1]["session_id"] is None
    assert not {"message", "metadata"} & set(leads[0])
    assert [(row["session_id"], row["lead_id"], row["event_count"]) for row in sessions] == [("call_7", lead.pk, 2)]
    assert not {"items", "metadata"} & set(sessions[0])


def test_without_a_date_today(alice, api):
    add_lead(alice, ago(0, 0))
    add_lead(alice, ago(1))
    report = api(alice).get(PATH).json()
    assert (report["date"], report["leads_generated"]) == (name_of(0), 1)


def test_details_end_somewhere(alice, api, monkeypatch):
    monkeypatch.setattr(daily, "DETAILS_MAX", 2)
    for minute in range(3):
        add_lead(alice, ago(5) + dt.timedelta(minutes=minute), name=f"Number {minute}")
    report = api(alice).get(PATH, {"date": name_of(5)}).json()
    assert report["leads_generated"] == 3
    assert [row["name"] for row in report["lead_details"]] == ["Number 2", "Number 1"]


@pytest.mark.parametrize("text", ["yesterday", "2026-13-01", "2026-11-31", "9999-12-31", "2026-11-21T00:00:00Z", "\0"])
def test_bad_date(alice, api, text):
    answer = api(alice).get(PATH, {"date": text})
    assert answer.status_code == 422
    assert answer.json()["errors"][0]["loc"] == ["query", "date"]


@pytest.mark.parametrize("text", ["0001-01-01", "9999-12-30", ""])
def test_far_dates(alice, api, text):
    assert api(alice).get(PATH, {"date": text}).json()["leads_generated"] == 0


def test_nobody_else_sees_it(alice, bob, charlie, api):
    add_lead(alice, ago(5))
    for person in (bob, charlie):
        report = api(person).get(PATH, {"date": name_of(5)}).json()
        assert (report["leads_generated"], report["lead_details"]) == (0, [])
