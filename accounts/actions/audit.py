"""The audit trail: who did what to an account, and from where."""

import datetime as dt

from accounts.models import AuditEntry, User
from config import times

KEPT = dt.timedelta(days=365)


def record(*, user: User | None, event: str, words: str = "", address: str = "") -> None:
    """Add an entry to the trail of `user`; of nobody when the account is not known or has gone."""
    AuditEntry.objects.create(user=user, event=event, words=words[: AuditEntry.WORDS_MAX_CHARACTERS], address=address)


def purge() -> None:
    """Delete entries that are older than a year."""
    AuditEntry.objects.filter(created_at__lt=times.now() - KEPT).delete()
