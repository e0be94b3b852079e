"""How long texts are kept."""

import datetime as dt

from django.conf import settings

from config import times


def cut() -> dt.datetime | None:
    """The midnight, in UTC, before which what was said is deleted; None when it is kept for ever."""
    if settings.TRANSCRIPT_RETENTION_DAYS is None:
        return None
    today = times.now().replace(hour=0, minute=0, second=0, microsecond=0)
    return today - dt.timedelta(days=settings.TRANSCRIPT_RETENTION_DAYS)


def is_over(moment: dt.datetime) -> bool:
    """Whether what was said then is kept no longer."""
    before = cut()
    return before is not None and moment < before


def journal_days() -> int:
    """How many days the journal keeps what is done: no text longer than the database."""
    return min(settings.JOURNAL_KEEP_DAYS, settings.TRANSCRIPT_RETENTION_DAYS or settings.JOURNAL_KEEP_DAYS)
