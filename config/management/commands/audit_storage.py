import json
import sys
import time
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import storage_audit, times
from config.db import STORE_ERRORS
from config.errors import DomainError
from config.files import STORAGE_ERRORS
from config.storage_audit import Audit, Finding

FOUND, AWAY = 1, 2  # exit statuses
PROGRESS_SECONDS = 2.0
HELP = """\
Compare the files in the storage, on disk or in S3, with the rows that name them, and list

  rows without a file   their file was deleted or never copied here: restore it, or delete the row on its page
  files without a row   left by a process that was killed; a file younger than an hour is never listed

Nothing is changed without --delete. Looked at are the folders that Echodesk writes to; other files in a bucket are not.
The exit status is 0 when all is well, 1 when something was found, deleted or not, 2 when the storage or the database is
away. Memory stays the same however many files and rows there are; in S3 each row is one small question.
"""


class Command(BaseCommand):
    help = HELP
    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **options)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--json", action="store_true", help="one JSON object a line: each finding, and at last the sums"
        )
        parser.add_argument(
            "--delete",
            action="store_true",
            help="delete the files without a row that are older than 24 hours, without asking; never a row. Files that "
            "you have copied here for an importer have no rows before it has run",
        )

    def handle(self, *args: Any, delete: bool, **options: Any) -> None:
        self.is_json, self.next_line = options["json"], time.monotonic() + PROGRESS_SECONDS
        self.sums = {"rows_without_files": 0, "files_without_rows": 0, "deleted": 0}
        audit = Audit(self.report)
        try:
            for finding in audit.findings():
                self.take(finding, is_deleted=delete and storage_audit.delete(finding, audit))
        except DomainError as error:
            raise CommandError(error.message, returncode=AWAY) from error
        except (*STORE_ERRORS, *STORAGE_ERRORS, OSError) as error:
            raise CommandError(f"The storage or the database is away: {error}", returncode=AWAY) from error
        self.say_sums(audit)
        if self.sums["rows_without_files"] or self.sums["files_without_rows"]:
            sys.exit(FOUND)

    def report(self, audit: Audit) -> None:
        if time.monotonic() >= self.next_line:
            self.stderr.write(f"{audit.rows:,} rows and {audit.files:,} files looked at ...")
            self.next_line = time.monotonic() + PROGRESS_SECONDS

    def take(self, finding: Finding, *, is_deleted: bool) -> None:
        self.sums["rows_without_files" if finding.row else "files_without_rows"] += 1
        self.sums["deleted"] += is_deleted
        self.stdout.write(line_of_json(finding, is_deleted) if self.is_json else line_of_words(finding, is_deleted))

    def say_sums(self, audit: Audit) -> None:
        if self.is_json:
            self.stdout.write(json.dumps({"rows": audit.rows, "files": audit.files} | self.sums))
            return
        looked = f"{audit.rows:,} rows and {audit.files:,} files looked at"
        found = "{rows_without_files:,} rows without a file, {files_without_rows:,} files without a row"
        self.stdout.write(f"{looked}: {found}, {{deleted:,}} of them deleted.".format(**self.sums))


def line_of_words(finding: Finding, is_deleted: bool) -> str:
    if finding.row:
        return f"row without a file: {finding.row} of the {finding.kind}: {finding.name}"
    when = f"since {times.iso(finding.changed_at)}"
    return f"file without a row{', deleted' if is_deleted else ''}: {finding.name}, {when}, among the {finding.kind}"


def line_of_json(finding: Finding, is_deleted: bool) -> str:
    if finding.row:
        found = {"found": "row_without_file", "kind": finding.kind, "name": finding.name, "row": finding.row}
    else:
        found = {"found": "file_without_row", "kind": finding.kind, "name": finding.name}
        found |= {"changed_at": times.iso(finding.changed_at), "deleted": is_deleted}
    return json.dumps(found)
