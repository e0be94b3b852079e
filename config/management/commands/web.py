"""The web server by itself, for a machine or container of its own. `up` runs the same one."""

import os
import sys
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand

from config import files

THREADS = 64  # in each process: streams hold up to 48 of them for minutes
KILL_TIMEOUT = 5  # seconds that a stop waits for open streams
HEADER_TIMEOUT = 10_000  # milliseconds; against headers that drip


class Command(BaseCommand):
    help = "Run the web server alone, with WEB_PROCESSES processes on HOST and PORT."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        files.work_folder()
        os.execv(sys.executable, command())  # noqa: S606


def command() -> list[str]:
    options = {
        "--interface": "wsgi",
        "--workers": settings.WEB_PROCESSES,
        "--blocking-threads": THREADS,
        "--http": 1,
        "--workers-kill-timeout": KILL_TIMEOUT,
        "--http1-header-read-timeout": HEADER_TIMEOUT,
        "--log-level": "error",  # its warnings are hints that so many threads are unusual
        "--host": settings.HOST,
        "--port": settings.PORT,
    }
    words = [str(word) for option in options.items() for word in option]
    return [sys.executable, "-m", "granian", *words, "--no-ws", "--respawn-failed-workers", "config.wsgi:application"]
