"""Data exports: all data of a person in one zip file, made by a worker and kept for a week."""

import datetime as dt
import secrets
from pathlib import Path

from django.core.files.storage import default_storage

from accounts import archive
from accounts.actions import audit, teams
from accounts.models import DataExport, Event, User
from config import times, work
from config.db import atomic, delete_rows, in_batches
from config.errors import Conflict
from config.files import LocalFile, delete_folder, stored, work_folder
from config.leases import OPEN, Lease, Status

KEPT = dt.timedelta(days=7)
FOLDER = "exports"


def start_export(*, by: User, address: str = "") -> DataExport:
    """Have a worker put all data of the person into one file."""
    export = create_export(by)
    audit.record(user=by, event=Event.DATA_EXPORTED, address=address)
    work.enqueue(export)
    return export


@atomic
def create_export(user: User) -> DataExport:
    teams.lock(user.team_id)  # of two who start at once one waits
    if DataExport.objects.owned_by(user).open().exists():
        raise Conflict("Your data is being put together already. Wait until it is ready.")
    return DataExport.objects.create(user=user)


def run_export(*, export: DataExport) -> None:
    work.run(export, make_file)


def make_file(lease: Lease[DataExport]) -> None:
    export = lease.row
    path = work_folder() / f"{export.pk}-{export.lease_token}.zip"
    try:
        archive.write(export.user, path, work.reporter(lease, progress))
        finish_export(lease, path)
    finally:
        path.unlink(missing_ok=True)


def progress(done: int, total: int) -> dict[str, int]:
    return {"progress": 99 * done // total}


def finish_export(lease: Lease[DataExport], path: Path) -> None:
    """Store the file and complete the row; the person's earlier files go."""
    export, size = lease.row, path.stat().st_size
    name = f"{folder_of(export.user)}/{secrets.token_hex(16)}.zip"
    with LocalFile(path, on_read=lease.note_step) as file, stored(name, file):
        lease.complete(progress=100, path=name, size_bytes=size, expires_at=times.now() + KEPT)
    for earlier in DataExport.objects.owned_by(export.user).filter(pk__lt=export.pk).exclude(status__in=OPEN):
        delete_export(earlier)


def folder_of(user: User) -> str:
    return f"{FOLDER}/{user.pk}"


def delete_export(export: DataExport) -> None:
    if export.path:
        default_storage.delete(export.path)
    export.delete()


def delete_exports(user: User) -> None:
    """Whoever still works on one has lost its row and stores nothing."""
    delete_rows(DataExport.objects.owned_by(user))
    delete_folder(folder_of(user))


# Sweeping


def requeue_lost() -> None:
    work.requeue_lost(DataExport.objects.all())


def enqueue_waiting() -> None:
    work.enqueue_waiting(DataExport.objects.all())


def purge_expired() -> None:
    """Delete the exports whose week is over, with their files; those that failed too."""
    before = times.now() - KEPT
    ended = (Status.COMPLETED, Status.FAILED, Status.CANCELLED)
    for batch in in_batches(DataExport.objects.filter(status__in=ended, completed_at__lte=before)):
        for export in batch:
            delete_export(export)
