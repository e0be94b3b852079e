"""Pages by key, newest first: the cost of a page does not grow with its depth."""

import base64
import datetime as dt
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Generic, TypeVar

from django.db.models import Model, Q, QuerySet

from config.errors import Unprocessable
from config.ids import OBJECT_ID

M = TypeVar("M", bound=Model)
PAGE_ROWS = 20
PAGE_ROWS_MAX = 100
OLD_LIST_ROWS_MAX = 1_000  # of a list of one of the older systems
INTEGER_MAX = 2**63 - 1
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
    return packed(millis(getattr(row, by)), row.pk)


def decode(cursor: str) -> tuple[dt.datetime, str]:
    with refused_as_cursor():
        time, pk = unpacked(cursor)
        return moment(time), object_id(pk)


# What the cursors of all lists are made of


def packed(*parts: object) -> str:
    """A cursor that says these, none of which has a colon."""
    return base64.urlsafe_b64encode(":".join(map(str, parts)).encode()).decode().rstrip("=")


def unpacked(cursor: str) -> list[str]:
    """What `packed` was given. ValueError when it gave no such cursor."""
    return base64.urlsafe_b64decode(cursor + "=" * (-len(cursor) % 4)).decode("ascii").split(":")


@contextmanager
def refused_as_cursor() -> Iterator[None]:
    """What can't be read within it makes the cursor Unprocessable."""
    try:
        yield
    except (ValueError, OverflowError) as error:
        raise Unprocessable("The cursor is not one this list gave.", field="cursor", source="query") from error


def millis(time: dt.datetime) -> int:
    return (time - EPOCH) // dt.timedelta(milliseconds=1)


def moment(text: str) -> dt.datetime:
    return EPOCH + dt.timedelta(milliseconds=int(text))


def object_id(text: str) -> str:
    if not OBJECT_ID.fullmatch(text):
        raise ValueError(text)
    return text


def database_integer(text: str) -> int:
    """Of 64 bits, which is what both databases compare."""
    if abs(number := int(text)) > INTEGER_MAX:
        raise ValueError(text)
    return number
