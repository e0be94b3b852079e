"""How long another service asks us to wait."""

import datetime as dt
import math
from email.utils import parsedate_to_datetime

LONGEST_PAUSE = 3_600  # seconds


def asked_pause(header: str) -> int | None:
    """The seconds of a Retry-After, at most an hour; it may also name a time. None when it says nothing."""
    text = header.strip()
    if text.isascii() and text.isdigit():
        return min(int(text[:9]), LONGEST_PAUSE)
    try:
        until = parsedate_to_datetime(text)
    except ValueError:
        return None
    seconds = (until.replace(tzinfo=until.tzinfo or dt.UTC) - dt.datetime.now(dt.UTC)).total_seconds()
    return max(0, min(math.ceil(seconds), LONGEST_PAUSE))
