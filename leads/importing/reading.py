"""A row of the old assistant's: its values in our types, and everything else as it was."""

import datetime as dt
import hashlib
import json
import math
import re
from base64 import b64encode
from collections.abc import Callable, Iterable, Sequence
from typing import Any

from config import times
from config.importing import Refused, Row
from config.text import forbidden_character, one_line
from leads.incoming import DEPTH_MAX, INTEGER_MAX, REFERENCE, check_json, is_session_id
from leads.models import ITEMS_MAX_BYTES

STAMP = re.compile(r"(?<![0-9])([0-9]{8})[_-]?([0-9]{6})(?![0-9])")
CUT = "its {} is longer than {:,} characters: cut, and kept whole in its metadata"


class Reader:
    """The values of a row as they are asked for. What nobody took is its metadata; notes are told once it is here."""

    def __init__(self, row: Row) -> None:
        self.row, self.taken, self.notes = row, set[str](), list[str]()

    def take_as(self, convert: Callable[[Any], Any], *names: str) -> Any:
        """The first of these values that converts to something; else None."""
        for name in names:
            value = self.row.values.get(name)
            if value is None or value == "":
                self.taken.add(name)
            elif (converted := convert(value)) is not None:
                self.taken.add(name)
                return converted
        return None

    def line(self, *names: str, max_characters: int) -> str:
        """A text on one line, of a number or a list too; '' when there is none."""
        return one_line(self.text(*names, max_characters=max_characters))

    def text(self, *names: str, max_characters: int) -> str:
        text = self.take_as(to_text, *names)
        text = self.checked(names[0], text or "").strip()
        if len(text) > max_characters:
            self.notes.append(CUT.format(names[0], max_characters))
            self.taken.difference_update(names)
        return text[:max_characters]

    def checked(self, name: str, text: str) -> str:
        if character := forbidden_character(text):
            raise Refused(f"Its {name} has the character {character}, which no database takes.")
        return text

    def time(self, *names: str) -> dt.datetime | None:
        name = next((name for name in names if self.row.value(name) is not None), None)
        self.taken.update(each for each in names if each == name or self.row.value(each) is None)
        return self.row.time(name) if name else None

    def session_id(self, *names: str) -> str:
        """As it is here: the row keeps one whose characters are not taken. '' when there is none."""
        told = self.take_as(to_name, *names) or ""
        name = session_name(told)
        if name != told:
            self.taken.difference_update(names)
            self.notes.append(f"imported with the session_id {name}: its own has characters that are not taken here")
        return name

    def word(self, name: str, words: Sequence[str], other: str) -> str | None:
        """One of these words; `other` is noted of a row that has something else there."""
        word = self.take_as(to_word(words), name)
        if word is None and self.row.value(name) is not None:
            self.notes.append(other)
        return word

    def rest(self, *own: str) -> dict[str, Any]:
        """What nobody took, inside what the row itself keeps so, under any of these names."""
        kept: dict[str, Any] = {}
        for name in own:
            value = self.take_as(lambda value: value if isinstance(value, dict) else None, name)
            kept = (value or {}) | kept
        for name, value in self.row.values.items():
            if name not in self.taken:
                kept[name if name not in kept else f"row_{name}"] = value
        return to_kept(kept, own[0])


def to_word(words: Iterable[str]) -> Callable[[Any], str | None]:
    """One of these words in whatever case, else None."""
    return lambda value: word if (word := str(value).strip().lower()) in words else None


def to_name(value: Any) -> str | None:
    """None for what has parts, or nothing in it."""
    return None if isinstance(value, dict | list) else str(value).strip() or None


def to_text(value: Any) -> str | None:
    """None for what is no text, number or list of them."""
    if isinstance(value, str):
        return value
    if isinstance(value, list):
        texts = [to_text(part) for part in value]
        return None if not texts or None in texts else ", ".join(texts)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number else None


def to_kept(value: Any, name: str) -> Any:
    """It as JSON that a row can have; refused when no row can."""
    kept = to_json(value)
    if check_json(kept, name) > ITEMS_MAX_BYTES:
        raise Refused(f"Its {name} is larger than {ITEMS_MAX_BYTES // 1024**2} MB as JSON.")
    return kept


def kept_name(name: str) -> str:
    return f"_{name}" if name == REFERENCE else name


def to_json(value: Any, depth: int = 0) -> Any:
    """Plain JSON that both databases hold: what else there is becomes text."""
    if depth > DEPTH_MAX:
        raise Refused("It is nested too deeply.")
    if isinstance(value, dict):
        return {kept_name(str(name)): to_json(part, depth + 1) for name, part in value.items()}
    if isinstance(value, list):
        return [to_json(part, depth + 1) for part in value]
    if isinstance(value, dt.datetime):
        return times.iso(value if value.tzinfo else value.replace(tzinfo=dt.UTC))
    if isinstance(value, bytes):
        return b64encode(value).decode()
    if isinstance(value, float):
        return value if math.isfinite(value) else str(value)
    if isinstance(value, int):  # a boolean is one
        return value if -INTEGER_MAX <= value <= INTEGER_MAX else str(value)
    return value if value is None or isinstance(value, str) else str(value)


def digest(value: Any) -> str:
    """24 hex digits that are the same for the same values."""
    text = json.dumps(value, sort_keys=True, default=str)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:24]


def session_name(text: str) -> str:
    """The session_id as it is here: itself, or one made of it where its characters are not taken."""
    return text if not text or is_session_id(text) else f"imported_{digest(text)}"


def time_in(name: str) -> dt.datetime | None:
    """The time that a name such as session_20250812_101112 has in it."""
    found = STAMP.search(name)
    try:
        return Row("", {"time": "T".join(found.groups())}).time("time") if found else None
    except Refused:
        return None
