"""What the journal keeps of a write before it is done: enough to do it later, once, and in order."""

import datetime as dt
import json
import re
import threading
import time
import zlib
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from accounts.models import User
from config import times
from config.ids import new_id

SEAL = ',"crc":"'
SEAL_CHARACTERS = len(f'{SEAL}01234567"}}')
ARRIVAL = re.compile(rb',"arrival":(\d{19})$')  # the last entry of a record
ARRIVAL_CHARACTERS = 40


class Kind(StrEnum):
    LEAD = "lead"
    EVENTS = "events"
    SESSION = "session"
    SESSION_CHANGE = "session_change"
    LEAD_DELETED = "lead_deleted"
    LEADS_MERGED = "leads_merged"
    WEBHOOK = "webhook"
    CONTACT_ERASED = "contact_erased"
    LEAD_ERASED = "lead_erased"


DELETION = f'{{"kind":"{Kind.LEAD_DELETED}"'.encode()  # how the line of one begins
ERASURES = tuple(f'{{"kind":"{kind}"'.encode() for kind in (Kind.LEAD_ERASED, Kind.CONTACT_ERASED))
Deletions = dict[tuple[str, str], int]  # arrivals of the deletions of leads, by team and each id of the lead


class Damaged(ValueError):
    """A line of the journal that is not what was written."""


class Clock:
    """Nanoseconds since 1970, never the same twice in a process, never backwards."""

    lock = threading.Lock()
    last = 0

    @classmethod
    def tick(cls, count: int = 1) -> int:
        """The first of `count` moments that follow each other."""
        with cls.lock:
            first = max(time.time_ns(), cls.last + 1)
            cls.last = first + count - 1
            return first


@dataclass(frozen=True)
class Record:
    """One write. Its id is that of the row it makes, if it makes one; `data` is plain JSON."""

    kind: str
    team_id: str
    by_id: str
    data: dict[str, Any]
    id: str = field(default_factory=new_id)
    arrival: int = field(default_factory=Clock.tick)  # nanoseconds since 1970

    @property
    def at(self) -> dt.datetime:
        """When it came in."""
        return times.to_millis(dt.datetime.fromtimestamp(self.arrival / 1e9, dt.UTC))

    def line(self) -> bytes:
        """One line of JSON; its last entry is the CRC-32 of all before it."""
        text = json.dumps(vars(self), ensure_ascii=True, separators=(",", ":"))[:-1]
        return f'{text}{SEAL}{zlib.crc32(text.encode()):08x}"}}\n'.encode()


def make(kind: Kind, *, by: User, data: dict[str, Any], record_id: str = "") -> Record:
    return Record(kind, by.team_id, by.pk, data, record_id or new_id())


def read(line: bytes) -> Record:
    """The record of one line, with or without its line end. Damaged when it was cut off or changed."""
    body = unsealed(line)
    try:
        return Record(**json.loads(body + b"}"))
    except (ValueError, TypeError) as error:
        raise Damaged("The line is no record.") from error


def arrival_of(line: bytes) -> int:
    """When the record of one line came in, in nanoseconds since 1970; much faster than to read it. Damaged as there."""
    if not (found := ARRIVAL.search(unsealed(line)[-ARRIVAL_CHARACTERS:])):
        raise Damaged("The line is no record.")
    return int(found[1])


def deleted_by(line: bytes) -> Deletions:
    """What a whole line of the journal deletes; of most lines nothing, which is seen at once."""
    if not line.startswith(DELETION):
        return {}
    record = read(line)
    return {(record.team_id, lead_id): record.arrival for lead_id in record.data["ids"]}


def is_deleted(record: Record, deletions: Deletions) -> bool:
    """Whether the record is of a lead that was deleted later."""
    return record.kind == Kind.LEAD and deletions.get((record.team_id, record.id), 0) > record.arrival


def unsealed(line: bytes) -> bytes:
    """The line without its checksum and closing brace."""
    text = line.strip()
    body, seal = text[:-SEAL_CHARACTERS], text[-SEAL_CHARACTERS:]
    if seal != f'{SEAL}{zlib.crc32(body):08x}"}}'.encode():
        raise Damaged("The line does not fit its checksum.")
    return body
