from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from voices.actions import voices


class Command(BaseCommand):
    help = "Fill the catalogue with the voices found in PIPER_VOICES_DIR and the bundled one, and make their samples."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            voices.sync_voices(self.stdout.write)
        except DatabaseError as error:
            raise CommandError(f"The database is away: {error}") from error
        self.stdout.write("The catalogue is up to date.")
