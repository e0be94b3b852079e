"""`manage.py recount`: the figures again from the rows, and whether they are what the rows come to."""

import io

import pytest
from django.core.management import CommandError, call_command

from leads.actions import session_counts
from leads.analytics import Period, lead_figures
from leads.models import ConversationSession, DailyRollup, DirtyDay, Lead, MonthlyRollup
from tests.leads.figures import add_events, add_lead, add_session, ago, settle


def recount(*options: str) -> str:
    out = io.StringIO()
    call_command("recount", *options, stdout=out)
    return out.getvalue()


def differences(*options: str) -> str:
    out = io.StringIO()
    with pytest.raises(SystemExit) as ended:
        call_command("recount", "--check", *options, stdout=out)
    assert ended.value.code == 1
    return out.getvalue()


@pytest.fixture
def desk(alice):
    for days in (70, 69, 40, 5, 0):
        add_lead(alice, ago(days, 0))
        add_events(alice, add_session(alice, ago(days, 0)), ago(days, 0))
    settle()


def test_all_is_well(alice, desk):
    assert "all figures are what the rows come to" in recount("--check")


def test_check_finds_a_wrong_day_and_month(alice, desk):
    Lead.objects.filter(timestamp=ago(70, 0)).update(company="Quay")  # with no mark
    said = differences()
    assert f"{ago(70).date()}, leads" in said
    assert f"{ago(70):%Y-%m}, leads" in said
    assert "Everything, leads" in said


def test_check_finds_a_day_that_nobody_counted(alice, desk):
    DailyRollup.objects.filter(day=ago(5).date()).delete()
    assert f"{ago(5).date()}, events" in differences()


def test_check_finds_sessions_that_count_other_events_than_there_are(alice, desk):
    wrong, gone = ConversationSession.objects.order_by("start_time")[:2]
    ConversationSession.objects.filter(pk=wrong.pk).update(event_count=7)
    ConversationSession.objects.filter(pk=gone.pk).delete()
    settle()
    said = differences()
    assert f"Session {wrong.session_id}: says 7 events, has 1\n" in said
    assert f"Session {gone.session_id}: is missing, has 1\n" in said
    assert said.count("Session ") == 2


def test_check_passes_over_sessions_that_are_being_counted(alice, desk, monkeypatch):
    looks = iter([{"live": (3, 4), "next": (None, 1)}, {"live": (4, 5)}])
    monkeypatch.setattr(session_counts, "miscounted", lambda team_id: next(looks))
    assert "all figures" in recount("--check")


def test_check_changes_nothing(alice, desk):
    DailyRollup.objects.update(leads={})
    differences()
    assert list(DailyRollup.objects.values_list("leads", flat=True)) == [{}] * 4
    assert set(DirtyDay.objects.values_list("day", flat=True)) == {ago(0).date()}


def test_marked_days_are_right_whatever_their_rollup_says(alice, desk):
    add_lead(alice, ago(5))
    assert "all figures" in recount("--check")


def test_recount_mends_it(alice, desk):
    Lead.objects.filter(timestamp=ago(70, 0)).update(company="Quay")
    DailyRollup.objects.filter(day=ago(5).date()).delete()
    DailyRollup.objects.create(team_id=alice.team_id, day=ago(33).date(), leads={"numbers": [["leads"], [9]]})
    MonthlyRollup.objects.update(sessions={})
    assert "days counted again" in recount()
    assert "all figures" in recount("--check")
    assert lead_figures(alice, Period())["total_leads"] == 5


def test_recount_mends_the_counters_of_sessions(alice, desk):
    ConversationSession.objects.update(event_count=7, user_count=7, first_event_at=None)
    recount()
    settle()
    rows = ConversationSession.objects.values_list("event_count", "user_count", "first_event_at")
    assert sorted(rows) == [(1, 1, ago(days, 0)) for days in (70, 69, 40, 5, 0)]
    assert "all figures" in recount("--check")


def test_a_day_written_to_just_now_is_left_to_the_sweeper(alice, desk):
    add_lead(alice, ago(5))
    assert "1 days were written to just now" in recount()
    assert DirtyDay.objects.filter(day=ago(5).date()).exists()


def test_one_team(alice, charlie, desk):
    add_lead(charlie, ago(3))
    settle()
    DailyRollup.objects.filter(team=charlie.team_id).delete()
    assert "all figures" in recount("--check", "--team", alice.team_id)
    assert f"{ago(3).date()}, leads" in differences("--team", charlie.team_id)


@pytest.mark.parametrize("team", ["nobody", "0" * 24])
def test_unknown_team(db, team):
    with pytest.raises(CommandError, match="no team"):
        recount("--team", team)
