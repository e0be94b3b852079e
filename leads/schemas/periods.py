import datetime as dt
from collections.abc import Callable
from typing import Annotated

from ninja import Field, Schema
from pydantic import BeforeValidator, WithJsonSchema

from leads.moments import day_end, day_start

MAX_CHARACTERS = 40


def read(reader: Callable[[str], dt.datetime]) -> BeforeValidator:
    return BeforeValidator(lambda text: reader(text[:MAX_CHARACTERS]) if text else None)


TEXT = WithJsonSchema({"type": "string"})  # a date-time would keep clients made of the schema from sending days
Start = Annotated[dt.datetime | None, read(day_start), TEXT]
End = Annotated[dt.datetime | None, read(day_end), TEXT]


class PeriodIn(Schema):
    """From a day or time to another; both are in it."""

    start: Start = Field(None, alias="from", description="A day, or a time with its zone; ISO 8601.")
    end: End = Field(None, alias="to", description="A day, which is in it whole, or a time.")
