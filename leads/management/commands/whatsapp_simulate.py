import sys
from argparse import ArgumentParser, RawDescriptionHelpFormatter
from typing import Any
from urllib.parse import urlsplit

import httpx
from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import DatabaseError

from accounts.models import User
from config.sealed import Unreadable
from leads.actions.whatsapp import simulation
from leads.models import Channel
from leads.whatsapp import numbers
from leads.whatsapp.simulated_customer import Customer, Unanswered
from leads.whatsapp.simulator import Simulator

WAIT_SECONDS = 60.0
CALL_SECONDS = 15.0
EXAMPLES = """\
examples:
  manage.py whatsapp_simulate                               talk: a line is a message, Ctrl-D or Ctrl-C ends it
  manage.py whatsapp_simulate --say "Are you open?" "And on Sunday?"
  manage.py whatsapp_simulate --phone 4915112345678 --name "Ann Lee"

The chat is in the inbox, as any other. To be rid of it, disconnect the channel Simulator with its chats."""
NOT_RUNNING = "Nothing answers at {}. Start Echodesk with `make run`, or say where it is with --url."
NOT_ECHODESK = "What answers at {} is not Echodesk, or it is not well. Say where it is with --url."
NO_MODEL = "No language model is set (LLM_BASE_URL, LLM_MODEL): the channel's own sentence is the answer."
NO_REPLIES = "The assistant is off on the channel {}: nobody answers but people, in the inbox."
OTHER_KEY = "The SECRET_KEY has changed since: disconnect the channel Simulator, then start this again."
PORT_TAKEN = "Port {} is taken, perhaps by another whatsapp_simulate. End it, or name a free one with --port."


class Command(BaseCommand):
    help = (
        "Play a customer who writes on WhatsApp, against an Echodesk that runs on this machine; no account at Meta is "
        "needed. The first time it makes a channel Simulator in the first administrator's team. What it sends comes as "
        "webhooks, signed as WhatsApp signs them; what comes back is printed, and voice notes are saved."
    )

    def create_parser(self, *args: Any, **kwargs: Any) -> ArgumentParser:
        return super().create_parser(*args, epilog=EXAMPLES, formatter_class=RawDescriptionHelpFormatter, **kwargs)

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--say", nargs="+", action="extend", metavar="TEXT", help="send these, wait for a reply to each, and end"
        )
        parser.add_argument("--phone", default="15550100001", help="the customer's number; %(default)s when absent")
        parser.add_argument("--name", default="Sam Customer", help="what they call themselves; %(default)s when absent")
        parser.add_argument("--url", default=settings.SITE_URL, help="where Echodesk is; %(default)s when absent")
        parser.add_argument(
            "--port", type=int, help="of the simulated WhatsApp; the last one, or a free one, if absent"
        )
        parser.add_argument(
            "--wait", type=float, default=WAIT_SECONDS, help="seconds to wait for a reply; %(default)g when absent"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        phone = numbers.normal(options["phone"])
        if not phone.isdecimal():
            raise CommandError("A phone number has digits, with its country code.")
        url = options["url"].rstrip("/")
        check_running(url)
        try:
            channel = simulation.channel_for(by=first_administrator())
            with serving(channel, options["port"]) as api:
                simulation.serve_at(channel=channel, url=api.url)
                about = {"phone": phone, "name": options["name"], "patience": options["wait"]}
                self.talk(Customer(api, channel, url=url, show=self.show, **about), options["say"])
        except Unanswered as error:
            raise CommandError(str(error)) from error
        except Unreadable as error:
            raise CommandError(OTHER_KEY) from error
        except DatabaseError as error:
            raise CommandError(f"The database can't be used: {error}. Start Echodesk with `make run` first.") from error
        except KeyboardInterrupt:
            self.stdout.write("")

    def talk(self, customer: Customer, texts: list[str] | None) -> None:
        if not customer.channel.replies:
            self.stderr.write(NO_REPLIES.format(customer.channel.name))
        elif not (settings.LLM_BASE_URL and settings.LLM_MODEL):
            self.stderr.write(NO_MODEL)
        if texts is None:
            self.stderr.write("Write a message and press Enter. Ctrl-D or Ctrl-C ends it.")
        for text in sys.stdin if texts is None else texts:
            if text.strip():
                customer.write(text.strip())
            if texts is not None:
                customer.wait()
        customer.wait()

    def show(self, line: str) -> None:
        """Whatever a reply holds, the terminal only shows it."""
        self.stdout.write("".join(letter if letter.isprintable() or letter == "\n" else "?" for letter in line))
        self.stdout.flush()


def serving(channel: Channel, port: int | None) -> Simulator:
    """At the port that was asked for, else that of the last time: what waited to be sent since then comes now."""
    port = port or urlsplit(channel.api_base_url).port or 0
    try:
        return Simulator(number_id=channel.phone_number_id, token=channel.token, port=port)
    except (OSError, OverflowError) as error:
        raise CommandError(PORT_TAKEN.format(port)) from error


def check_running(url: str) -> None:
    try:
        answer = httpx.get(f"{url}/health", timeout=CALL_SECONDS, trust_env=False)
        known = answer.json()
    except (httpx.HTTPError, httpx.InvalidURL) as error:
        raise CommandError(NOT_RUNNING.format(url)) from error
    except ValueError as error:
        raise CommandError(NOT_ECHODESK.format(url)) from error
    if not isinstance(known, dict) or known.get("service") != "echodesk" or answer.is_error:
        raise CommandError(NOT_ECHODESK.format(url))


def first_administrator() -> User:
    if user := User.objects.administrators().first():
        return user
    raise CommandError("There is no administrator yet. Run `make run` once.")
