"""Accounts that come from another system, with their ids and passwords."""

import datetime as dt
import re

from django.contrib.auth.hashers import make_password
from django.db import IntegrityError

from accounts.actions import users
from accounts.models import NAME_MAX_CHARACTERS, Team, User, new_key_salt
from config import times
from config.db import atomic
from config.errors import Conflict

ARGON2 = re.compile(
    r"\$argon2(?:i|id)\$(?:v=(?:16|19)\$)?m=(?P<memory>[0-9]{1,7}),t=(?P<passes>[0-9]{1,2}),p=(?P<lanes>[0-9]{1,2})"
    r"\$(?P<salt>[A-Za-z0-9+/]{11,86})\$(?P<digest>[A-Za-z0-9+/]{16,86})"
)
# What one sign-in with an old hash may cost; Django's own hash takes its place then.
MEMORY_MAX_KIB = 256 * 1024
PASSES_MAX = 16
LANES_MAX = 16


def import_user(
    *,
    user_id: str,
    email: str,
    name: str = "",
    password_hash: str = "",
    key_salt: str = "",
    created_at: dt.datetime | None = None,
    dry_run: bool = False,
) -> User:
    """Make the account with its old id, the administrator of a team of one. A dry run only checks.

    A hash that can't be kept leaves the account without a password, for a reset link to set.
    """
    users.check_email(email)
    user = User(pk=user_id, email=email, name=name, key_salt=key_salt or new_key_salt())
    user.password = f"argon2{password_hash}" if is_kept(password_hash) else make_password(None)
    user.created_at = created_at or times.now()
    if not dry_run:
        save(user)
    return user


def save(user: User) -> None:
    try:
        save_with_team(user)
    except IntegrityError as error:
        raise Conflict("Its id or e-mail was taken this moment by somebody else. Run the import again.") from error


@atomic
def save_with_team(user: User) -> None:
    # The team has the user's id: where there are no transactions, a second run finds what the first one left.
    name = (user.name or user.email)[:NAME_MAX_CHARACTERS]
    user.team, _ = Team.objects.get_or_create(pk=user.pk, defaults={"name": name})
    user.save(force_insert=True)


def is_kept(password_hash: str) -> bool:
    """Whether it is an Argon2 hash that is whole and that a sign-in can afford."""
    found = ARGON2.fullmatch(password_hash)
    if not found or 1 in (len(found["salt"]) % 4, len(found["digest"]) % 4):
        return False
    memory, passes, lanes = (int(found[name]) for name in ("memory", "passes", "lanes"))
    return 1 <= lanes <= LANES_MAX and 1 <= passes <= PASSES_MAX and 8 * lanes <= memory <= MEMORY_MAX_KIB
