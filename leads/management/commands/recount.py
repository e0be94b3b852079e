"""`manage.py recount`: count all figures again, or with `--check` say where they are not what the rows come to."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from accounts.models import Team
from config.ids import parse_id
from leads.actions import recount


class Command(BaseCommand):
    help = "Counts the figures of the desk again, from its rows. --check only compares, and ends with 1 if they differ."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--check", action="store_true", help="change nothing, print the differences")
        parser.add_argument("--team", default="", help="the id of one team, instead of all")

    def handle(self, *args: Any, **options: Any) -> None:
        act = self.compare if options["check"] else self.recount
        if sum(act(team) for team in teams(options["team"])):
            raise SystemExit(1)

    def recount(self, team: Team) -> int:
        done = recount.recount(team=team)
        words = f"{team} ({team.pk}): {done.sessions:,} sessions and {done.days:,} days counted again"
        wait = f"; {done.waiting:,} days were written to just now and are counted later" if done.waiting else ""
        self.stdout.write(f"{words}{wait}")
        return 0

    def compare(self, team: Team) -> int:
        number = 0
        for line in recount.differences(team=team):
            self.stdout.write(f"{team} ({team.pk}): {line}")
            number += 1
        if not number:
            self.stdout.write(f"{team} ({team.pk}): all figures are what the rows come to")
        return number


def teams(team_id: str) -> list[Team]:
    if not team_id:
        return list(Team.objects.order_by("pk"))
    try:
        return [Team.objects.get(pk=parse_id(team_id))]
    except (ValueError, Team.DoesNotExist) as error:
        raise CommandError("There is no team with this id.") from error
