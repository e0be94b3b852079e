"""Making accounts and changing what they say of a person."""

import base64
import secrets
from typing import Any

from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator, validate_email
from django.db import IntegrityError

from accounts.models import (
    EMAIL_MAX_CHARACTERS,
    PASSWORD_MAX_CHARACTERS,
    PASSWORD_MIN_CHARACTERS,
    Team,
    User,
    new_key_salt,
    normalise_email,
)
from config import limits
from config.db import atomic
from config.errors import Conflict, Forbidden, Unprocessable
from config.hooks import Write


class EmailTaken(Conflict):
    code = "email_taken"

    def __init__(self) -> None:
        super().__init__("There is already an account with this e-mail. Sign in, or use another e-mail.")
        self.field = "email"


def register(*, email: str, password: str, name: str = "", key_salt: str = "", address: str) -> User:
    """Make an account, the administrator of a team of one. `address` is the client's, for the rate limit."""
    if not settings.REGISTRATION_OPEN:
        raise Forbidden("Registration is closed here. Ask an administrator to invite you.")
    email = normalise_email(email)
    check_credentials(email, password)
    check_key_salt(key_salt)
    limits.hit("register", address)
    if User.objects.filter(email=email).exists():
        raise EmailTaken
    return create_user(email=email, password=password, name=name, key_salt=key_salt)


def check_credentials(email: str, password: str) -> None:
    try:
        validate_email(email)
        MaxLengthValidator(EMAIL_MAX_CHARACTERS)(email)
    except ValidationError as error:
        raise Unprocessable("Enter an e-mail address like name@example.com.", field="email") from error
    if not PASSWORD_MIN_CHARACTERS <= len(password) <= PASSWORD_MAX_CHARACTERS:
        message = f"A password has {PASSWORD_MIN_CHARACTERS} to {PASSWORD_MAX_CHARACTERS} characters."
        raise Unprocessable(message, field="password")


def check_key_salt(key_salt: str) -> None:
    try:
        base64.b64decode(key_salt, validate=True)
    except ValueError as error:
        raise Unprocessable("The key_salt is not base64.", field="key_salt") from error


def create_user(*, email: str, password: str, name: str = "", key_salt: str = "", is_superuser: bool = False) -> User:
    user = User(email=email, name=name, key_salt=key_salt or new_key_salt())
    user.is_staff = user.is_superuser = is_superuser
    user.set_password(password)
    try:
        save_with_team(user)
    except IntegrityError as error:
        raise EmailTaken from error
    return user


@atomic
def save_with_team(user: User) -> None:
    user.team = Team.objects.create(name=user.name or user.email)
    user.save(force_insert=True)


def change_user(*, by: User, user: User, **fields: Any) -> None:
    """Change what an administrator may: name, is_active, is_staff, is_superuser."""
    if user == by and not all(fields.get(name, True) for name in ("is_active", "is_staff", "is_superuser")):
        raise Conflict("You can't take your own rights away. Ask another administrator.")
    User.objects.filter(pk=user.pk).update(**fields)


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
