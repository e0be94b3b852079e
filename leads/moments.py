"""From when to when a list or a figure goes."""

import datetime as dt
import re

from config import times

LOST_PLUS = re.compile(r" (?=\d\d:?\d\d$)")  # of a zone in an address that was not encoded
NO_MOMENT = "Say a day like 2026-11-21, or a time like 2026-11-21T09:30:00Z."


def day_start(text: str) -> dt.datetime:
    """What `from` means: a day its beginning, a time itself. ValueError for what is neither."""
    return read(text)[0]


def day_end(text: str) -> dt.datetime:
    """The first moment after what `to` means: a day is in it whole, a time is in it. ValueError as above."""
    moment, is_day = read(text)
    try:
        return moment + (dt.timedelta(days=1) if is_day else dt.timedelta(milliseconds=1))
    except OverflowError as error:
        raise ValueError(NO_MOMENT) from error


def read(text: str) -> tuple[dt.datetime, bool]:
    """A day or a time, ISO 8601, in UTC where no zone is said; and whether it is a day."""
    is_day = "T" not in text and ":" not in text
    try:
        moment = dt.datetime.fromisoformat(LOST_PLUS.sub("+", text) if "T" in text else text)
        aware = moment if moment.tzinfo else moment.replace(tzinfo=dt.UTC)
        return times.to_millis(aware.astimezone(dt.UTC)), is_day
    except (ValueError, OverflowError) as error:
        raise ValueError(NO_MOMENT) from error
