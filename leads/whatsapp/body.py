"""The body of a webhook: read with suspicion, and taken apart into what is of one number."""

import json
import math
from collections.abc import Iterator
from typing import Any, NoReturn

from config.db import batches
from config.errors import DomainError
from leads.incoming import DEPTH_MAX, inside

Json = dict[str, Any]
ACCOUNT = "whatsapp_business_account"
MESSAGES = "messages"  # the field of the changes that tell of messages and their statuses
LISTS = ("messages", "statuses")  # of a value, in which one webhook may have a thousand
ERRORS = "errors"  # of the number itself
PART = 50  # entries that are read in one step
BROKEN = "The body can't be read. Send a JSON object in UTF-8."


def read(body: bytes) -> Json:
    """The JSON object that it is. DomainError when it is none that everybody reads alike."""
    try:
        found = json.loads(body.decode(), object_pairs_hook=of_pairs, parse_float=finite, parse_constant=no_number)
    except (ValueError, RecursionError) as error:
        raise DomainError(BROKEN) from error
    if not isinstance(found, dict):
        raise DomainError(BROKEN)
    if is_deep(found):
        raise DomainError(f"The body is nested too deep: at most {DEPTH_MAX} levels are taken.")
    return found


def of_pairs(pairs: list[tuple[str, Any]]) -> Json:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("A name stands twice in one object.")
    return found


def finite(text: str) -> float:
    if not math.isfinite(number := float(text)):
        no_number(text)
    return number


def no_number(text: str) -> NoReturn:
    raise ValueError("A number is none, or too large.")


def is_deep(value: Any) -> bool:
    level = [value]
    for _ in range(DEPTH_MAX + 1):
        if not level:
            return False
        level = [inner for each in level for inner in inside(each)]
    return bool(level)


def is_of_whatsapp(payload: Json) -> bool:
    return payload.get("object") == ACCOUNT


def values(payload: Json) -> Iterator[tuple[str, Json] | None]:
    """The phone number id and the value of each change; None for one that is no change of messages."""
    for entry in objects(payload, "entry"):
        for change in objects(entry, "changes"):
            yield value_of(change)


def objects(parent: Json | None, name: str) -> Iterator[Json | None]:
    """Each entry of a list; None where something else stands, and for what comes of it."""
    found = parent.get(name) if parent else None
    for each in found if isinstance(found, list) else (None,):
        yield each if isinstance(each, dict) else None


def value_of(change: Json | None) -> tuple[str, Json] | None:
    match change:
        case {"value": {"metadata": {"phone_number_id": str() as number_id}} as value}:
            return (number_id, value) if change.get("field", MESSAGES) == MESSAGES else None
    return None


def parts(value: Json) -> Iterator[Json]:
    """A value in steps of at most 50 messages or statuses, each with all else that the value says; errors once."""
    rest = {name: entry for name, entry in value.items() if name not in LISTS}
    lists = {name: entries for name in LISTS if isinstance(entries := value.get(name), list)}
    if not any(lists.values()):
        yield value
    for name, entries in lists.items():
        for part in batches(entries, PART):
            yield rest | {name: part}
            rest.pop(ERRORS, None)
