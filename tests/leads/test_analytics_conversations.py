"""What is known of conversations."""

import datetime as dt

import pytest

from leads.actions import leads
from tests.leads.figures import add_events, add_lead, add_session, ago, name_of, settle

PATH = "/api/analytics/conversations"


@pytest.fixture
def desk(alice):
    """Five conversations: one is nothing, one is talk, three bring a lead, of which two are qualified now."""
    add_session(alice, ago(40, 0), duration_seconds=1.5, channel="web")
    talk = add_session(alice, ago(40, 23, 59), duration_seconds=60.25, country="DE")
    add_events(alice, talk, ago(40, 23, 59), ago(39, 0))
    add_session(alice, ago(9), lead_generated=True, country="DE", total_items=1)
    for days, status in ((3, "qualified"), (0, "converted")):
        lead = add_lead(alice, ago(days, 0), status=status)
        add_session(alice, ago(days, 0), lead=lead, lead_generated=True, country="CH", duration_seconds=120)


@pytest.mark.parametrize("counted", [False, True], ids=["live", "counted"])
def test_everything(alice, api, desk, counted):
    if counted:
        settle()
    assert api(alice).get(PATH).json() == {
        "total_sessions": 5,
        "sessions_with_leads": 3,
        "recent_sessions_7_days": 2,
        "lead_conversion_rate": 60.0,
        "average_duration_seconds": 60.35,
        "max_duration_seconds": 120.0,
        "min_duration_seconds": 0.0,
        "hourly_distribution": [{"_id": 0, "count": 3}, {"_id": 12, "count": 1}, {"_id": 23, "count": 1}],
        "by_weekday": weekdays(40, 40, 9, 3, 0),
        "by_channel": [{"_id": "voice", "count": 4}, {"_id": "web", "count": 1}],
        "by_country": [{"_id": "CH", "count": 2}, {"_id": "DE", "count": 2}],
        "by_day": [
            {"_id": name_of(40), "count": 2},
            {"_id": name_of(9), "count": 1},
            {"_id": name_of(3), "count": 1},
            {"_id": name_of(0), "count": 1},
        ],
        "funnel": funnel(5, 4, 3, 2, 1),
    }


def weekdays(*days: int) -> list[dict[str, int]]:
    numbers = [ago(each).isoweekday() for each in days]
    return [{"_id": number, "count": numbers.count(number)} for number in sorted(set(numbers))]


def funnel(*counts: int) -> list[dict[str, object]]:
    stages = ("sessions", "engaged", "lead", "qualified", "converted")
    return [{"stage": stage, "count": count} for stage, count in zip(stages, counts, strict=True)]


@pytest.mark.parametrize("counted", [False, True], ids=["live", "counted"])
def test_a_period_of_parts_of_days(alice, api, desk, counted):
    if counted:
        settle()
    asked = {"from": ago(40, 0, 1).isoformat(), "to": (ago(3, 0) - dt.timedelta(milliseconds=1)).isoformat()}
    answer = api(alice).get(PATH, asked).json()
    assert (answer["total_sessions"], answer["sessions_with_leads"]) == (2, 1)
    assert (answer["max_duration_seconds"], answer["lead_conversion_rate"]) == (60.25, 50.0)


def test_nothing(alice, api):
    answer = api(alice).get(PATH).json()
    assert {name: value for name, value in answer.items() if value} == {"funnel": funnel(0, 0, 0, 0, 0)}


def test_the_funnel_shows_what_became_of_leads_since(alice, api, desk):
    settle()
    session = add_session(alice, ago(5), session_id="call_7")
    settle()
    lead, _ = leads.create_lead(
        by=alice, name="Eve", email="eve@acme.example", company="Acme", interest="bots", session_id="call_7"
    ).result
    leads.set_status(by=alice, lead=lead, status="converted")
    assert api(alice).get(PATH).json()["funnel"] == funnel(6, 5, 4, 3, 2)
    settle()
    assert api(alice).get(PATH).json()["funnel"] == funnel(6, 5, 4, 3, 2)
    leads.delete_lead(by=alice, lead=lead)
    session.refresh_from_db()
    assert not session.lead_generated
    assert api(alice).get(PATH).json()["funnel"] == funnel(6, 4, 3, 2, 1)


def test_nobody_else_sees_it(bob, charlie, api, desk):
    assert [api(person).get(PATH).json()["total_sessions"] for person in (bob, charlie)] == [0, 0]
