"""What a payload may have in it, whatever its sender meant: texts, ids, times and JSON that both databases keep."""

import base64
import binascii
import datetime as dt
import hashlib
import json
from typing import Any

from config import times
from config.errors import DomainError
from config.text import FORBIDDEN
from leads.incoming import check_object
from leads.models import CONTENT_MAX_CHARACTERS, META_ID_MAX_CHARACTERS

Json = dict[str, Any]
REPLACEMENT = "\N{REPLACEMENT CHARACTER}"
FIRST_YEAR = dt.datetime(2009, 1, 1, tzinfo=dt.UTC)  # of WhatsApp
AHEAD_MAX = dt.timedelta(hours=1)  # that WhatsApp's clock may be before ours
NUMBER_CHARACTERS = 20  # of a time
SHA256_BYTES = 32
TOO_DEEP = "This was nested too deep to be kept."
AS_TEXT = "json"  # the name of metadata that are kept as one string
NOTES = "notes"  # the name of what we say of a message ourselves


def clean(text: str) -> str:
    """Without NUL and halves of surrogate pairs, which no database takes."""
    return FORBIDDEN.sub(REPLACEMENT, text)


def text_of(value: Any) -> str:
    """A text as it may be kept; of a number its digits, of anything else nothing."""
    if isinstance(value, str):
        return clean(value)
    is_number = isinstance(value, int | float) and not isinstance(value, bool)
    return str(value) if is_number and abs(value) < 10**NUMBER_CHARACTERS else ""


def object_of(value: Any) -> Json:
    return value if isinstance(value, dict) else {}


def objects_of(value: Any) -> list[Json]:
    """The objects of a list; what else is in it does not count."""
    return [each for each in value if isinstance(each, dict)] if isinstance(value, list) else []


def identifier(value: Any) -> str:
    """An id of WhatsApp's. One that is too long to be kept becomes its digest, always the same one."""
    text = text_of(value)
    if len(text) <= META_ID_MAX_CHARACTERS:
        return text
    return f"sha256:{hashlib.sha256(text.encode()).hexdigest()}"


def moment_of(value: Any, arrived: dt.datetime) -> tuple[dt.datetime, str]:
    """The time of seconds since 1970, else that of the arrival, and then a sentence that says so."""
    told = text_of(value)
    try:
        moment = dt.datetime.fromtimestamp(float(told), dt.UTC) if len(told) <= NUMBER_CHARACTERS else None
    except (ValueError, OverflowError, OSError):
        moment = None
    if moment and FIRST_YEAR <= moment <= arrived + AHEAD_MAX:
        return times.to_millis(moment), ""
    return arrived, f'Its time is that of its arrival; WhatsApp gave "{told[:NUMBER_CHARACTERS]}".'


def cut(content: str) -> tuple[str, str]:
    """As much of a text as is kept, and a sentence when that is not all."""
    if len(content) <= CONTENT_MAX_CHARACTERS:
        return content, ""
    return content[:CONTENT_MAX_CHARACTERS], f"This was cut: it had {len(content):,} characters."


def digest(value: Any) -> str:
    """A SHA-256 in hex. Webhooks have it in base64, the rest of WhatsApp in hex; '' for anything else."""
    text = text_of(value)
    for read in (bytes.fromhex, lambda each: base64.b64decode(each, validate=True)):
        try:
            made = read(text)
        except (ValueError, binascii.Error):
            continue
        if len(made) == SHA256_BYTES:
            return made.hex()
    return ""


def storable(metadata: Json) -> Json:
    """The same as both databases keep it: a part that one of them could not keep becomes a string of JSON."""
    try:
        made = {clean(name): part(value) for name, value in metadata.items()}
        return made if is_kept(made) else {AS_TEXT: as_text(metadata)}
    except RecursionError:
        return {NOTES: [TOO_DEEP]}


def part(value: Any) -> Any:
    value = cleaned(value)
    return value if is_kept({"value": value}) else as_text(value)


def cleaned(value: Any) -> Any:
    match value:
        case str():
            return clean(value)
        case dict():
            return {clean(name): cleaned(inner) for name, inner in value.items()}
        case list():
            return [cleaned(inner) for inner in value]
    return value


def is_kept(value: Json) -> bool:
    try:
        check_object(value, "metadata")
    except DomainError:
        return False
    return True


def as_text(value: Any) -> str:
    return clean(json.dumps(value, ensure_ascii=False))[:CONTENT_MAX_CHARACTERS]
