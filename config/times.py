"""Times: UTC, whole milliseconds, as MongoDB keeps them."""

import datetime as dt

from django.utils import timezone


def now() -> dt.datetime:
    return to_millis(timezone.now())


def to_millis(time: dt.datetime) -> dt.datetime:
    return time.replace(microsecond=time.microsecond // 1000 * 1000)


def iso(time: dt.datetime) -> str:
    """ISO 8601 with `Z` and three decimals."""
    return time.astimezone(dt.UTC).isoformat(timespec="milliseconds").replace("+00:00", "Z")


def unix(time: dt.datetime) -> float:
    """Seconds since 1970."""
    return time.astimezone(dt.UTC).timestamp()
