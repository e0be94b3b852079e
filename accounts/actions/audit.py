"""The audit trail: who did what to an account, and from where."""

import datetime as dt

from accounts.models import AuditEntry, User
from config import times

KEPT = dt.timedelta(days=365)


def record(*, user: User | None, event: str, words: str = "", address: str = "") -> None:
    """Add an entry to the trail of `user`; of nobody when the account is not known or has gone."""
    AuditEntry.objects.create(user=user, event=event, words=words[: AuditEntry.WORDS_MAX_CHARACTERS], address=address)


def record_for_both(*, by: User, user: User, event: str, words: str = "") -> None:
    """What one person did to another stands in the trails of both."""
    if by != user:
        record(user=by, event=event, words=f"{user.email}, {words}".removesuffix(", "))
        words = f"{words}, by {by.email}" if words else f"By {by.email}"
    record(user=user, event=event, words=words)


def purge() -> None:
    """Delete entries that are older than a year."""
    AuditEntry.objects.filter(created_at__lt=times.now() - KEPT).delete()
