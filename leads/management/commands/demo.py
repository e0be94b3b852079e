import secrets
import sys
from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from config.errors import DomainError
from leads.actions import demo

PASSWORD_BYTES = 9
NO_DATABASE = "The database can't be used: {}. Start Echodesk with `make run` first."
THERE = "The sample team is there already: sign in as {}. --again makes it anew, --remove removes it."
NO_VOICE = "The demo voice is not in the catalogue, so nothing is spoken. `manage.py sync_piper_models` adds it."


class Command(BaseCommand):
    help = (
        "Make a sample team to look around in: people, leads, conversations, chats, speech. It is a team of its own, "
        "its people sign in with a password that is printed once, and nothing is sent to anybody. A banner on its "
        "pages removes all of it again, and so does --remove."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        what = parser.add_mutually_exclusive_group()
        what.add_argument("--again", action="store_true", help="remove the one that is there, and make it anew")
        what.add_argument("--remove", action="store_true", help="remove it with all that is in it")
        parser.add_argument("--password-stdin", action="store_true", help="read the password from standard input")
        parser.add_argument("--seed", type=int, default=demo.SEED, help="another number tells another story")

    def handle(self, *args: Any, again: bool, remove: bool, **options: Any) -> None:
        try:
            if remove:
                self.stdout.write("The sample team is removed." if demo.remove() else "There is no sample team.")
            elif demo.is_there() and not again:
                self.stdout.write(THERE.format(demo.PEOPLE[0].email))
            else:
                demo.remove()
                self.make(**options)
        except DomainError as error:
            raise CommandError(error.message) from error
        except DatabaseError as error:
            raise CommandError(NO_DATABASE.format(error)) from error

    def make(self, *, password_stdin: bool, seed: int, **options: Any) -> None:
        given = sys.stdin.readline().rstrip("\r\n") if password_stdin else ""
        password = given if password_stdin else secrets.token_urlsafe(PASSWORD_BYTES)
        made = demo.create(password=password, seed=seed, tell_step=lambda step: self.stderr.write(f"Making {step} …"))
        if not made.jobs:
            self.stderr.write(NO_VOICE)
        emails = [person.email for person in made.people]
        self.stdout.write(
            f"The sample team {made.people[0].team} has {made.leads} leads, {made.conversations} conversations "
            f"({made.recordings} with sound), {made.chats} chats and {made.jobs} speech jobs."
        )
        shown = "the one you gave" if password_stdin else f"{password} (shown this once)"
        self.stdout.write(f"Sign in at {settings.SITE_URL}/login as {', '.join(emails[:-1])} or {emails[-1]}")
        self.stdout.write(f"Password: {shown}")
