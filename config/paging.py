"""Pages by key, newest first: the cost of a page does not grow with its depth."""

import base64
import binascii
import datetime as dt
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from config.errors import Unprocessable
from config.ids import OBJECT_ID

M = TypeVar("M", bound=Model)
PAGE_ROWS = 20
PAGE_ROWS_MAX = 100
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Page(Generic[M]):
    items: list[M]
    next: str | None


def page(rows: QuerySet[M], *, cursor: str | None = None, limit: int = PAGE_ROWS, by: str = "created_at") -> Page[M]:
    """Up to `limit` rows after `cursor`, by (time, id) downwards, and the cursor of the rows after them."""
    items = list(after(rows, cursor, by).order_by(f"-{by}", "-pk")[: limit + 1])
    more = len(items) > limit
    return Page(items[:limit], encode(items[limit - 1], by) if more else None)


def after(rows: QuerySet[M], cursor: str | None, by: str) -> QuerySet[M]:
    """Those that follow the row of the cursor, by (time, id) downwards."""
    if not cursor:
        return rows
    time, pk = decode(cursor)
    # The first condition says nothing new, but an index finds its place by it instead of walking there.
    return rows.filter(**{f"{by}__lte": time}).filter(Q(**{f"{by}__lt": time}) | Q(**{by: time}, pk__lt=pk))


def encode(row: Model, by: str = "created_at") -> str:
    millis = (getattr(row, by) - EPOCH) // dt.timedelta(milliseconds=1)
    return base64.urlsafe_b64encode(f"{millis}:{row.pk}".encode()).decode().rstrip("=")


def decode(cursor: str) -> tuple[dt.datetime, str]:
    try:
        millis, pk = base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode().split(":")
        if not OBJECT_ID.fullmatch(pk):
            raise ValueError(pk)
        return EPOCH + dt.timedelta(milliseconds=int(millis)), pk
    except (ValueError, OverflowError, binascii.Error) as error:
        raise Unprocessable("The cursor is not one this list gave.", field="cursor", source="query") from error
