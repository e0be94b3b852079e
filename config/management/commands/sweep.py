from typing import Any

from django.core.management.base import BaseCommand

from config import sweeper


class Command(BaseCommand):
    help = "Run the sweeper: it queues lost work again and clears what has expired, until SIGTERM or Ctrl-C."

    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        sweeper.sweep_until_signal()
