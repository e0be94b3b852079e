import os
from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from redis.exceptions import RedisError

from config import queue

NICE = 10  # on a machine that has no core to spare, whoever waits for a page or an answer comes first


class Command(BaseCommand):
    help = (
        "Run a worker: it takes tasks from Redis, one after the other, until SIGTERM or Ctrl-C. Without an option it "
        "makes speech, exports and the like: run one a core. Beside those run --network and --errands."
    )

    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        kinds = parser.add_mutually_exclusive_group()
        kinds.add_argument(
            "--network",
            action="store_true",
            help="take only the tasks that call other services, such as mail and Fish Audio, and load no voices; "
            "other workers leave these tasks alone",
        )
        kinds.add_argument(
            "--errands",
            action="store_true",
            help="as --network, but without long texts, so that they never keep a mail waiting",
        )

    def handle(self, *args: Any, network: bool, errands: bool, **options: Any) -> None:
        os.nice(NICE)
        try:
            queue.work(queue.NETWORK if network else queue.ERRANDS if errands else queue.SPEECH)
        except RedisError as error:
            raise CommandError(f"Redis is away, the worker ends: {error}") from error
