"""Exports that are made again and again: set up, run, switched off, deleted. Only administrators of the team may."""

from accounts.actions import audit, teams
from accounts.models import Event, User
from config import times
from config.db import atomic
from config.errors import Conflict
from config.leases import OPEN
from leads.actions import export_files
from leads.exports.calendar import next_run, span_before
from leads.models import SCHEDULES_MAX, ExportFile, ExportSchedule, ExportSpan

DUE_ROWS = 100  # run in one sweep


def add_schedule(*, by: User, kind: str, format: str, every: str, span: str, address: str = "") -> ExportSchedule:  # noqa: A002
    schedule = create_schedule(by, kind=kind, format=format, every=every, span=span)
    audit.record(user=by, event=Event.DATA_EXPORTED, words=f"Scheduled: {schedule}", address=address)
    return schedule


@atomic
def create_schedule(by: User, **fields: str) -> ExportSchedule:
    teams.check_runs_team(by)
    teams.lock(by.team_id)  # of two who add the last one at once one waits
    if ExportSchedule.objects.owned_by(by).count() >= SCHEDULES_MAX:
        raise Conflict(f"Your team has {SCHEDULES_MAX} scheduled exports. Delete one that nobody needs.")
    return ExportSchedule.objects.create(
        team_id=by.team_id, by=by, next_at=next_run(fields["every"], times.now()), **fields
    )


def switch_schedule(*, by: User, schedule: ExportSchedule, is_on: bool) -> None:
    """Off, it makes no more files and keeps those it has. On again, it goes on with its next time."""
    teams.check_runs_team(by)
    schedule.is_on, schedule.next_at = is_on, next_run(schedule.every, times.now())
    ExportSchedule.objects.filter(pk=schedule.pk).update(is_on=is_on, next_at=schedule.next_at)


def delete_schedule(*, by: User, schedule: ExportSchedule, address: str = "") -> None:
    """With its files. A worker who still makes one has lost it, and stores nothing."""
    teams.check_runs_team(by)
    ExportSchedule.objects.filter(pk=schedule.pk).update(is_on=False)
    export_files.delete_all(ExportFile.objects.filter(schedule=schedule))
    schedule.delete()
    audit.record(user=by, event=Event.DATA_EXPORTED, words=f"Not scheduled any more: {schedule}", address=address)


def run_now(*, by: User, schedule: ExportSchedule) -> ExportFile:
    """Make a file of it at once, beside its own times. Conflict while one is being made."""
    teams.check_runs_team(by)
    file = create_file(schedule)
    if file is None:
        raise Conflict("This export is being made already. Wait until it is ready.")
    export_files.enqueue(file)
    return file


@atomic
def create_file(schedule: ExportSchedule) -> ExportFile | None:
    """None while one is being made."""
    teams.lock(schedule.team_id)  # of two who run it at once one waits
    if ExportFile.objects.filter(schedule=schedule, status__in=OPEN).exists():
        return None
    start, end = span_before(schedule.every, times.now()) if schedule.span == ExportSpan.BEFORE else (None, None)
    return ExportFile.objects.create(team_id=schedule.team_id, schedule=schedule, start=start, end=end)


def run_due() -> None:
    """Run what is due, once, however often it was missed while nobody swept."""
    due = ExportSchedule.objects.filter(is_on=True, next_at__lte=times.now()).order_by("next_at")
    for schedule in due[:DUE_ROWS]:
        if file := run_in_turn(schedule):
            export_files.enqueue(file)


@atomic
def run_in_turn(schedule: ExportSchedule) -> ExportFile | None:
    """None when another sweeper was first, or its last file is still being made."""
    upcoming = next_run(schedule.every, times.now())
    still_due = ExportSchedule.objects.filter(pk=schedule.pk, is_on=True, next_at=schedule.next_at)
    return create_file(schedule) if still_due.update(next_at=upcoming) == 1 else None
