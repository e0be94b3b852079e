"""Files of leads: uploaded and looked at, told which column is what, and then taken by a worker."""

import datetime as dt
from collections.abc import Mapping, Sequence
from contextlib import suppress
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile

from accounts.models import Team, User
from config import limits, times, work
from config.db import in_batches
from config.errors import Conflict, DomainError, Gone, NotFound, TooLarge, Unprocessable
from config.files import NO_FILE, stored
from config.ids import new_id
from config.leases import OPEN, Status
from config.text import one_line
from leads.actions import lead_values
from leads.csv_import import columns as lead_columns
from leads.csv_import import files as lead_csv
from leads.models import DRAFT, LEADS_FILE_MAX_BYTES, LeadImport

FOLDER = "imports"
KEPT = dt.timedelta(days=7)  # a file that nobody goes on with, and the refused rows
NAME_MAX_CHARACTERS = 255
OVERTAKEN = "Somebody else has started or cancelled this import. Look at it again."
FILE_GONE = "The file of this import is not kept any more. Upload it again."


def upload_file(*, by: User, file: UploadedFile, name: str | None = None) -> LeadImport:
    """Look at a CSV file and keep it aside. Unprocessable says what is wrong with it, TooLarge that it is too big."""
    limits.hit("upload", by.pk)
    path = Path(file.temporary_file_path())
    if (size := path.stat().st_size) > LEADS_FILE_MAX_BYTES:
        raise TooLarge(f"This file is larger than {LEADS_FILE_MAX_BYTES // 1024**2} MB. Cut it into parts.")
    with path.open("rb") as opened:
        seen = lead_csv.look(opened)
    row = LeadImport(pk=new_id(), team_id=by.team_id, by=by, name=clean_name(name or file.name or ""), size_bytes=size)
    describe(row, seen)
    row.path = f"{FOLDER}/{row.team_id}/{row.pk}.csv"
    with stored(row.path, file) as row.path:
        row.save(force_insert=True)
    return row


def clean_name(name: str) -> str:
    last = name.replace("\\", "/").rpartition("/")[2]
    return one_line(last)[:NAME_MAX_CHARACTERS] or "leads.csv"


def describe(row: LeadImport, seen: lead_csv.Look) -> dict[str, Any]:
    """Give the row what was seen of its file, with a guess what each column is; these fields."""
    fields = vars(seen) | {"columns": lead_columns.guess(seen.headings)}
    for name, value in fields.items():
        setattr(row, name, value)
    return fields


def read_again(*, by: User, lead_import: LeadImport, encoding: str, delimiter: str) -> None:
    """Read the file in another encoding or with another separator. Unprocessable when it isn't written so."""
    if encoding not in lead_csv.ENCODINGS or delimiter not in lead_csv.DELIMITERS:
        raise Unprocessable("Choose the encoding and the separator from the lists.", field="encoding")
    try:
        with default_storage.open(lead_import.path) as file:
            seen = lead_csv.look(file, encoding=encoding, delimiter=delimiter)
    except NO_FILE as error:
        raise Gone(FILE_GONE) from error
    if not lead_import.change({"status": DRAFT}, **describe(lead_import, seen)):
        raise Conflict(OVERTAKEN)


def preview(
    lead_import: LeadImport, columns: Sequence[str], fixed: Mapping[str, str]
) -> list[tuple[dict[str, Any], str]]:
    """The first rows as they would be taken: what of a lead each says, and why it would be refused; '' if it isn't."""
    return [taken_as(cells, lead_import.headings, columns, fixed) for cells in lead_import.samples]


def taken_as(
    cells: Sequence[str], headings: Sequence[str], columns: Sequence[str], fixed: Mapping[str, str]
) -> tuple[dict[str, Any], str]:
    fields: dict[str, Any] = {}
    try:
        fields = lead_columns.fields_of(cells, headings, columns, fixed)
        return data_of(fields), ""
    except DomainError as error:
        return fields, reason_of(error)


def data_of(fields: Mapping[str, Any]) -> dict[str, Any]:
    """The fields of a row as leads take them. Unprocessable for what a lead can't be made of."""
    blank = dict.fromkeys(lead_values.REQUIRED, "")
    return lead_values.checked(blank | dict(fields))


def reason_of(error: DomainError) -> str:
    label = lead_columns.TARGETS.get(getattr(error, "field", ""), "")
    return f"{label}: {error.message}" if label else error.message


def check_fixed(fixed: Mapping[str, str]) -> dict[str, str]:
    """What stands where the file says nothing, as leads take it."""
    given = {name: fixed[name] for name in lead_columns.FIXED if fixed.get(name, "").strip()}
    return lead_values.checked(given)


def start_import(*, by: User, lead_import: LeadImport, columns: Sequence[str], fixed: Mapping[str, str]) -> None:
    """Have a worker take the rows. Unprocessable when the columns don't make leads, Conflict when it was started."""
    given = check_fixed(fixed)
    if len(columns) != len(lead_import.headings):
        raise Unprocessable("The file was read anew meanwhile. Look at its columns again.", field="columns")
    lead_columns.check(columns, given)
    seen = {"status": DRAFT, "encoding": lead_import.encoding, "delimiter": lead_import.delimiter}
    fields = {"columns": list(columns), "fixed": given, "by": by, "created_at": times.now()}
    if not lead_import.change(seen, status=Status.QUEUED, **fields):
        raise Conflict(OVERTAKEN)
    work.enqueue(lead_import)


def cancel_import(*, by: User, lead_import: LeadImport) -> None:
    """What was taken stays; the rest can be gone on with for a week. A draft goes with its file."""
    if lead_import.is_draft:
        return drop_draft(lead_import)
    if not lead_import.move(OPEN, Status.CANCELLED, lease_token="", heartbeat_at=None, completed_at=times.now()):
        raise Conflict("This import is over already.")
    return None


def continue_import(*, by: User, lead_import: LeadImport) -> None:
    """Go on where it failed or was cancelled. Gone when its file is not kept any more."""
    if not lead_import.path:
        raise Gone(FILE_GONE)
    afresh = {"attempts": 0, "error": "", "cause": "", "completed_at": None, "by": by}
    if not lead_import.move({Status.FAILED, Status.CANCELLED}, Status.QUEUED, **afresh):
        raise Conflict(OVERTAKEN)
    work.enqueue(lead_import)


def drop_draft(draft: LeadImport) -> None:
    """Conflict when somebody has started it meanwhile."""
    if not draft.move({DRAFT}, Status.CANCELLED, completed_at=times.now()):
        raise Conflict(OVERTAKEN)
    delete_import(draft)


def delete_import(lead_import: LeadImport) -> None:
    """The files first: a row without them can be deleted again, files without a row are never found."""
    drop_files(lead_import)
    lead_import.delete()


def drop_files(lead_import: LeadImport) -> None:
    for name in (lead_import.path, lead_import.refused_path):
        if name:
            default_storage.delete(name)


def delete_of_team(team: Team) -> None:
    for batch in in_batches(LeadImport.objects.filter(team=team)):
        for lead_import in batch:
            delete_import(lead_import)


def refused_file(lead_import: LeadImport) -> str:
    """The name in the storage of its refused rows."""
    if not lead_import.refused_path:
        raise NotFound("This import has no refused rows to download: none were refused, or its week is over.")
    return lead_import.refused_path


# Sweeping


def requeue_lost() -> None:
    work.requeue_lost(LeadImport.objects.all())


def enqueue_waiting() -> None:
    work.enqueue_waiting(LeadImport.objects.all())


def purge() -> None:
    """After a week drafts go, and of all others what people wrote: the file, its first rows, the refused ones."""
    before = times.now() - KEPT
    for batch in in_batches(LeadImport.objects.filter(status=DRAFT, created_at__lt=before)):
        for draft in batch:
            with suppress(Conflict):
                drop_draft(draft)
    ended = LeadImport.objects.exclude(status__in=[DRAFT, *OPEN]).filter(completed_at__lt=before)
    for batch in in_batches(ended.exclude(path="", refused_path="")):
        for lead_import in batch:
            drop_files(lead_import)
            lead_import.change({"status": lead_import.status}, path="", refused_path="", samples=[])
