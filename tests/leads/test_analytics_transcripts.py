"""What is known of transcripts."""

import pytest

from tests.leads.figures import add_events, add_session, ago, name_of, settle

PATH = "/api/analytics/transcripts"


@pytest.fixture
def desk(alice):
    """A long conversation over three days with a silent one between, a short one, one without words, and one today."""
    long = add_session(alice, ago(41))
    add_events(alice, long, ago(41), ago(41, 13))
    add_events(alice, long, ago(39), role="assistant")
    add_events(alice, add_session(alice, ago(40)), ago(40, 0), role="tool")
    add_session(alice, ago(40))
    add_events(alice, add_session(alice, ago(0, 0)), ago(0, 0))


@pytest.mark.parametrize("counted", [False, True], ids=["live", "counted"])
def test_everything(alice, api, desk, counted):
    if counted:
        settle()
    assert api(alice).get(PATH).json() == {
        "total_events": 5,
        "recent_events_24h": 1,
        "unique_sessions": 3,
        "events_by_role": {"user": 3, "assistant": 1, "tool": 1},
    }


@pytest.mark.parametrize("counted", [False, True], ids=["live", "counted"])
@pytest.mark.parametrize(
    ("first", "last", "events", "sessions"),
    [(41, 41, 2, 1), (41, 40, 3, 2), (40, 40, 1, 1), (40, 39, 2, 2), (39, 39, 1, 1), (38, 1, 0, 0), (39, 0, 2, 2)],
)
def test_sessions_of_a_period_are_counted_once(alice, api, desk, counted, first, last, events, sessions):
    """Also one that began before the period: on the day between it said nothing."""
    if counted:
        settle()
    answer = api(alice).get(PATH, {"from": name_of(first), "to": name_of(last)}).json()
    assert (answer["total_events"], answer["unique_sessions"]) == (events, sessions)


@pytest.mark.parametrize(("asked", "sessions"), [({"from": name_of(39)}, 2), ({"to": name_of(41)}, 1)])
def test_open_periods(alice, api, desk, asked, sessions):
    assert api(alice).get(PATH, asked).json()["unique_sessions"] == sessions


def test_nothing(alice, api):
    nothing = {"total_events": 0, "recent_events_24h": 0, "unique_sessions": 0, "events_by_role": {}}
    assert api(alice).get(PATH).json() == nothing


def test_nobody_else_sees_it(bob, charlie, api, desk):
    assert [api(person).get(PATH).json()["total_events"] for person in (bob, charlie)] == [0, 0]
