"""API keys: made, used, revoked."""

import datetime as dt
import secrets
from collections.abc import Iterable

from accounts import remembered
from accounts.actions import audit, usage
from accounts.models import KEY_START, KEYS_MAX, NAME_MAX_CHARACTERS, ApiKey, Event, Scope, User, key_digest
from config import times
from config.errors import Conflict, Unprocessable
from config.text import forbidden_character, one_line

KEY_RANDOM_BYTES = 32
PREFIX_CHARACTERS = len(KEY_START) + 8
USE_NOTED = dt.timedelta(minutes=1)  # how exact `last_used_at` is
LAST_YEAR = 9998  # that a key can end in: in the next one some time zones have no time left


def create_key(
    *,
    by: User,
    name: str,
    scopes: Iterable[str] | None = None,
    expires_at: dt.datetime | None = None,
    address: str = "",
) -> tuple[ApiKey, str]:
    """A new key and its text, which is kept nowhere. Where scopes are not spoken of it may do all that a key may."""
    name = check_name(name)
    chosen = check_scopes([Scope.ALL] if scopes is None else scopes)
    expires_at = check_expiry(expires_at)
    if ApiKey.objects.owned_by(by).count() >= KEYS_MAX:
        raise Conflict(f"You have {KEYS_MAX} keys. Revoke one that you no longer use.")
    text = KEY_START + secrets.token_urlsafe(KEY_RANDOM_BYTES)
    key = ApiKey.objects.create(
        user=by,
        name=name,
        prefix=text[:PREFIX_CHARACTERS],
        digest=key_digest(text),
        scopes=chosen,
        expires_at=expires_at,
    )
    audit.record(user=by, event=Event.KEY_MADE, words=str(key), address=address)
    return key, text


def check_name(name: str) -> str:
    name = one_line(name)
    if not 1 <= len(name) <= NAME_MAX_CHARACTERS or forbidden_character(name):
        raise Unprocessable(f"Name the key, in up to {NAME_MAX_CHARACTERS} characters.", field="name")
    return name


def check_scopes(scopes: Iterable[str]) -> list[str]:
    """The scopes in their usual order."""
    asked = set(scopes)
    if not asked:
        raise Unprocessable("Choose what the key may do: one scope at least.", field="scopes")
    if unknown := asked - set(Scope.values):
        message = f"There is no scope {min(unknown)[:50]}. Scopes: {', '.join(Scope.values)}."
        raise Unprocessable(message, field="scopes")
    return [scope for scope in Scope.values if scope in asked]


def check_expiry(expires_at: dt.datetime | None) -> dt.datetime | None:
    if expires_at is None:
        return None
    if expires_at.tzinfo is None:
        raise Unprocessable("Write the time with its zone, such as 2030-01-31T12:00:00Z.", field="expires_at")
    if expires_at <= times.now():
        raise Unprocessable("Choose a time to come.", field="expires_at")
    if expires_at.year > LAST_YEAR:
        raise Unprocessable(f"Choose a time up to {LAST_YEAR}, or none: the key then does not end.", field="expires_at")
    return times.to_millis(expires_at.astimezone(dt.UTC))


def note_use(*, key: ApiKey, address: str) -> None:
    """Count a call; in the audit trail once a day."""
    now, last = times.now(), key.last_used_at
    usage.count(key.user, key_calls=1)
    is_first_today = last is None or last.date() < now.date()
    if not is_first_today and now - last < USE_NOTED:
        return
    # Of many calls at once one notes it.
    is_noted = ApiKey.objects.filter(pk=key.pk, last_used_at=last).update(last_used_at=now) == 1
    if is_noted and is_first_today:
        audit.record(user=key.user, event=Event.KEY_USED, words=str(key), address=address)


def revoke_key(*, by: User, key: ApiKey, address: str = "") -> None:
    """From now on nobody is let in with it. Of two at once the second finds it done."""
    deleted, _ = ApiKey.objects.filter(pk=key.pk).delete()
    remembered.forget_key(key)
    if deleted:
        audit.record(user=by, event=Event.KEY_REVOKED, words=str(key), address=address)
