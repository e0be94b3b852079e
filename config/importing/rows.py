"""One row of the source, and its values in the types that an importer asks for."""

import datetime as dt
import re
import uuid
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from bson import ObjectId

from config import times
from config.errors import DomainError
from config.ids import from_number, from_uuid, parse_id
from config.text import forbidden_character

TIME_FIRST = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
TIME_LAST = dt.datetime(2200, 1, 1, tzinfo=dt.UTC)
UNIX_TEXT = re.compile(r"[0-9]{1,12}(\.[0-9]{1,20})?")
INTEGER_MAX = 2**63 - 1


class Refused(DomainError):
    """A row that can't be taken over. Its sentence never repeats a value: rows hold secrets."""

    code = "refused_row"


@dataclass(frozen=True)
class Row:
    place: str  # where it stands, as in "users.json line 3"
    values: Mapping[str, Any] = field(default_factory=dict)
    broken: str = ""  # why it could not be read

    def value(self, *names: str) -> Any:
        """The first of these that is there and not empty; else None."""
        found = (self.values.get(name) for name in names)
        return next((value for value in found if value is not None and value != ""), None)

    def text(self, *names: str, max_characters: int, is_needed: bool = False) -> str:
        """'' when it is not there; refused then if it is needed."""
        value = self.value(*names)
        if value is None and is_needed:
            raise Refused(f"It has no {names[0]}.")
        if value is None:
            return ""
        if not isinstance(value, str):
            raise Refused(f"Its {names[0]} is not a text.")
        if character := forbidden_character(value):
            raise Refused(f"Its {names[0]} has the character {character}, which no database takes.")
        if len(value) > max_characters:
            raise Refused(f"Its {names[0]} has more than {max_characters:,} characters.")
        return value

    def number(self, *names: str) -> float | None:
        """A number from 0 on; None when it is not there."""
        value = self.value(*names)
        if value is None:
            return None
        if isinstance(value, bool) or not isinstance(value, int | float):
            raise Refused(f"Its {names[0]} is not a number.")
        if not 0 <= value <= INTEGER_MAX:  # NaN neither
            raise Refused(f"Its {names[0]} is not a number from 0 to {INTEGER_MAX:,}.")
        return value

    def integer(self, *names: str) -> int | None:
        value = self.number(*names)
        if value is not None and value != int(value):
            raise Refused(f"Its {names[0]} is not a whole number.")
        return None if value is None else int(value)

    def time(self, *names: str) -> dt.datetime | None:
        """From seconds since 1970, ISO 8601 (UTC when it names no zone) or a database's own time."""
        value = self.value(*names)
        if value is None:
            return None
        try:
            time = to_time(value)
        except (ValueError, OverflowError, OSError) as error:
            raise Refused(f"Its {names[0]} is not a time.") from error
        if not TIME_FIRST <= time < TIME_LAST:
            raise Refused(f"Its {names[0]} lies outside the years {TIME_FIRST.year} to {TIME_LAST.year - 1}.")
        return times.to_millis(time)

    def id(self, *names: str, team_id: str = "", table: str = "") -> str:
        """24 hex digits are kept and a UUID is mapped; a number too, where the team and the table are given."""
        value = self.value(*names)
        if value is None:
            raise Refused(f"It has no {names[0]}.")
        try:
            return to_id(value, team_id, table)
        except ValueError as error:
            raise Refused(f"Its {names[0]} is no id that is known here.") from error


def to_time(value: Any) -> dt.datetime:
    if isinstance(value, bool):
        raise ValueError
    if isinstance(value, str):
        value = float(value) if UNIX_TEXT.fullmatch(value) else dt.datetime.fromisoformat(value)
    if isinstance(value, int | float):
        return dt.datetime.fromtimestamp(value, dt.UTC)
    if not isinstance(value, dt.datetime):
        raise ValueError
    return value.replace(tzinfo=dt.UTC) if value.tzinfo is None else value.astimezone(dt.UTC)


def to_id(value: Any, team_id: str, table: str) -> str:
    if isinstance(value, ObjectId):
        return str(value)
    if isinstance(value, uuid.UUID):
        return from_uuid(str(value))
    if isinstance(value, str):
        return parse_id(value)
    if isinstance(value, int) and not isinstance(value, bool) and team_id and table:
        return from_number(team_id, table, value)
    raise ValueError
