"""Invitations: links that let people into a team."""

import datetime as dt
import secrets
from functools import partial
from typing import Any

from django.conf import settings
from django.urls import reverse

from accounts import mail, remembered
from accounts.actions import audit, members, teams, users
from accounts.models import Event, Invitation, Role, Team, User, key_digest, normalise_email
from config import hooks, limits, times
from config.db import atomic
from config.errors import Conflict, Gone, NotFound

LIFETIME = dt.timedelta(days=7)
KEPT = dt.timedelta(days=30)  # after they ran out, so that an old link can say so
TOKEN_BYTES = 32
OPEN_MAX = 100  # open invitations of a team


class Used(Gone):
    code = "used"


def invite(*, by: User, email: str = "", role: str = Role.MEMBER) -> tuple[Invitation, str]:
    """An invitation and its link, which is kept nowhere; mailed when there is an e-mail and a mail server."""
    teams.check_runs_team(by)
    members.check_role(role)
    email = normalise_email(email)
    is_mailed = bool(email and settings.EMAIL_URL)
    if email:
        users.check_email(email)
    if is_mailed:
        limits.hit("invite", by.pk)
    token = secrets.token_urlsafe(TOKEN_BYTES)
    invitation = save_invitation(by, email=email, role=role, digest=key_digest(token))
    url = settings.SITE_URL + reverse("invitation", args=[token])
    if is_mailed:
        mail_link(invitation, url)
    return invitation, url


@atomic
def save_invitation(by: User, **fields: Any) -> Invitation:
    teams.lock(by.team_id)
    teams.check_runs_team(by)
    if Invitation.objects.owned_by(by).open().count() >= OPEN_MAX:
        raise Conflict(f"Your team has {OPEN_MAX} open invitations. Take one back first.")
    expires_at = times.now() + LIFETIME
    invitation = Invitation.objects.create(team_id=by.team_id, by=by, expires_at=expires_at, **fields)
    audit.record(user=by, event=Event.INVITED, words=f"{invitation.email or 'by a link'}, as {invitation.role}")
    return invitation


def mail_link(invitation: Invitation, url: str) -> None:
    """In the request, not by a worker: the link would lie in Redis. `mailed_at` stays empty when it can't be sent."""
    names = {"team": invitation.team.name, "by": invitation.by.email}
    if mail.send("invitation", to=invitation.email, expires_at=invitation.expires_at, url=url, **names):
        invitation.mailed_at = times.now()
        Invitation.objects.filter(pk=invitation.pk).update(mailed_at=invitation.mailed_at)


def revoke_invitation(*, by: User, invitation: Invitation) -> None:
    """From now on nobody joins with it."""
    teams.check_runs_team(by)
    deleted, _ = Invitation.objects.open().filter(pk=invitation.pk, team=by.team_id).delete()
    if not deleted:
        raise Conflict("This invitation is no longer open.")
    words = invitation.email or "a link"
    audit.record_for_both(by=by, user=invitation.by, event=Event.INVITATION_REVOKED, words=words)


def find(text: str) -> Invitation:
    """The invitation of a token or a whole link. NotFound or Gone when nobody can join with it."""
    token = text.strip().rstrip("/").rpartition("/")[2]
    invitation = Invitation.objects.with_token(token).first()
    if invitation is None:
        raise NotFound("This invitation is not known here: its link is incomplete, or it was taken back.")
    if invitation.used_at:
        raise Used("This invitation has been used already. Ask for another one.")
    if invitation.expires_at <= times.now():
        raise Gone("This invitation has expired. Ask for another one.")
    return invitation


def check_may_join(user: User, invitation: Invitation) -> None:
    """Conflict says why somebody who has an account can't move."""
    if user.team_id == invitation.team_id:
        raise Conflict("You are in this team already.")
    if User.objects.filter(team=user.team_id).exclude(pk=user.pk).exists():
        raise Conflict("You are in a team with others. Leave it first, then open this link again.")
    if any(holds(user.team) for holds in hooks.team_holds):
        message = "Your team has rows on its desk or words in its dictionary, and they can't move along."
        raise Conflict(f"{message} Join with a new account instead.")


def accept_invitation(*, by: User, token: str) -> Team:
    """Move an account that is alone in its team; that team, empty then, is deleted."""
    invitation = find(token)
    move_in(by, invitation)
    remembered.forget(by)
    return invitation.team


@atomic
def move_in(user: User, invitation: Invitation) -> None:
    teams.lock(user.team_id, invitation.team_id)
    check_may_join(user, invitation)
    use(invitation)
    teams.move(user, to=invitation.team, role=invitation.role)
    Team.objects.filter(pk=user.team_id).delete()
    note_joined(user, invitation)


def register_with_invitation(
    *, token: str, email: str, password: str, name: str = "", key_salt: str = "", address: str
) -> User:
    """Make an account in the team that invites, also where registration is closed. `address` is the client's."""
    invitation = find(token)
    email = users.admit(email=email, password=password, key_salt=key_salt, address=address)
    save = partial(save_in_team, invitation=invitation)
    user = users.create_user(email=email, password=password, name=name, key_salt=key_salt, save=save)
    audit.record(user=user, event=Event.REGISTERED, address=address)
    return user


@atomic
def save_in_team(user: User, *, invitation: Invitation) -> None:
    teams.lock(invitation.team_id)
    use(invitation)
    user.team, user.role = invitation.team, invitation.role
    user.save(force_insert=True)
    note_joined(user, invitation)


def use(invitation: Invitation) -> None:
    """By compare-and-set: of two who come at once one joins."""
    if not Invitation.objects.open().filter(pk=invitation.pk).update(used_at=times.now()):
        raise Conflict("This invitation has just been used or taken back. Ask for another one.")


def note_joined(user: User, invitation: Invitation) -> None:
    audit.record_for_both(by=invitation.by, user=user, event=Event.JOINED, words=invitation.team.name)


def purge() -> None:
    """Delete invitations that ran out a month ago."""
    Invitation.objects.filter(expires_at__lt=times.now() - KEPT).delete()
