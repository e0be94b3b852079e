"""What came up lately."""

import datetime as dt

from django.db.models import QuerySet

from config import times

DAY = dt.timedelta(days=1)
WEEK = dt.timedelta(days=7)
AHEAD = dt.timedelta(days=1)  # that a clock may be fast; what is dated later isn't recent, it is wrong


def count(rows: QuerySet, column: str, span: dt.timedelta) -> int:
    """How many rows have a time within the span before now."""
    now = times.now()
    return rows.filter(**{f"{column}__gte": now - span, f"{column}__lt": now + AHEAD}).count()
