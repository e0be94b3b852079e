"""The command that each importer is: options, counts, progress and exit codes."""

import json
import time
from argparse import ArgumentParser
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import Path
from typing import Any, ClassVar

from django.conf import settings
from django.contrib.auth import get_user_model
from django.contrib.auth.base_user import AbstractBaseUser
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from config.db import batches
from config.errors import DomainError
from config.importing.rows import Row
from config.importing.sources import MONGODB, SUFFIXES, Part, Unreadable, find_parts

UNREADABLE = 2  # the exit status when the source can't be read
STOPPED = 130
PROGRESS_SECONDS = 2.0
BATCH_ROWS = 500  # of a table whose rows are taken over many at a time
Counts = dict[str, int]


class Outcome(StrEnum):
    """What became of a row."""

    IMPORTED = "imported"
    KNOWN = "known"  # it was here already, and stays as it is here
    REFUSED = "refused"


@dataclass
class Context:
    """What the rows of one run share."""

    owner: Any = None  # the user of --owner: has the rows whose own owner is unknown
    is_dry_run: bool = False
    is_stored: bool = False
    note: Callable[[Row, str], object] = lambda row, sentence: None  # tells the reader of a row that was taken over
    aliases: dict[str, str] = field(default_factory=dict)  # ids of rows that live on under another id here
    # What a dry run would have made by now, under its kind and a key: later rows find it as a real run finds it saved.
    planned: dict[tuple[str, str], str] = field(default_factory=dict)

    def plan(self, kind: str, key: str, row_id: str) -> None:
        if self.is_dry_run:
            self.planned[kind, key] = row_id


@dataclass(frozen=True)
class Table:
    """A table of the old system, and the function that takes over a row of it, whole or not at all.

    The function answers IMPORTED or KNOWN; a DomainError, such as Refused, counts the row as refused. In a dry run it
    decides the same and writes nothing. Where rows are many and small `import_rows` does so for several at once, and
    gives for each what became of it, or the DomainError.
    """

    name: str
    import_row: Callable[[Row, Context], Outcome] | None = None
    import_rows: Callable[[Sequence[Row], Context], Iterable[Outcome | DomainError]] | None = None
    also: tuple[str, ...] = ()  # its other names
    setting: str = ""  # the setting that has its old name

    @property
    def old_name(self) -> str:
        return getattr(settings, self.setting) if self.setting else ""

    @property
    def names(self) -> tuple[str, ...]:
        return tuple(filter(None, (self.name, *self.also, self.old_name)))


class ImportCommand(BaseCommand):
    """An importer has its tables, those that others refer to first. Overriding `parts` adds forms of source."""

    tables: ClassVar[tuple[Table, ...]]

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--from",
            dest="source",
            metavar="SOURCE",
            help="a file or folder of exported tables (DynamoDB's JSON lines, or mongoexport's lines or array), or "
            "mongodb://host/database. When absent: the files that the old table settings name, in this folder, or "
            "DATABASE_URL when it is a mongodb:// address",
        )
        parser.add_argument("--owner", metavar="EMAIL", help="the account that gets rows whose own owner is unknown")
        parser.add_argument("--dry-run", action="store_true", help="count the same and write nothing")
        parser.add_argument(
            "--stored",
            action="store_true",
            help="the files of the rows lie in this installation's storage under their keys: serve and delete them",
        )

    def handle(self, *args: Any, source: str | None, owner: str | None, **options: Any) -> None:
        try:
            context = Context(find_owner(owner), options["dry_run"], options["stored"], self.note)
            counts = self.import_all(self.parts(source) if source else self.default_parts(), context)
        except Unreadable as error:
            raise CommandError(str(error), returncode=UNREADABLE) from error
        except DatabaseError as error:
            message = f"The database of this installation failed: {error}. Run it again: it goes on where it ended."
            raise CommandError(message) from error
        except KeyboardInterrupt:
            raise CommandError("Stopped. Run it again: it goes on where it ended.", returncode=STOPPED) from None
        self.stdout.write(json.dumps(counts))

    def parts(self, source: str) -> list[Part]:
        """What there is to read. Raises Unreadable before anything is written."""
        return find_parts(source, self.tables)

    def default_parts(self) -> list[Part]:
        """Without --from: what the settings of the old system name."""
        named = [table.old_name for table in self.tables if table.old_name]
        paths = [
            path for name in named for path in (Path(name + suffix) for suffix in (*SUFFIXES, "")) if path.is_file()
        ]
        if paths:
            return [part for path in paths for part in self.parts(str(path))]
        if settings.DATABASE_URL.startswith(MONGODB):
            return self.parts(settings.DATABASE_URL)
        hint = f" There is no file {' or '.join(f'{name}.json' for name in named)} in this folder." if named else ""
        raise Unreadable(f"Say what to read, with --from.{hint}")

    def import_all(self, parts: Sequence[Part], context: Context) -> dict[str, Counts]:
        counts = {table.name: dict.fromkeys(("read", *Outcome), 0) for table in self.tables}
        for table in self.tables:
            if table not in [part.table for part in parts]:
                self.stderr.write(f"{table.name}: not in the source")
        for part in parts:
            self.import_part(part, counts[part.table.name], context)
        return counts

    def import_part(self, part: Part, counts: Counts, context: Context) -> None:
        show_at = time.monotonic() + PROGRESS_SECONDS
        for rows in batches(part.read(), BATCH_ROWS if part.table.import_rows else 1):
            counts["read"] += len(rows)
            for outcome in self.import_rows(part.table, rows, context):
                counts[outcome] += 1
            if time.monotonic() >= show_at:
                self.stderr.write(f"{part.label}: {counts['read']:,} rows")
                show_at = time.monotonic() + PROGRESS_SECONDS
        self.stderr.write(f"{part.label}: " + ", ".join(f"{count:,} {word}" for word, count in counts.items()))

    def import_rows(self, table: Table, rows: Sequence[Row], context: Context) -> Iterator[Outcome]:
        whole = [row for row in rows if not row.broken]
        do = table.import_rows or (lambda rows, context: [import_row(table, row, context) for row in rows])
        outcomes = iter(do(whole, context))
        for row in rows:
            outcome = DomainError(row.broken) if row.broken else next(outcomes)
            if isinstance(outcome, DomainError):
                self.stderr.write(f"{row.place}: refused. {outcome.message}")
                outcome = Outcome.REFUSED
            yield outcome

    def note(self, row: Row, sentence: str) -> None:
        self.stderr.write(f"{row.place}: {sentence}")


def import_row(table: Table, row: Row, context: Context) -> Outcome | DomainError:
    try:
        return table.import_row(row, context)
    except DomainError as error:
        return error


def find_owner(email: str | None) -> AbstractBaseUser | None:
    if not email:
        return None
    users = get_user_model()
    try:
        return users.objects.get_by_natural_key(email)
    except users.DoesNotExist as error:
        raise Unreadable(f"There is no account {email} for --owner. Make it first, or name another.") from error
