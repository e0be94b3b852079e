"""The end of an account: at once for the person, then row by row for all that is theirs."""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.contrib.auth.hashers import make_password
from django.db.models import F

from accounts import remembered
from accounts.actions import audit, passwords, teams
from accounts.models import Event, Invitation, Team, User
from config import hooks, queue, times
from config.db import atomic, delete_rows
from config.errors import Conflict

TASK = "accounts.tasks.delete_account"
WAITING = dt.timedelta(minutes=1)  # after which the sweeper looks whether a deletion goes on


def close_account(*, by: User, password: str) -> None:
    """Shut the account for good. A worker deletes what is left of it."""
    passwords.prove(by=by, password=password)
    shut(by)
    enqueue(by.pk)


def shut(user: User) -> None:
    """Nobody is signed in with the account any more, and nothing goes on for it. Its data is still to be deleted."""
    close(user)
    remembered.forget(user)
    for entry in hooks.owned_data:
        entry.stop(user)


@atomic
def close(user: User) -> None:
    teams.lock(user.team_id)
    check_may_go(User.objects.get(pk=user.pk))
    teams.take_back_links(user)
    User.objects.filter(pk=user.pk, deleted_at=None).update(
        email=f"deleted-{user.pk}@invalid",
        name="",
        password=make_password(None),
        token_version=F("token_version") + 1,
        is_active=False,
        is_staff=False,
        is_superuser=False,
        deleted_at=times.now(),
    )


def check_may_go(user: User) -> None:
    if user.runs_a_team and User.objects.in_team_of(user).exclude(pk=user.pk).exists():
        teams.check_not_last(user)
    if user.is_superuser and not User.objects.administrators().exclude(pk=user.pk).exists():
        raise Conflict("You are the only administrator of this installation. Give somebody else these rights first.")


def enqueue(pk: str) -> None:
    queue.enqueue(TASK, pk, queue="bulk")


def delete_account(*, user: User) -> None:
    """Delete what a closed account has left, the user last; the team's data too when nobody is left in the team.

    It may be run again after it was cut off.
    """
    if user.deleted_at is None:
        return
    team, is_deserted = user.team, not User.objects.in_team_of(user).exists()
    for entry in reversed([*hooks.owned_data]):
        if entry.owner == "user":
            entry.delete(user)
        elif is_deserted:
            entry.delete(team)


def enqueue_waiting() -> None:
    """Hand Redis the deletions that it never got or that were cut off."""
    closed = User.objects.filter(deleted_at__lt=times.now() - WAITING)
    queue.enqueue_missing(TASK, [(pk, "bulk") for pk in closed.values_list("pk", flat=True)])


# What the registry of owned data calls


def rows_of(model: type[Any]) -> Callable[[User], None]:
    """The deletion of a model whose rows have no files."""
    return lambda user: delete_rows(model.objects.owned_by(user))


def void_invitations(user: User) -> None:
    """Nobody comes into a team that has no members."""
    if not User.objects.in_team_of(user).exists():
        delete_invitations(user.team)


def delete_invitations(team: Team) -> None:
    delete_rows(Invitation.objects.filter(team=team))


@atomic
def delete_user(user: User) -> None:
    """The last of an account: its row, its team's if that is empty now, and a line in nobody's trail."""
    deleted, _ = User.objects.filter(pk=user.pk).delete()
    delete_team(user.team)
    if deleted:
        audit.record(user=None, event=Event.ACCOUNT_DELETED)


def delete_team(team: Team) -> None:
    if not User.objects.filter(team=team).exists():
        Team.objects.filter(pk=team.pk).delete()
