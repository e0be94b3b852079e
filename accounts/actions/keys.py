"""API keys: made, used, revoked."""

import datetime as dt
import secrets
from collections.abc import Iterable

from accounts.actions import audit, usage
from accounts.models import KEY_START, KEYS_MAX, NAME_MAX_CHARACTERS, ApiKey, Event, Scope, User, key_digest
from config import times
from config.errors import Conflict, Unprocessable

KEY_RANDOM_BYTES = 32
PREFIX_CHARACTERS = len(KEY_START) + 8
USE_NOTED = dt.timedelta(minutes=1)  # how exact `last_used_at` is


def create_key(
    *, by: User, name: str, scopes: Iterable[str] = (), expires_at: dt.datetime | None = None
) -> tuple[ApiKey, str]:
    """A new key and its text, which is kept nowhere. Without scopes it may do everything that a key may."""
    name = check_name(name)
    chosen = check_scopes(scopes)
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
    audit.record(user=by, event=Event.KEY_MADE, words=f"{key.name} ({key.prefix}…)")
    return key, text


def check_name(name: str) -> str:
    name = name.strip()
    if not 1 <= len(name) <= NAME_MAX_CHARACTERS:
        raise Unprocessable(f"Name the key, in up to {NAME_MAX_CHARACTERS} characters.", field="name")
    return name


def check_scopes(scopes: Iterable[str]) -> list[str]:
    """The scopes in their usual order; `all` alone when none is named."""
    asked = set(scopes) or {Scope.ALL}
    if unknown := asked - set(Scope.values):
        message = f"There is no scope {sorted(unknown)[0]}. Scopes: {', '.join(Scope.values)}."
        raise Unprocessable(message, field="scopes")
    return [scope for scope in Scope.values if scope in asked]


def check_expiry(expires_at: dt.datetime | None) -> dt.datetime | None:
    if expires_at is None:
        return None
    if expires_at.tzinfo is None:
        raise Unprocessable("Write the time with its zone, such as 2030-01-31T12:00:00Z.", field="expires_at")
    if expires_at <= times.now():
        raise Unprocessable("Choose a time to come.", field="expires_at")
    return times.to_millis(expires_at.astimezone(dt.UTC))


def note_use(*, key: ApiKey, address: str) -> None:
    """Count a call; in the audit trail once a day."""
    now = times.now()
    usage.count(key.user, key_calls=1)
    last = key.last_used_at
    if last and now - last < USE_NOTED:
        return
    is_first_to_note = ApiKey.objects.filter(pk=key.pk, last_used_at=last).update(last_used_at=now) == 1
    if is_first_to_note and (last is None or last.date() < now.date()):
        audit.record(user=key.user, event=Event.KEY_USED, words=f"{key.name} ({key.prefix}…)", address=address)


def revoke_key(*, by: User, key: ApiKey) -> None:
    """From now on nobody is let in with it."""
    deleted, _ = ApiKey.objects.filter(pk=key.pk).delete()
    if deleted:
        audit.record(user=key.user, event=Event.KEY_REVOKED, words=f"{key.name} ({key.prefix}…)")
