import datetime as dt
import json
import sys
import time
from argparse import ArgumentParser, ArgumentTypeError, RawDescriptionHelpFormatter
from collections import Counter
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser

from config import sweeper
from config.db import STORE_ERRORS
from config.errors import DomainError
from leads.actions import replay
from leads.actions.replay import Replayed
from leads.actions.restore import Restore
from leads.journal import status
from leads.journal.checking import Check

FOUND, AWAY = 1, 2  # exit statuses
PROGRESS_SECONDS = 2.0
LEFT = "The database is away or busy: run it again later, or leave it to the sweeper."
SHARE_SECONDS = 1.0  # of one run of a replay: the sweeper may come in between
HELP = """\
Look after the desk's journal: the files in JOURNAL_DIR in which each lead, event, session and webhook of WhatsApp is
written down before it goes to the database.

  status    what waits to be replayed, what was refused, and how much the journal holds
  replay    do what waits now; the sweeper does the same every second. --refused tries again what was refused
  verify    check each line, and that the database has what it says
  restore   put what the journal keeps into a database that has lost it

Run it where the files are, on the host of the web server.
"""
VERIFY_HELP = """\
Check each line by its checksum, and that the database has what it says. Deleted leads, and rows of teams that are gone,
are not missed; rows that were deleted in other ways are. The exit status is 1 when something is damaged or missing.
"""
RESTORE_HELP = """\
Do again, in order, what the journal has of the last JOURNAL_KEEP_DAYS and the database hasn't: after an older backup of
it came back, for example. Leads that were deleted later stay deleted, erased people erased, and what is kept no longer
stays gone. What is there stays as it is, so a second run changes nothing. What comes in meanwhile waits. A session
counts as there when it was changed later than the record came in, so restore before it goes on.
"""


class Command(BaseCommand):
    help = HELP
    requires_system_checks = []

    def create_parser(self, prog_name: str, subcommand: str, **options: Any) -> CommandParser:
        parser = super().create_parser(prog_name, subcommand, **options)
        parser.formatter_class = RawDescriptionHelpFormatter
        return parser

    def add_arguments(self, parser: ArgumentParser) -> None:
        verbs = parser.add_subparsers(dest="verb", required=True, metavar="status|replay|verify|restore")
        figures = add(verbs, "status", "What waits, what was refused, and how much the journal holds.")
        figures.add_argument("--json", action="store_true", help="one JSON object")
        again = add(verbs, "replay", "Do what waits, oldest first, until nothing does or the database is away.")
        again.add_argument(
            "--forever",
            action="store_true",
            help="until SIGTERM or Ctrl-C, and compress and delete what is old: for a web machine without a sweeper",
        )
        again.add_argument("--refused", action="store_true", help="try again what was refused, and show why it is")
        add(verbs, "verify", VERIFY_HELP)
        restore = add(verbs, "restore", RESTORE_HELP)
        restore.add_argument(
            "--since",
            type=moment,
            metavar="DATE",
            help="only what came in since then, in UTC: 2026-11-21 or 2026-11-21T08:30",
        )

    def handle(self, *args: Any, verb: str, **options: Any) -> None:
        self.next_line = time.monotonic() + PROGRESS_SECONDS
        try:
            getattr(self, verb)(options)
        except DomainError as error:
            raise CommandError(error.message, returncode=AWAY) from error
        except STORE_ERRORS as error:
            raise CommandError(f"The database is away: {str(error).partition(' (')[0]}", returncode=AWAY) from error
        except OSError as error:
            raise CommandError(f"The journal can't be read: {error}", returncode=AWAY) from error

    def status(self, options: dict[str, Any]) -> None:
        found = status.status()
        self.stdout.write(json.dumps(found) if options["json"] else words(found))

    def replay(self, options: dict[str, Any]) -> None:
        if options["forever"]:
            sweeper.sweep_until_signal(replay.SWEEPS)
            return
        result = replay.replay_refused() if options["refused"] else self.replay_all()
        if result.is_elsewhere:
            raise CommandError("Another process is replaying, compressing or restoring. Try again in a moment.")
        self.stdout.write(f"{result.done:,} done, {result.refused:,} refused, {result.left:,} left.")
        if result.left:
            raise CommandError(LEFT, returncode=AWAY)

    def replay_all(self) -> Replayed:
        total = Replayed()
        while True:
            run = replay.replay(seconds=SHARE_SECONDS)
            total.done, total.refused, total.left = total.done + run.done, total.refused + run.refused, run.left
            if run.is_elsewhere or not run.left or not run.done + run.refused:
                total.is_elsewhere = run.is_elsewhere
                return total
            self.progress(total.done)

    def verify(self, options: dict[str, Any]) -> None:
        counts = Check(lambda what, where: self.stdout.write(f"{what}: {where}"), self.progress).run()
        self.stdout.write(sentence(counts))
        if counts["damaged"] or counts["missing"] or counts["unreadable"]:
            sys.exit(FOUND)

    def restore(self, options: dict[str, Any]) -> None:
        counts = Restore(since=options["since"], report=self.stderr.write, progress=self.progress).run()
        replay.replay()  # what waited, and what came in meanwhile
        self.stdout.write(sentence(counts))

    def progress(self, count: int) -> None:
        if time.monotonic() >= self.next_line:
            self.stderr.write(f"{count:,} records ...")
            self.next_line = time.monotonic() + PROGRESS_SECONDS


def add(verbs: Any, name: str, description: str) -> ArgumentParser:
    return verbs.add_parser(name, description=description, formatter_class=RawDescriptionHelpFormatter)


def moment(text: str) -> dt.datetime:
    try:
        time = dt.datetime.fromisoformat(text)
    except ValueError as error:
        raise ArgumentTypeError(f"{text} is no date: write 2026-11-21 or 2026-11-21T08:30") from error
    return time if time.tzinfo else time.replace(tzinfo=dt.UTC)


def sentence(counts: Counter[str]) -> str:
    rest = ", ".join(f"{count:,} {name}" for name, count in counts.items() if name != "records")
    return f"{counts['records']:,} records: {rest}."


def words(found: dict[str, Any]) -> str:
    files = found["files"]
    oldest = f"; the oldest since {found['oldest_waiting']}" if found["waiting"] else ""
    return "\n".join(
        (
            f"Folder:   {found['folder']}",
            f"Waiting:  {found['waiting']:,}{oldest}",
            f"New ones: {'wait behind them' if found['is_behind'] else 'go straight to the database'}",
            f"Refused:  {found['refused']:,}",
            f"Damaged:  {found['damaged']:,} lines",
            f"Files:    {files['written']} ({files['living']} of running processes), {files['kept']} compressed",
            f"Size:     {found['bytes']:,} bytes",
        )
    )
