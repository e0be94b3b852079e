"""Several jobs ended or deleted at once."""

import pytest

from config.errors import Conflict, Unprocessable
from jobs import actions
from jobs.actions import selected
from jobs.models import Job, TempAudio


@pytest.fixture
def four(alice, demo):
    """One that waits, one that is being made, one that is ready, one that was cancelled."""
    jobs = [actions.start_job(by=alice, text=f"Number {number}.") for number in range(4)]
    jobs[1].move(["queued"], "processing")
    actions.run_job(job=jobs[2])
    actions.cancel_job(by=alice, job=jobs[3])
    return jobs


def test_cancel_stops_what_is_open_and_skips_what_has_ended(alice, four):
    assert actions.cancel_selected(by=alice, jobs=Job.objects.owned_by(alice)) == 2
    statuses = list(Job.objects.order_by("job_id").values_list("status", flat=True))
    assert statuses == ["cancelled", "cancelled", "completed", "cancelled"]
    assert actions.cancel_selected(by=alice, jobs=four) == 0


def test_delete_takes_whatever_was_chosen_with_its_sound(alice, four, var_dir):
    assert actions.delete_selected(by=alice, jobs=four[:3]) == 3
    assert Job.objects.get() == four[3]
    assert (TempAudio.objects.count(), list(var_dir.glob("media/temp/*/*"))) == (0, [])


def test_delete_of_what_has_gone_is_no_error(alice, four):
    jobs = list(Job.objects.all())
    Job.objects.filter(pk=four[0].pk).delete()
    assert actions.delete_selected(by=alice, jobs=jobs) == 4


def test_one_that_changes_meanwhile_stays_and_is_not_counted(alice, four, monkeypatch):
    delete = actions.delete_job

    def refuse_first(*, by, job):
        if job == four[0]:
            raise Conflict("It changes.")
        delete(by=by, job=job)

    monkeypatch.setattr(selected, "delete_job", refuse_first)
    assert actions.delete_selected(by=alice, jobs=four) == 3
    assert Job.objects.get() == four[0]


@pytest.mark.parametrize("change", [actions.cancel_selected, actions.delete_selected])
def test_too_many_at_once_are_refused_and_none_is_changed(alice, four, monkeypatch, change):
    monkeypatch.setattr("config.selection.SELECTED_MAX", 3)
    with pytest.raises(Unprocessable, match="at most 3 jobs"):
        change(by=alice, jobs=Job.objects.all())
    assert Job.objects.filter(status="queued").count() == 1
    assert Job.objects.count() == 4


@pytest.mark.parametrize("change", [actions.cancel_selected, actions.delete_selected])
def test_nothing_chosen_is_no_error(alice, change):
    assert change(by=alice, jobs=Job.objects.none()) == 0
