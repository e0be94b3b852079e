"""The files of scheduled exports: made by a worker, kept in the storage for a while, deleted."""

import datetime as dt
import secrets
from pathlib import Path

from django.core.files.storage import default_storage

from accounts.models import Team
from config import times, work
from config.db import in_batches
from config.files import LocalFile, stored, work_folder
from config.leases import OPEN, Lease, Status
from leads.exports import formats, tables
from leads.models import ExportFile, ExportFileQuerySet, ExportSchedule

FOLDER = "desk-exports"
KEPT_FILES = 10  # of a schedule
KEPT = dt.timedelta(days=90)


def enqueue(file: ExportFile) -> None:
    work.enqueue(file)


def make(*, file: ExportFile) -> None:
    work.run(file, write)


def write(lease: Lease[ExportFile]) -> None:
    file = lease.row
    path = work_folder() / f"{file.pk}-{file.lease_token}.{file.schedule.format}"
    report, count = work.reporter(lease, lambda done, _: {"row_count": done}), 0

    def counted(done: int) -> None:
        nonlocal count
        count = done
        report(done, 0)

    try:
        rows = tables.table(file.schedule.kind, file.team_id, **span_of(file)).watched(counted)
        formats.write(rows, file.schedule.format, path, on_part=lease.note_step)
        finish(lease, path, count)
    finally:
        path.unlink(missing_ok=True)


def span_of(file: ExportFile) -> dict[str, dt.datetime]:
    return {"start": file.start, "end": file.end} if file.start and file.end else {}


def finish(lease: Lease[ExportFile], path: Path, count: int) -> None:
    """Store the file and complete the row; the schedule's oldest go."""
    file, size = lease.row, path.stat().st_size
    name = f"{FOLDER}/{file.team_id}/{secrets.token_hex(16)}.{file.schedule.format}"
    with LocalFile(path, on_read=lease.note_step) as local, stored(name, local):
        lease.complete(row_count=count, path=name, size_bytes=size)
    delete_older(file.schedule)


def delete_older(schedule: ExportSchedule) -> None:
    """All but the newest KEPT_FILES."""
    newest = list(ExportFile.objects.filter(schedule=schedule).newest().values_list("pk", flat=True)[:KEPT_FILES])
    delete_all(ExportFile.objects.filter(schedule=schedule).over().exclude(pk__in=newest))


def delete_all(files: ExportFileQuerySet) -> None:
    """Files, then their rows: it may be run again after it was cut off. Whoever still makes one has lost its row, and
    stores nothing.
    """
    files.filter(status__in=OPEN).update(status=Status.CANCELLED)
    for batch in in_batches(files):
        for file in batch:
            if file.path:
                default_storage.delete(file.path)
            file.delete()


def delete_of_team(team: Team) -> None:
    delete_all(ExportFile.objects.filter(team=team))


# Sweeping


def sweep() -> None:
    work.requeue_lost(ExportFile.objects.all())
    work.enqueue_waiting(ExportFile.objects.all())


def purge() -> None:
    """Delete what is older than KEPT, whether it became a file or not."""
    delete_all(ExportFile.objects.over().filter(completed_at__lte=times.now() - KEPT))
