from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError, OutputWrapper
from django.db import DatabaseError

from config.errors import DomainError
from voices.actions import downloads, voices
from voices.engines import transfer
from voices.engines.piper_catalogue import Entry
from voices.models import Voice

BAR_CHARACTERS = 30
LINE_PERCENT = 10  # between two lines where there is no terminal to draw on


class Command(BaseCommand):
    help = (
        "Fill the catalogue with the voices found in PIPER_VOICES_DIR and the bundled one, and make their samples. "
        "With --catalogue, list what Piper has; with --download, fetch voices of that list first."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--catalogue",
            metavar="FILE|URL",
            nargs="?",
            const=settings.PIPER_CATALOGUE_URL,
            help="Piper's voices.json, its files beside it; Piper's own when no address follows",
        )
        parser.add_argument("--download", metavar="VOICE", nargs="+", default=[], help="such as en_US-lessac-medium")

    def handle(self, *args: Any, catalogue: str | None, download: list[str], **options: Any) -> None:
        source = transfer.whole(catalogue or settings.PIPER_CATALOGUE_URL)
        try:
            if catalogue:
                self.list(source)
            failed = [name for name in download if not self.fetch(name, source)]
            if download or not catalogue:
                voices.sync_voices(self.stdout.write)
                self.stdout.write("The catalogue is up to date.")
        except DatabaseError as error:
            raise CommandError(f"The database is away: {error}") from error
        except DomainError as error:
            raise CommandError(error.message) from error
        if failed:
            raise CommandError(f"Not downloaded: {', '.join(failed)}.")

    def list(self, source: str) -> None:
        found = downloads.refresh_now(source=source, write=self.stderr.write)
        here = set(Voice.objects.available().values_list("voice_id", flat=True))
        for entry in sorted(found.entries.values(), key=lambda entry: entry.voice_id):
            self.stdout.write(line(entry, is_here=entry.voice_id in here))
        ready = len(here & set(found.entries))
        self.stdout.write(f"{len(found.entries)} voices can be had, {ready} of them are on this machine.")

    def fetch(self, voice_id: str, source: str) -> bool:
        bar = Bar(voice_id, self.stderr)
        try:
            downloads.download_now(voice_id=voice_id, source=source, show=bar.show)
        except DomainError as error:
            bar.end()
            self.stderr.write(f"{voice_id}: {error.message}")
            return False
        bar.end()
        self.stdout.write(f"{voice_id}: downloaded.")
        return True


def line(entry: Entry, *, is_here: bool) -> str:
    speakers = f", {len(entry.speakers)} speakers" if entry.speakers else ""
    size = f"{entry.total_bytes / 1_000_000:.0f} MB"
    return f"{entry.voice_id:40} {entry.language}, {size}{speakers}{', on this machine' if is_here else ''}"


class Bar:
    """How far a download is: a bar that grows on a terminal, some lines elsewhere."""

    def __init__(self, name: str, out: OutputWrapper) -> None:
        self.name, self.out, self.percent = name, out, -1

    def show(self, held: int, total: int) -> None:
        percent = 100 * held // total
        step = 1 if self.out.isatty() else LINE_PERCENT
        if self.percent >= 0 and percent // step == self.percent // step:
            return
        self.percent = percent
        if self.out.isatty():
            filled = BAR_CHARACTERS * percent // 100
            self.out.write(f"\r{self.name} [{'#' * filled:{BAR_CHARACTERS}}] {percent:3} %", ending="")
        else:
            self.out.write(f"{self.name}: {percent} % of {total:,} bytes")

    def end(self) -> None:
        if self.out.isatty() and self.percent >= 0:
            self.out.write("")
