"""Rollups of which something else was counted: nobody reads them, and the sweeper makes them anew."""

from leads.actions import counting, recount
from leads.analytics import Period, conversation_figures, overview
from leads.analytics.counting import COUNTING
from leads.models import DailyRollup, DirtyDay, MonthlyRollup
from tests.leads.figures import add_lead, add_session, ago, settle

BEFORE = {"counting": COUNTING - 1}


def make_old(rows) -> None:
    """As an older version kept them: without what is counted now, and wrong if anybody read it."""
    rows.update(sessions={"numbers": [["sessions"], [70]], "groups": [["hour", [[9], [70]]]]}, **BEFORE)


def lengths(user, period: Period) -> int:
    return sum(overview(user, period).sessions.groups["length"].values())


def test_old_days_are_counted_from_their_rows(alice):
    for days in (80, 50, 5):
        add_session(alice, ago(days), duration_seconds=20)
    settle()
    make_old(DailyRollup.objects.filter(day__lt=ago(40).date()))
    make_old(MonthlyRollup.objects.all())
    for period in (Period(), Period(ago(90, 0), ago(0, 0))):
        assert lengths(alice, period) == conversation_figures(alice, period)["total_sessions"] == 3


def test_the_sweeper_counts_them_again(alice, monkeypatch):
    monkeypatch.setattr(counting, "OUTDATED_DAYS", 2)
    for days in (80, 50, 5):
        add_session(alice, ago(days))
    settle()
    make_old(DailyRollup.objects.all())
    make_old(MonthlyRollup.objects.all())
    assert counting.refresh()["days"] == 2
    assert counting.refresh()["days"] == 1
    assert counting.refresh()["days"] == 0
    assert not DailyRollup.objects.outdated(COUNTING).exists()
    assert not DirtyDay.objects.exists()
    assert set(MonthlyRollup.objects.values_list("is_ready", "counting")) == {(True, COUNTING)}
    assert list(recount.differences(team=alice.team)) == []


def test_a_month_is_as_old_as_its_oldest_day(alice):
    for days in (2, 1):
        add_session(alice, ago(60 + days))
    settle()
    make_old(DailyRollup.objects.filter(day=ago(61).date()))
    MonthlyRollup.objects.update(is_ready=False)
    counting.count_months(MonthlyRollup.objects.outdated())
    assert COUNTING - 1 in MonthlyRollup.objects.values_list("counting", flat=True)
    assert lengths(alice, Period()) == 2
    assert list(recount.differences(team=alice.team)) == []


def test_a_mark_of_a_writer_is_left_as_it_is(alice):
    """Who writes to an old day at this moment is given the time to end."""
    add_session(alice, ago(5))
    settle()
    make_old(DailyRollup.objects.all())
    add_lead(alice, ago(5))
    mark = DirtyDay.objects.get()
    assert counting.refresh()["days"] == 0
    assert DirtyDay.objects.get().marked_at == mark.marked_at
