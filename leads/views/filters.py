"""What the filters of the desk's lists have in common: days, and values that can't be read."""

import datetime as dt
import re
from collections.abc import Callable, Mapping
from typing import Any

from config.http import PageRequest, list_address
from leads.moments import day_end, day_start

Reads = Mapping[str, tuple[str, Callable[[str], Any]]]  # name in the address: the filter's own, and what reads it
DAYS: dict[str, tuple[str, Callable[[str], dt.datetime]]] = {"from": ("start", day_start), "to": ("end", day_end)}
DAY = re.compile(r"\d{4}-\d\d-\d\d")  # as a date field takes it


def read(asked: Mapping[str, str], reads: Reads = DAYS) -> tuple[dict[str, Any], str]:
    """The filter, and what could not be read of it."""
    wanted, problem = dict[str, Any](), ""
    for name, (field, parse) in reads.items():
        try:
            wanted[field] = parse(asked[name]) if asked[name] else None
        except ValueError as error:
            problem = str(error)
    return wanted, problem


def narrowed(request: PageRequest, asked: Mapping[str, str], words: Mapping[str, str]) -> list[dict[str, str]]:
    """What a list is filtered by that has no field in the form: in words, and the list without it.

    `words`: how each of them reads.
    """
    at = request.resolver_match.url_name
    return [
        {"name": name, "value": asked[name], "words": each, "without": list_address(request, at, **{name: ""})}
        for name, each in words.items()
        if asked.get(name)
    ]


def shown_days(asked: Mapping[str, str]) -> dict[str, str]:
    """For the date fields."""
    names = {"since": "from", "until": "to"}
    return {name: asked[day] if DAY.fullmatch(asked[day]) else "" for name, day in names.items()}
