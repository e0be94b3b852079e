"""Teams: their name, and who goes from one to another."""

from django.db.models import F

from accounts import remembered
from accounts.actions import audit, users
from accounts.models import NAME_MAX_CHARACTERS, Event, Invitation, Role, Team, User
from config import hooks
from config.db import atomic
from config.errors import Conflict, Forbidden, Unprocessable
from config.text import one_line


def lock(*teams: str) -> None:
    """Inside a transaction, before it looks at the members: whoever changes them at the same time waits or starts over.

    MongoDB notices another transaction only where both write the same row. Two administrators who leave at once write
    two rows, each still seeing the other; this gives them a row in common.
    """
    for team in sorted(set(teams)):
        Team.objects.filter(pk=team).update(version=F("version") + 1)


def check_runs_team(user: User) -> None:
    """As the row is now: the person may have stepped down or gone since the request began."""
    if not User.objects.in_team_of(user).running_a_team().filter(pk=user.pk).exists():
        raise Forbidden("Only an administrator of the team may do this.")


def check_not_last(user: User) -> None:
    if not User.objects.in_team_of(user).running_a_team().exclude(pk=user.pk).exists():
        raise Conflict("A team needs an administrator. Make somebody else one first.")


def rename_team(*, by: User, name: str) -> None:
    check_runs_team(by)
    name = one_line(name)
    if not 1 <= len(name) <= NAME_MAX_CHARACTERS:
        raise Unprocessable(f"Name the team, in up to {NAME_MAX_CHARACTERS} characters.", field="name")
    Team.objects.filter(pk=by.team_id).update(name=name)


def leave_team(*, by: User) -> None:
    """Go into a new team of one. Files and jobs go along; the desk stays with the team."""
    leave(by)
    remembered.forget(by)


@atomic
def leave(by: User) -> None:
    lock(by.team_id)
    if not User.objects.in_team_of(by).exclude(pk=by.pk).exists():
        raise Conflict("You are alone in your team: there is nobody to leave.")
    if User.objects.get(pk=by.pk).runs_a_team:
        check_not_last(by)
    move_out(by)
    audit.record(user=by, event=Event.LEFT, words=by.team.name)


def move_out(user: User) -> None:
    move(user, to=users.team_of_one(user), role=Role.ADMIN)


def move(user: User, *, to: Team, role: str) -> None:
    """From the team that the row at hand names; Conflict when the person has left it since."""
    take_back_links(user)
    if not User.objects.filter(pk=user.pk, team=user.team_id).update(team=to, role=role):
        raise Conflict("The team has just changed. Reload the page and try again.")
    for follow in hooks.team_moves:
        follow(user)


def take_back_links(user: User) -> None:
    """Whoever no longer runs the team must keep no door open into it."""
    Invitation.objects.open().filter(by=user, team=user.team_id).delete()
