import datetime as dt
from typing import Annotated

from ninja import Field, Schema
from pydantic import BeforeValidator

from leads.moments import day_end, day_start

MAX_CHARACTERS = 40


Start = Annotated[dt.datetime | None, BeforeValidator(lambda text: day_start(text[:MAX_CHARACTERS]) if text else None)]
End = Annotated[dt.datetime | None, BeforeValidator(lambda text: day_end(text[:MAX_CHARACTERS]) if text else None)]


class PeriodIn(Schema):
    """From a day or time to another; both are in it."""

    start: Start = Field(None, alias="from", description="A day, or a time with its zone; ISO 8601.")
    end: End = Field(None, alias="to", description="A day, which is in it whole, or a time.")
