"""Passwords: proved, changed, and set anew by a link."""

import datetime as dt

from django.conf import settings
from django.contrib.auth.hashers import check_password, make_password
from django.contrib.auth.tokens import PasswordResetTokenGenerator
from django.db.models import F
from django.urls import reverse

from accounts import mail, remembered
from accounts.actions import audit
from accounts.models import PASSWORD_MAX_CHARACTERS, PASSWORD_MIN_CHARACTERS, Event, User, normalise_email
from config import limits, queue, times
from config.errors import Conflict, Forbidden, Gone, TooMany, Unprocessable
from config.ids import OBJECT_ID, new_id

MAIL_TASK = "accounts.tasks.send_reset_mail"


class LinkVoid(Gone):
    code = "link_void"

    def __init__(self) -> None:
        super().__init__("This link was used, has expired or counts no more. Ask for a new one.")


def check_new(password: str, *, field: str = "password") -> None:
    if not PASSWORD_MIN_CHARACTERS <= len(password) <= PASSWORD_MAX_CHARACTERS:
        message = f"A password has {PASSWORD_MIN_CHARACTERS} to {PASSWORD_MAX_CHARACTERS} characters."
        raise Unprocessable(message, field=field)


def prove(*, by: User, password: str, field: str = "password") -> None:
    """Refuse what is not the person's password. A stolen session can't guess: as many tries as to sign in.

    They count for the account, not for its e-mail, with which strangers can fail to sign in as often as they like.
    """
    limits.hit("sign_in", by.pk)
    if not check_password(password, by.password):
        raise Unprocessable("This is not your password.", field=field)
    limits.clear("sign_in", by.pk)


def change_password(*, by: User, old: str, new: str, address: str = "") -> None:
    """From now on only the new one counts: tokens and other sessions end, API keys stay."""
    check_new(new, field="new")
    prove(by=by, password=old, field="old")
    if not replace(by, new):
        raise Conflict("The password has just been changed elsewhere. Sign in with the new one.")
    audit.record(user=by, event=Event.PASSWORD_CHANGED, address=address)


def replace(user: User, new: str) -> bool:
    """Set the password by compare-and-set and end the tokens; False when somebody else set one meanwhile."""
    fields = {"password": make_password(new), "token_version": F("token_version") + 1}
    if not User.objects.filter(pk=user.pk, password=user.password, is_active=True).update(**fields):
        return False
    remembered.forget(user)
    user.refresh_from_db(fields=["password", "token_version"])
    return True


# By a link


class ResetTokens(PasswordResetTokenGenerator):
    """The tokens of links that one person made, or of those that are mailed, which nobody made.

    They end with the sessions, and when the person changes teams or gets or loses rights.
    """

    def __init__(self, maker_id: str = "") -> None:
        super().__init__()
        self.key_salt = f"accounts.reset:{maker_id}"

    def _make_hash_value(self, user: User, timestamp: int) -> str:
        state = (user.token_version, user.team_id, user.is_staff, user.is_superuser)
        return ":".join([super()._make_hash_value(user, timestamp), *map(str, state)])


def ask_reset(*, email: str, address: str) -> None:
    """Mail a link to the person of this e-mail, if there is one: who asks sees and waits the same either way."""
    email = normalise_email(email)
    limits.hit("reset", address)
    user = User.objects.filter(email=email, is_active=True).first()
    audit.record(user=user, event=Event.RESET_ASKED, address=address)
    try:
        limits.hit("reset", email)
    except TooMany:
        return  # Strangers may have asked so often. The person has their mails, whose links work.
    pk = user.pk if user else new_id()
    if not queue.enqueue(MAIL_TASK, pk, queue="network") and user:
        send_reset_mail(user=user)


def send_reset_mail(*, user: User) -> None:
    url, expires_at = link(user)
    mail.send("reset", to=user.email, url=url, expires_at=expires_at)


def reset_link(*, by: User, user: User) -> tuple[str, dt.datetime]:
    """A link for an administrator of the team or the installation to hand over, and until when it works."""
    if not may_make_link(by, user):
        raise Forbidden("Only an administrator of this person's team can make a reset link.")
    if not user.is_active:
        raise Conflict("This account is disabled. Enable it first.")
    audit.record_for_both(by=by, user=user, event=Event.RESET_LINK_MADE)
    return link(user, maker=by)


def may_make_link(by: User, user: User) -> bool:
    return by.is_superuser or (by.runs_a_team and by.team_id == user.team_id and by.outranks(user))


def link(user: User, *, maker: User | None = None) -> tuple[str, dt.datetime]:
    token = f"{maker.pk}.{ResetTokens(maker.pk).make_token(user)}" if maker else ResetTokens().make_token(user)
    path = reverse("reset-password", kwargs={"user_id": user.pk, "token": token})
    return settings.SITE_URL + path, times.now() + dt.timedelta(seconds=settings.PASSWORD_RESET_TIMEOUT)


def user_of_link(user_id: str, token: str) -> User:
    """Whose password a link sets. LinkVoid when it is used, expired or forged, its account has changed since,
    or whoever made it could not make it now.
    """
    user = User.objects.filter(pk=user_id, is_active=True).first() if OBJECT_ID.fullmatch(user_id) else None
    maker_id, _, code = token.rpartition(".")
    if user is None or not ResetTokens(maker_id).check_token(user, code):
        raise LinkVoid
    if maker_id:
        check_maker(maker_id, user)
    return user


def check_maker(maker_id: str, user: User) -> None:
    maker = User.objects.filter(pk=maker_id, is_active=True).first()
    if maker is None or not may_make_link(maker, user):
        raise LinkVoid


def reset_password(*, user: User, new: str, address: str = "") -> None:
    """Set the password of somebody whose link has been checked. Of two at once the second finds the link used."""
    check_new(new, field="new")
    if not replace(user, new):
        raise LinkVoid
    audit.record(user=user, event=Event.PASSWORD_CHANGED, words="By a reset link", address=address)
