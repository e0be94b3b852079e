"""Days become rollups and months of them, while people write."""

import datetime as dt

import pytest
from django.db import DatabaseError
from django.utils import timezone

from accounts.models import Team
from config import hooks, times
from leads.actions import counting, rollups
from leads.analytics import Period, lead_figures
from leads.models import DailyRollup, DirtyDay, MonthlyRollup
from tests.leads.figures import LONG_AGO, add_events, add_lead, add_session, ago, name_of, settle


def total(user) -> int:
    return lead_figures(user, Period())["total_leads"]


def stored_days() -> list[str]:
    return [f"{day}" for day in DailyRollup.objects.order_by("day").values_list("day", flat=True)]


def at(monkeypatch, moment: dt.datetime) -> None:
    """It is that time now."""
    monkeypatch.setattr(times, "now", lambda: moment)


def test_the_sweeper_does_it():
    assert counting.refresh in [sweep.run for sweep in hooks.sweeps]


def test_a_marked_day_is_counted_once_its_writers_have_ended(alice):
    add_lead(alice, ago(5))
    assert counting.refresh() == {"days": 0, "months": 0}
    DirtyDay.objects.update(marked_at=times.now() - counting.GRACE - dt.timedelta(seconds=1))
    assert counting.refresh()["days"] == 1
    assert stored_days() == [name_of(5)]
    assert not DirtyDay.objects.exists()


def test_today_keeps_its_mark(alice):
    add_lead(alice, ago(0, 0))
    settle()
    assert stored_days() == []
    assert DirtyDay.objects.get().day == timezone.now().date()
    assert total(alice) == 1


def test_yesterday_is_counted_only_a_while_after_midnight(alice, monkeypatch):
    """A writer that began yesterday has marked it only as today."""
    add_lead(alice, ago(1))
    DirtyDay.objects.update(marked_at=LONG_AGO)
    too_early, early = ago(0, 0, 1), ago(0, 0, 2)
    at(monkeypatch, too_early)
    assert counting.refresh()["days"] == 0
    at(monkeypatch, early)
    assert counting.refresh()["days"] == 1


def test_what_was_today_is_counted_tomorrow(alice, monkeypatch):
    add_lead(alice, ago(0, 0))
    at(monkeypatch, ago(-1, 0, 5))
    settle()
    assert (stored_days(), total(alice)) == ([name_of(1)], 1)
    add_lead(alice, ago(1))
    assert total(alice) == 2


def test_a_late_write_is_seen_at_once(alice):
    add_lead(alice, ago(5))
    settle()
    add_lead(alice, ago(5))
    assert total(alice) == 2
    settle()
    assert (total(alice), DailyRollup.objects.get().leads["numbers"]) == (2, [["leads"], [2]])


def test_a_day_that_loses_its_rows_loses_its_rollup(alice):
    lead = add_lead(alice, ago(5))
    settle()
    rollups.mark(alice.team_id, [lead.timestamp])
    lead.delete()
    settle()
    assert (stored_days(), total(alice)) == ([], 0)


def test_a_write_while_the_day_is_counted_keeps_its_mark(alice, monkeypatch):
    """The figures are of before it, and are not read as long as the mark is there."""
    add_lead(alice, ago(5))
    DirtyDay.objects.update(marked_at=LONG_AGO)
    store = counting.store

    def late(mark, tallies):
        add_lead(alice, ago(5))
        return store(mark, tallies)

    monkeypatch.setattr(counting, "store", late)
    assert counting.refresh()["days"] == 0
    assert DirtyDay.objects.exists()
    assert total(alice) == 2
    monkeypatch.setattr(counting, "store", store)
    settle()
    assert total(alice) == 2


def test_an_older_count_does_not_replace_a_newer_one(alice, monkeypatch):
    """Two sweepers: one counts, is held up, and comes back when the other one has counted more."""
    add_lead(alice, ago(5))
    mark = DirtyDay.objects.get()
    old = {kind: count(alice.team_id, Period.of_days(mark.day, 1)) for kind, count in counting.COUNTERS.items()}
    add_lead(alice, ago(5))
    settle()
    assert counting.store(mark, old) is False
    assert total(alice) == 2
    add_lead(alice, ago(5))
    assert counting.store(mark, old) is False
    assert total(alice) == 3


def test_months_are_added_up_and_used(alice):
    for days in range(62, 0, -1):
        add_lead(alice, ago(days))
    settle()
    assert MonthlyRollup.objects.filter(is_ready=True).count() >= 3
    DailyRollup.objects.update(leads={})
    assert total(alice) == 62


def test_the_month_that_goes_on_is_added_up_so_far(alice, monkeypatch):
    """A reader whose clock is slow, for which its last days are not over yet, reads days instead."""
    at(monkeypatch, dt.datetime(2026, 11, 20, 12, tzinfo=dt.UTC))
    for days in range(1, 40):
        add_lead(alice, ago(days))
    settle()
    month = MonthlyRollup.objects.get(month=dt.date(2026, 11, 1))
    assert (month.is_ready, month.last_day, total(alice)) == (True, dt.date(2026, 11, 19), 39)
    at(monkeypatch, dt.datetime(2026, 11, 18, 12, tzinfo=dt.UTC))
    assert total(alice) == 39


def test_a_late_write_outdates_its_month(alice):
    for days in (90, 91):
        add_lead(alice, ago(days))
    settle()
    add_lead(alice, ago(90))
    assert total(alice) == 3
    settle()
    assert total(alice) == 3
    assert all(MonthlyRollup.objects.values_list("is_ready", flat=True))


def test_a_day_counted_while_its_month_is_added_up(alice, monkeypatch):
    add_lead(alice, ago(90))
    settle()
    add_lead(alice, ago(90))
    MonthlyRollup.objects.update(is_ready=False)
    month = MonthlyRollup.objects.get()
    DirtyDay.objects.update(marked_at=LONG_AGO)
    assert counting.count_days(counting.settled()) == 1
    assert counting.count_month(month) is False
    assert total(alice) == 2
    settle()
    assert (total(alice), MonthlyRollup.objects.get().leads["numbers"]) == (2, [["leads"], [2]])


def test_a_period_within_a_month_reads_its_days(alice):
    for days in range(120, 60, -1):
        add_lead(alice, ago(days))
    settle()
    assert lead_figures(alice, Period(ago(115, 0), ago(64, 0)))["total_leads"] == 51


def test_work_is_bounded(alice, monkeypatch):
    for days in range(20, 10, -1):
        add_lead(alice, ago(days))
    DirtyDay.objects.update(marked_at=LONG_AGO)
    monkeypatch.setattr(counting, "REFRESH_SECONDS", 0.0)
    assert counting.refresh() == {"days": 0, "months": 0}


def test_a_day_that_cannot_be_stored_holds_up_no_other(alice, monkeypatch, caplog):
    add_lead(alice, ago(8))
    add_lead(alice, ago(5))
    DirtyDay.objects.update(marked_at=LONG_AGO)
    keep = counting.keep

    def refuse(mark, tallies):
        if f"{mark.day}" == name_of(8):
            raise DatabaseError("too large")
        keep(mark, tallies)

    monkeypatch.setattr(counting, "keep", refuse)
    assert counting.refresh()["days"] == 1
    assert "can't be stored" in caplog.text
    assert (stored_days(), total(alice)) == ([name_of(5)], 2)


def test_many_marked_days_are_counted_together(alice, django_assert_max_num_queries):
    for days in range(40, 0, -1):
        add_lead(alice, ago(days))
    with django_assert_max_num_queries(8):
        assert total(alice) == 40


def test_marked_days_between_counted_ones(alice):
    for days in range(12, 0, -1):
        add_lead(alice, ago(days))
        add_session(alice, ago(days))
    settle()
    for days in (11, 8, 7, 2):
        add_lead(alice, ago(days))
    assert total(alice) == 16


@pytest.mark.parametrize("kind", ["leads", "sessions", "events"])
def test_names_that_a_database_would_choke_on(alice, kind):
    add_lead(alice, ago(5), company="a.b.$c", interest="", source="$")
    session = add_session(alice, ago(5), country="")
    add_events(alice, session, ago(5), ago(4))
    settle()
    data = getattr(DailyRollup.objects.get(day=ago(5).date()), kind)
    assert data["numbers"][0]
    assert lead_figures(alice, Period())["top_companies"] == [{"_id": "a.b.$c", "count": 1}]


def test_other_teams_days_are_theirs(alice, charlie):
    add_lead(alice, ago(5))
    add_lead(charlie, ago(5))
    add_lead(charlie, ago(4))
    settle()
    assert (total(alice), total(charlie), Team.objects.count()) == (1, 2, 2)
