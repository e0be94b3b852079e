"""Making accounts and changing what they say of a person."""

import base64
import secrets
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.db import IntegrityError
from django.db.models import F

from accounts import remembered
from accounts.actions import audit, passwords
from accounts.models import (
    EMAIL_MAX_CHARACTERS,
    KEY_SALT_BYTES,
    KEY_SALT_MAX_CHARACTERS,
    NAME_MAX_CHARACTERS,
    Event,
    Team,
    User,
    new_key_salt,
    normalise_email,
)
from config import limits
from config.db import atomic
from config.errors import Conflict, Forbidden, Unauthorized, Unprocessable
from config.hooks import Write
from config.text import forbidden_character, one_line

RIGHTS = {"is_staff": "staff", "is_superuser": "administrator of the installation"}


class EmailTaken(Conflict):
    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("There is already an account with this e-mail. Sign in, or use another e-mail.")
        self.field = "email"


def register(*, email: str, password: str, name: str = "", key_salt: str = "", address: str) -> User:
    """Make an account, the administrator of a team of one. `address` is the client's, for the rate limit."""
    if not settings.REGISTRATION_OPEN:
        raise Forbidden("Registration is closed here. Ask an administrator to invite you.")
    email = admit(email=email, password=password, key_salt=key_salt, address=address)
    user = create_user(email=email, password=password, name=name, key_salt=key_salt)
    audit.record(user=user, event=Event.REGISTERED, address=address)
    return user


def admit(*, email: str, password: str, key_salt: str, address: str) -> str:
    """The e-mail as it is kept, when an account can be made of all this; counts for the rate limit."""
    email = normalise_email(email)
    check_credentials(email, password)
    check_key_salt(key_salt)
    limits.hit("register", address)
    if User.objects.filter(email=email).exists():
        raise EmailTaken
    return email


def check_credentials(email: str, password: str) -> None:
    check_email(email)
    passwords.check_new(password)


def check_email(email: str) -> None:
    try:
        validate_email(email)
        MaxLengthValidator(EMAIL_MAX_CHARACTERS)(email)
        email.rpartition("@")[2].encode("idna")  # as a mail to it will; UnicodeError is a ValueError
    except (ValidationError, ValueError) as error:
        raise Unprocessable("Enter an e-mail address like name@example.com.", field="email") from error


def check_key_salt(key_salt: str) -> None:
    try:
        base64.b64decode(key_salt, validate=True)
    except ValueError as error:
        raise Unprocessable("The key_salt is not base64.", field="key_salt") from error
    if len(key_salt) > KEY_SALT_MAX_CHARACTERS:
        raise Unprocessable(f"A key_salt has {KEY_SALT_BYTES} bytes.", field="key_salt")


def check_open(user: User) -> None:
    """Refuse whoever was let in, but has been shut out since: while a long upload came in, for example."""
    if not User.objects.filter(pk=user.pk, is_active=True).exists():
        raise Unauthorized("This account was closed in the meantime.")


def create_user(
    *,
    email: str,
    password: str,
    name: str = "",
    key_salt: str = "",
    is_superuser: bool = False,
    save: Callable[[User], None] | None = None,
) -> User:
    """Make an account; `save` puts it into a team, into one of its own when absent."""
    user = User(email=email, name=one_line(name), key_salt=key_salt or new_key_salt())
    user.is_staff = user.is_superuser = is_superuser
    user.set_password(password)
    try:
        (save or save_with_team)(user)
    except IntegrityError as error:
        raise EmailTaken from error
    return user


@atomic
def save_with_team(user: User) -> None:
    user.team = team_of_one(user)
    user.save(force_insert=True)


def team_of_one(user: User) -> Team:
    return Team.objects.create(name=(user.name or user.email)[:NAME_MAX_CHARACTERS])


def change_name(*, by: User, name: str) -> None:
    name = one_line(name)
    if len(name) > NAME_MAX_CHARACTERS or forbidden_character(name):
        raise Unprocessable(f"A name has up to {NAME_MAX_CHARACTERS} characters.", field="name")
    User.objects.filter(pk=by.pk).update(name=name)
    by.name = name


def change_email(*, by: User, email: str, password: str, address: str = "") -> None:
    """From now on the person signs in with this e-mail; their password proves that it is them."""
    email, old = normalise_email(email), by.email
    check_email(email)
    passwords.prove(by=by, password=password)
    if email == old:
        return
    if User.objects.filter(email=email).exists():
        raise EmailTaken
    try:
        User.objects.filter(pk=by.pk, is_active=True).update(email=email)
    except IntegrityError as error:
        raise EmailTaken from error
    by.email = email
    audit.record(user=by, event=Event.EMAIL_CHANGED, words=f"From {old} to {email}", address=address)


def change_user(*, by: User, user: User, **fields: Any) -> None:
    """Change what an administrator may: name, is_active, is_staff, is_superuser."""
    if user == by and not all(fields.get(name, True) for name in ("is_active", "is_staff", "is_superuser")):
        raise Conflict("You can't take your own rights away. Ask another administrator.")
    more = {"token_version": F("token_version") + 1} if "is_active" in fields else {}  # what was signed in stays out
    User.objects.filter(pk=user.pk).update(**fields, **more)
    remembered.forget(user)
    note_rights(by, user, fields)


def note_rights(by: User, user: User, fields: dict[str, Any]) -> None:
    """In both trails what an administrator of the installation gave or took."""
    if "is_active" in fields:
        audit.record_for_both(by=by, user=user, event=Event.ENABLED if fields["is_active"] else Event.DISABLED)
    for right, words in RIGHTS.items():
        if right in fields:
            change = "now" if fields[right] else "no longer"
            audit.record_for_both(by=by, user=user, event=Event.ROLE_CHANGED, words=f"{change} {words}")


def create_first_admin(write: Write) -> None:
    """Make an administrator when there is none; a password that we made is shown this once."""
    if User.objects.administrators().exists():
        return
    email = normalise_email(settings.ADMIN_EMAIL) or "admin@example.com"
    password = settings.ADMIN_PASSWORD or secrets.token_urlsafe(12)
    check_credentials(email, password)
    if User.objects.filter(email=email).exists():
        raise Conflict(f"{email} is no administrator's account. Set ADMIN_EMAIL to an address that has no account yet.")
    create_user(email=email, password=password, name="Administrator", is_superuser=True)
    shown = "the one in ADMIN_PASSWORD" if settings.ADMIN_PASSWORD else f"{password} (shown this once)"
    write(f"First administrator: {email}, password: {shown}")
