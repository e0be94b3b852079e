"""What comes in from outside, looked at before it is kept: times, texts, ids, and JSON of any shape."""

import datetime as dt
import json
import math
from collections.abc import Iterator
from typing import Any

from config import times
from config.errors import TooLarge, Unprocessable
from config.text import forbidden_character
from leads.models import EVENTS_MAX, RESERVED_SESSION_IDS, SESSION_ID

EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
AHEAD_MAX = dt.timedelta(days=1)  # that a client's clock may be
DEPTH_MAX = 50  # of JSON; MongoDB takes 100 levels of a whole row
INTEGER_MAX = 2**63 - 1  # MongoDB's
REFERENCE = "$ref"  # MongoDB's driver reads an object with this name as something else, or not at all
OBJECT_MAX_BYTES = 64 * 1024  # of an object of metadata, as JSON
UNIT_BYTES = 1024


def check_time(time: dt.datetime, field: str) -> str:
    """As the journal keeps it: ISO 8601, whole milliseconds. A time without a zone is UTC."""
    time = time if time.tzinfo else time.replace(tzinfo=dt.UTC)
    if time > times.now() + AHEAD_MAX:
        raise Unprocessable("This time is more than a day ahead. Check the clock.", field=field)
    if time < EPOCH:
        raise Unprocessable("This time is before 1970. Check the clock.", field=field)
    return times.iso(time)


def read_time(text: str) -> dt.datetime:
    return dt.datetime.fromisoformat(text)


def check_session_id(session_id: str) -> str:
    if not SESSION_ID.fullmatch(session_id):
        raise Unprocessable("A session_id has 1 to 128 letters, digits and . _ : - only.", field="session_id")
    if session_id in RESERVED_SESSION_IDS:
        raise Unprocessable(f'"{session_id}" is an address here. Choose another session_id.', field="session_id")
    return session_id


def is_session_id(session_id: str) -> bool:
    return bool(SESSION_ID.fullmatch(session_id)) and session_id not in RESERVED_SESSION_IDS


def number_refused(events: int) -> str:
    return f"Send 1 to {EVENTS_MAX} events at once; these are {events:,}."


def check_text(text: str, field: str, *, most: int) -> str:
    if len(text) > most:
        raise Unprocessable(f"This has {len(text):,} characters; at most {most:,} are kept.", field=field)
    if character := forbidden_character(text):
        raise Unprocessable(f"The character {character} is not taken here. Remove it.", field=field)
    return text


def check_object(value: dict[str, Any], field: str) -> dict[str, Any]:
    """JSON of an object; Unprocessable when a database can't keep it, or when it is too long."""
    size = check_json(value, field)
    if size > OBJECT_MAX_BYTES:
        limit = OBJECT_MAX_BYTES // UNIT_BYTES
        raise Unprocessable(f"This has {size:,} bytes of JSON; at most {limit} KB are kept.", field=field)
    return value


def check_list(value: list[Any], field: str, *, most_bytes: int) -> list[Any]:
    """JSON of a list; TooLarge when it is longer than that."""
    size = check_json(value, field)
    if size > most_bytes:
        limit = most_bytes // UNIT_BYTES**2
        raise TooLarge(f"{field}: This has {size:,} bytes of JSON; at most {limit} MB are kept.")
    return value


def check_json(value: Any, field: str) -> int:
    """Its size in bytes. Unprocessable when one of the databases could not keep it as it is."""
    for each in walk(value, field):
        if reason := fault_of(each):
            raise Unprocessable(reason, field=field)
    return len(json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode())


def walk(value: Any, field: str) -> Iterator[Any]:
    """Every value and name in it, level by level."""
    level, depth = [value], 0
    while level:
        if depth > DEPTH_MAX:
            raise Unprocessable(f"This is nested too deep: at most {DEPTH_MAX} levels are kept.", field=field)
        yield from level
        yield from (name for each in level if isinstance(each, dict) for name in each)
        level = [inner for each in level for inner in inside(each)]
        depth += 1


def inside(value: Any) -> list[Any]:
    if isinstance(value, dict):
        return list(value.values())
    return value if isinstance(value, list) else []


def fault_of(value: Any) -> str:
    """Why it can't be kept; empty when it can."""
    match value:
        case str() if character := forbidden_character(value):
            return f"The character {character} is not taken here. Remove it."
        case dict() if REFERENCE in value:
            return f"The name {REFERENCE} is not taken here. Rename it, or send this part as a text."
        case bool() | str() | None | dict() | list():
            return ""
        case int():
            return "" if -INTEGER_MAX <= value <= INTEGER_MAX else "A whole number in it is longer than 64 bits."
        case float():
            return "" if math.isfinite(value) else "NaN and Infinity are no JSON. Leave them out."
    return "Send plain JSON."
