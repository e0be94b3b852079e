from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from voices.actions import catalogue


class Command(BaseCommand):
    help = (
        "List some well-known Piper voices that can be downloaded; needs no network and changes no voice that is here."
    )

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            catalogue.seed_voices(self.stdout.write)
        except DatabaseError as error:
            raise CommandError(f"The database is away: {error}") from error
        self.stdout.write("The list is complete.")
