"""What the files of one account may take of the storage."""

from typing import Any

from django.conf import settings

from config import hooks
from config.errors import QuotaReached

MEGABYTE = 1024**2


def limit_bytes() -> int:
    return settings.STORAGE_QUOTA_MB * MEGABYTE


def used_bytes(user: Any) -> int:
    """Of everything that counts: each app's owned data says what it has."""
    return sum(data.stored_bytes(user) for data in hooks.owned_data)


def check(user: Any, *, more: int = 0) -> None:
    """QuotaReached when the user's files, with so many bytes more, take more than they may."""
    used = used_bytes(user)
    if used + more > limit_bytes():
        raise QuotaReached(
            f"Your storage is full: {used / MEGABYTE:,.1f} of {settings.STORAGE_QUOTA_MB:,} MB are used. "
            "Delete files that you no longer need, then try again."
        )
