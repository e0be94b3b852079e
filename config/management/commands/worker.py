from typing import Any

from django.core.management.base import BaseCommand, CommandError
from redis.exceptions import RedisError

from config import queue


class Command(BaseCommand):
    help = "Run a worker: it takes tasks from Redis, one after the other, until SIGTERM or Ctrl-C."

    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            queue.work()
        except RedisError as error:
            raise CommandError(f"Redis is away, the worker ends: {error}") from error
