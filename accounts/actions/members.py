"""What administrators of a team do about its members."""

import datetime as dt

from django.db.models import F

from accounts import remembered
from accounts.actions import audit, passwords, teams
from accounts.models import Event, Role, User
from config.db import atomic
from config.errors import Conflict, Forbidden, NotFound, Unprocessable


def change_member(*, by: User, member: User, role: str | None = None, is_active: bool | None = None) -> None:
    """Give a role, disable or enable an account. A disabled one is signed out everywhere; its keys rest."""
    if role is not None:
        check_role(role)
    change(by, member, role, is_active)
    remembered.forget(member)


@atomic
def change(by: User, member: User, role: str | None, is_active: bool | None) -> None:
    member = member_as_it_is(by, member)
    if role not in (None, member.role):
        give_role(by, member, role)
    if is_active not in (None, member.is_active):
        set_active(by, member, is_active)


def check_role(role: str) -> None:
    if role not in Role.values:
        raise Unprocessable(f"There is no such role. Roles: {', '.join(Role.values)}.", field="role")


def member_as_it_is(by: User, member: User) -> User:
    """The member's row, for an administrator of the same team, with the team locked."""
    teams.lock(by.team_id)
    teams.check_runs_team(by)
    now = User.objects.in_team_of(by).filter(pk=member.pk).first()
    if now is None:
        raise NotFound("This person is not in your team.")
    return now


def check_rank(by: User, member: User) -> None:
    if not by.outranks(member):
        raise Forbidden("This account belongs to the staff. Only a superuser may do this.")


def give_role(by: User, member: User, role: str) -> None:
    if member.runs_a_team:
        teams.check_not_last(member)
        teams.take_back_links(member)
    User.objects.filter(pk=member.pk).update(role=role)
    audit.record_for_both(by=by, user=member, event=Event.ROLE_CHANGED, words=f"now {role}")


def set_active(by: User, member: User, is_active: bool) -> None:
    check_rank(by, member)
    if member == by:
        raise Conflict("You can't disable your own account. Ask another administrator.")
    # Tokens of before stay void when the account is enabled again.
    User.objects.filter(pk=member.pk).update(is_active=is_active, token_version=F("token_version") + 1)
    teams.take_back_links(member)
    audit.record_for_both(by=by, user=member, event=Event.ENABLED if is_active else Event.DISABLED)


def remove_member(*, by: User, member: User) -> None:
    """Into a new team of one. Files and jobs stay the person's, the desk the team's."""
    remove(by, member)
    remembered.forget(member)


@atomic
def remove(by: User, member: User) -> None:
    member = member_as_it_is(by, member)
    if member == by:
        raise Conflict("To go yourself, leave the team.")
    teams.move_out(member)
    audit.record_for_both(by=by, user=member, event=Event.LEFT, words=by.team.name)


def make_reset_link(*, by: User, member: User) -> tuple[str, dt.datetime]:
    """A link with which the member chooses a new password, and until when it works."""
    teams.check_runs_team(by)
    check_rank(by, member)
    if member == by:
        raise Conflict("Change your own password on the settings page.")
    return passwords.reset_link(by=by, user=member)
