import shutil
import sys
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError
from redis.exceptions import RedisError

from accounts.models import User, normalise_email
from config import queue
from config.errors import DomainError
from config.leases import Status
from jobs import actions, sounds
from jobs.audio import FORMATS
from jobs.models import Job

POLL_SECONDS = 0.1
WORKERS_CHECK_SECONDS = 2.0
NO_WORKER = 2  # the exit status when nothing can run the job now


class Command(BaseCommand):
    help = (
        "Speak a text into a file, through the queue, as the first administrator or --user. Ends with 2 when no worker "
        "is up; the job then stays queued and runs later."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("text", help="what to say; - reads it from standard input")
        parser.add_argument(
            "-o", "--output", type=Path, required=True, help=f"a file ending in one of: {', '.join(FORMATS)}"
        )
        parser.add_argument("--voice", help="a voice's id or another name for it; the default voice when absent")
        parser.add_argument("--model", metavar="ID", help="a voice model instead of a voice")
        parser.add_argument("--echo", metavar="ID", help="an echo instead of a voice")
        parser.add_argument("--speaker", help="a speaker of the voice, by name or number")
        parser.add_argument(
            "--speed", type=float, help="0.25 to 4 times the voice's own; 1, or the echo's, when absent"
        )
        parser.add_argument("--user", metavar="EMAIL", help="whose job it is; the first administrator's when absent")

    def handle(self, *args: Any, text: str, output: Path, user: str | None, **options: Any) -> None:
        if not output.parent.is_dir():
            raise CommandError(f"There is no folder {output.parent} to write into.")
        try:
            job = actions.start_job(
                by=find_user(user),
                text=sys.stdin.read() if text == "-" else text,
                voice_id=options["voice"],
                model_id=options["model"],
                echo_id=options["echo"],
                speaker=options["speaker"],
                speed=options["speed"],
                format=output.suffix.removeprefix(".").lower() or "wav",
            )
            self.follow(job)
            save(sounds.of_job(job).name, output)
        except (DomainError, DatabaseError, OSError) as error:
            raise CommandError(str(error)) from error
        rate = f" at {job.sample_rate:,} Hz" if FORMATS[job.format].is_raw else ""
        self.stdout.write(f"{output}: {job.duration:.1f} seconds{rate}, job {job.job_id}")

    def follow(self, job: Job) -> None:
        """Show the job's progress until it has ended."""
        check_at = time.monotonic()
        while job.is_open:
            if time.monotonic() >= check_at:
                check_worker(job)
                check_at = time.monotonic() + WORKERS_CHECK_SECONDS
            self.stderr.write(f"\r{job.status_words} {job.progress:3} %", ending="")
            time.sleep(POLL_SECONDS)
            job.refresh_from_db()
        self.stderr.write(f"\r{job.status_words} {job.progress:3} %")
        if job.status == Status.FAILED:
            raise CommandError(job.error)


def find_user(email: str | None) -> User:
    users = User.objects.filter(email=normalise_email(email)) if email else User.objects.administrators()
    if user := users.first():
        return user
    raise CommandError(
        f"There is no account {email}." if email else "There is no administrator yet. Run `make run` once."
    )


def check_worker(job: Job) -> None:
    try:
        if queue.has_worker(job.queue):
            return
    except RedisError:
        pass
    message = f"No worker is up. Job {job.job_id} stays queued and runs as soon as one is: start one with `make run`."
    raise CommandError(message, returncode=NO_WORKER)


def save(name: str, output: Path) -> None:
    with default_storage.open(name) as sound, output.open("wb") as file:
        shutil.copyfileobj(sound, file)
