"""What `up` does before it serves; on several machines, run it once before they start."""

import hashlib
from collections.abc import Iterator
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.contrib.staticfiles.storage import staticfiles_storage
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor
from pymongo.errors import PyMongoError

from config import files, hooks
from config.backups import back_up
from config.errors import DomainError


class Command(BaseCommand):
    help = "Copy the SQLite file if migrations would change it, migrate, collect static files, run the apps' own steps."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        files.work_folder()
        try:
            self.migrate()
        except (DatabaseError, PyMongoError) as error:
            reason = str(error).partition(" (")[0]  # pymongo adds its view of every server
            raise CommandError(f"The database could not be prepared: {reason}. Is it running?") from error
        self.collect_static()
        try:
            for step in hooks.start_steps:
                step(self.stdout.write)
        except DomainError as error:
            raise CommandError(error.message) from error

    def migrate(self) -> None:
        executor = MigrationExecutor(connection)
        if not executor.migration_plan(executor.loader.graph.leaf_nodes()):
            return
        if executor.loader.applied_migrations and connection.vendor == "sqlite":
            copy = back_up(Path(connection.settings_dict["NAME"]), settings.VAR_DIR / "backups")
            self.stdout.write(f"The database was copied to {copy}.")
        call_command("migrate", interactive=False)

    def collect_static(self) -> None:
        """Collecting takes seconds, so it is done only after a change."""
        stamp, now = settings.VAR_DIR / "static.stamp", static_state()
        if stamp.exists() and stamp.read_text() == now and is_collected():
            return
        self.stdout.write("Collecting static files.")
        call_command("collectstatic", interactive=False, verbosity=0)
        stamp.write_text(now)


def is_collected() -> bool:
    manifest = getattr(staticfiles_storage, "manifest_name", "")
    return Path(settings.STATIC_ROOT, manifest).exists()


def static_state() -> str:
    """A digest that changes with any static file and with what processes them."""
    lines = [settings.STORAGES["staticfiles"]["BACKEND"], version("django"), version("whitenoise"), *static_files()]
    return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def static_files() -> Iterator[str]:
    for finder in get_finders():
        for name, storage in finder.list([]):
            stat = Path(storage.path(name)).stat()
            yield f"{name} {stat.st_size} {stat.st_mtime_ns}"
