"""From when until when figures are asked for."""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Self

from config.errors import Unprocessable
from leads import moments

DAY = dt.timedelta(days=1)


def midnight(day: dt.date) -> dt.datetime:
    return dt.datetime(day.year, day.month, day.day, tzinfo=dt.UTC)


@dataclass(frozen=True)
class Period:
    """From `start` on and before `end`; None is open."""

    start: dt.datetime | None = None
    end: dt.datetime | None = None

    @classmethod
    def asked(cls, start: dt.datetime | None, end: dt.datetime | None) -> Self:
        """As a client asks. Unprocessable when it ends before it starts."""
        if start and end and start >= end:
            raise Unprocessable("“From” is after “to”: turn them round.", field="from", source="query")
        return cls(start, end)

    @classmethod
    def read(cls, start: str, end: str) -> Self:
        """Of days or times in words; '' is open. Unprocessable."""
        return cls.asked(moment(start, "from", moments.day_start), moment(end, "to", moments.day_end))

    @classmethod
    def of_days(cls, first: dt.date, days: int) -> Self:
        start = midnight(first)
        return cls(start, start + days * DAY)

    def within(self, column: str) -> dict[str, Any]:
        """The filter of the rows whose column lies in it."""
        bounds = {f"{column}__gte": self.start, f"{column}__lt": self.end}
        return {name: bound for name, bound in bounds.items() if bound is not None}


def moment(text: str, field: str, read: Callable[[str], dt.datetime]) -> dt.datetime | None:
    try:
        return read(text.strip()) if text.strip() else None
    except ValueError as error:
        raise Unprocessable(str(error), field=field, source="query") from error
