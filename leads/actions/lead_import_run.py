"""A worker takes the rows of a file of leads, some at a time, and writes the refused ones into a file of their own.

Each row has an id that follows from its file and its line, so one that is taken twice makes no second lead. Whoever
goes on after a crash reads the file from its start: rows that are done with are only looked at, for the refused ones.
"""

import csv
import hashlib
import time
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TextIO

from django.core.files.storage import default_storage
from django.db import DatabaseError

from accounts.models import User
from config import browsers, queue, work
from config.db import STORE_ERRORS, batches
from config.errors import DomainError, Gone, NotFound
from config.files import NO_FILE, LocalFile, stored, work_folder
from config.leases import Lease
from leads.actions import lead_batches, lead_imports
from leads.actions.lead_batches import Entry
from leads.csv_import import columns as lead_columns
from leads.csv_import import files as lead_csv
from leads.csv_import.files import Row
from leads.exports.cells import plain_cell
from leads.models import LeadImport

BATCH_ROWS = 100
TURN_SECONDS = 30.0  # then whatever else waits for this worker comes first
TURN_SHARE = 4  # or so many times as long as the rows that are done with took to be looked at
LEFT = "Whoever started this import is not in your team any more. Continue it, then it is yours."


def run_import(*, lead_import: LeadImport) -> None:
    with browsers.acting(lead_import.pk):  # what somebody uploads is no news to them by mail
        work.run(lead_import, take_file)


def take_file(lease: Lease[LeadImport]) -> None:
    row = lease.row
    path = work_folder() / f"{row.pk}-{row.lease_token}.csv"
    try:
        with default_storage.open(row.path) as file, path.open("w", encoding="utf-8-sig", newline="") as refused:
            reading = lead_csv.rows(file, row.encoding, row.delimiter)
            next(reading)  # the heading
            Run(lease, whose(row), refused).go(reading)
        finish(lease, path)
    except NO_FILE as error:
        raise Gone(lead_imports.FILE_GONE) from error
    finally:
        path.unlink(missing_ok=True)


def whose(row: LeadImport) -> User:
    """In whose name the leads come in."""
    if by := User.objects.filter(pk=row.by_id, team=row.team_id, is_active=True, deleted_at=None).first():
        return by
    raise NotFound(LEFT)


class Run:
    """One worker's turn at a file."""

    def __init__(self, lease: Lease[LeadImport], by: User, refused: TextIO) -> None:
        self.lease, self.row, self.by = lease, lease.row, by
        self.refused = csv.writer(refused, delimiter=self.row.delimiter)
        self.refused.writerow([*map(plain_cell, self.row.headings), "Line", "Why it was refused"])
        self.refused_rows, self.begins_at = 0, self.row.position
        self.started, self.until = time.monotonic(), 0.0

    def go(self, reading: Iterator[Row]) -> None:
        """Stopping when the turn is over before the file is."""
        done = 0
        for batch in batches(reading, BATCH_ROWS):
            known = max(0, self.begins_at - done)
            entries = [self.look_at(row) for row in batch]
            done += len(batch)
            if done > self.begins_at:
                self.until = self.until or self.end_of_turn()
                self.take([entry for entry in entries[known:] if entry], done)
            else:
                self.lease.note_step()
            if done < self.row.rows and (queue.stopping.is_set() or self.is_over()):
                raise work.Stopping

    def end_of_turn(self) -> float:
        now = time.monotonic()
        return now + max(TURN_SECONDS, TURN_SHARE * (now - self.started))

    def is_over(self) -> bool:
        return bool(self.until) and time.monotonic() > self.until

    def look_at(self, row: Row) -> Entry | None:
        """What the row says; None once its refusal is written down."""
        try:
            fields = lead_columns.fields_of(row.cells, self.row.headings, self.row.columns, self.row.fixed)
            data = lead_imports.data_of(fields)
        except DomainError as error:
            self.refuse(row, lead_imports.reason_of(error))
            return None
        told = {target for target, cell in zip(self.row.columns, row.cells, strict=False) if cell.strip()}
        return Entry(id_of(self.row, row), data, frozenset(self.row.fixed.keys() - told))

    def refuse(self, row: Row, reason: str) -> None:
        width = len(self.row.headings)
        cells = [*row.cells[:width], *[""] * (width - len(row.cells))]
        self.refused.writerow([*map(plain_cell, cells), row.line, reason, *map(plain_cell, row.cells[width:])])
        self.refused_rows += 1

    def take(self, entries: Sequence[Entry], done: int) -> None:
        """With the database away the lease is left to run out, and the sweeper has somebody go on."""
        try:
            made = sum(lead_batches.take_leads(by=self.by, entries=entries))
        except STORE_ERRORS as error:
            raise DatabaseError(str(error)) from error
        counts = {"made": self.row.made + made, "merged": self.row.merged + len(entries) - made}
        self.lease.step(position=done, refused=self.refused_rows, **counts)


def id_of(lead_import: LeadImport, row: Row) -> str:
    return hashlib.sha256(f"{lead_import.pk}/rows/{row.line}".encode()).hexdigest()[:24]


def finish(lease: Lease[LeadImport], path: Path) -> None:
    """Store the refused rows and complete the row; the file goes, and what the row has kept of it."""
    row = lease.row
    if row.refused:
        # Another try's file lies beside it, and may be the one that the row names
        free = f"{lead_imports.FOLDER}/{row.team_id}/{row.pk}-{row.lease_token}-refused.csv"
        with LocalFile(path, on_read=lease.note_step) as file, stored(free, file) as name:
            lease.complete(refused_path=name, samples=[])
    else:
        lease.complete(refused_path="", samples=[])
    default_storage.delete(row.path)
    row.change({"status": row.status}, path="")
