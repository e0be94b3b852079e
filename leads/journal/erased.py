"""What of a record nobody may have any more: of leads and contacts that were erased, and what is kept no longer.

An erasure says whom it is of by random ids and by digests, so that it can be kept and written into the journal itself.
"""

import datetime as dt
import hashlib
import hmac
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any, Self

from django.conf import settings

from leads.models import Erasure
from leads.privacy import retention
from leads.records import Kind, Record
from leads.whatsapp.numbers import digest_in
from leads.whatsapp.session_ids import contact_id_of
from leads.whatsapp.without import without

DIGEST_CHARACTERS = 32
KINDS = (Kind.LEAD_ERASED, Kind.CONTACT_ERASED)


@lru_cache(4_096)
def digest(team_id: str, text: str) -> str:
    """What stays of an e-mail or the id of a session: HMAC-SHA256 under the installation's key, in hex, cut."""
    made = hmac.new(settings.SECRET_KEY.encode(), f"{team_id}:{text}".encode(), hashlib.sha256)
    return made.hexdigest()[:DIGEST_CHARACTERS]


@dataclass(frozen=True)
class Erased:
    """Somebody who was erased at that time of arrival."""

    arrival: int  # nanoseconds since 1970
    ids: frozenset[str] = frozenset()  # of the lead
    email: str = ""  # a digest, as those of sessions
    sessions: frozenset[str] = frozenset()
    contacts: frozenset[str] = frozenset()  # ids
    numbers: frozenset[tuple[str, str]] = frozenset()  # the id of the channel, and a digest

    @classmethod
    def read(cls, arrival: int, data: dict[str, Any]) -> Self:
        """Of what a row or a line of the journal says."""
        number = [(data["channel_id"], data["digest"])] if "digest" in data else []
        contact = [data["contact_id"]] if data.get("contact_id") else []
        return cls(
            arrival,
            frozenset(data.get("ids", ())),
            data.get("email", ""),
            frozenset(data.get("sessions", ())),
            frozenset(contact),
            frozenset(number),
        )

    def has_session(self, team_id: str, session_id: str) -> bool:
        return contact_id_of(session_id) in self.contacts or digest(team_id, session_id) in self.sessions

    def left_of(self, record: Record) -> Record | None:
        """The record without what it says of them; None when nothing is left, itself when it said nothing."""
        match record.kind:
            case Kind.LEAD:
                is_theirs = record.id in self.ids or digest(record.team_id, record.data.get("email", "")) == self.email
                return None if is_theirs else record
            case Kind.SESSION | Kind.SESSION_CHANGE:
                return None if self.has_session(record.team_id, record.data["session_id"]) else record
            case Kind.EVENTS:
                return with_events(record, lambda entry: not self.has_session(record.team_id, entry["session_id"]))
            case Kind.WEBHOOK:
                return self.left_of_webhook(record)
        return record

    def left_of_webhook(self, record: Record) -> Record | None:
        channel_id, body = record.data["channel_id"], record.data["body"]
        if not any(channel_id == known for known, _ in self.numbers):
            return record
        left = without(body, lambda number: (channel_id, digest_in(channel_id, number)) in self.numbers)
        return record if left == body else replace(record, data=record.data | {"body": left}) if left else None


def with_events(record: Record, is_kept: Callable[[dict[str, Any]], bool]) -> Record | None:
    entries = record.data["events"]
    left = [entry for entry in entries if is_kept(entry)]
    return record if len(left) == len(entries) else replace(record, data={"events": left}) if left else None


def left_of(record: Record | None, erasures: Iterable[Erased]) -> Record | None:
    """What of it is nobody's who was erased after it came in; itself when it says nothing of them."""
    left = record
    for erased in erasures:
        if left and erased.arrival > left.arrival:
            left = erased.left_of(left)
    return left


def left_in_time(record: Record) -> Record | None:
    """Without what is kept no longer: leads are."""
    if (before := retention.cut()) is None:
        return record
    match record.kind:
        case Kind.EVENTS:
            return with_events(record, lambda entry: dt.datetime.fromisoformat(entry["timestamp"]) >= before)
        case Kind.SESSION | Kind.SESSION_CHANGE | Kind.WEBHOOK:
            return record if record.at >= before else None
    return record


class Erasures:
    """Those of all teams: what the database has, and what the journal says beside it."""

    def __init__(self, records: Iterable[Record] = ()) -> None:
        self.of_team: dict[str, list[Erased]] = {}
        for record in records:
            self.add(record.team_id, record.arrival, record.data)
        for row in Erasure.objects.order_by("arrival"):
            self.add(row.team_id, row.arrival, row.data)

    def add(self, team_id: str, arrival: int, data: dict[str, Any]) -> None:
        self.of_team.setdefault(team_id, []).append(Erased.read(arrival, data))

    def left_of(self, record: Record) -> Record | None:
        """What of it is to be in the database; None when that is nothing."""
        return left_of(left_in_time(record), self.of_team.get(record.team_id, ()))


def wanted(record: Record) -> Record | None:
    """What of a record that waits is to be done, as the database knows it at this moment."""
    return record if record.kind in KINDS else left_of(left_in_time(record), later_than(record))


def later_than(record: Record) -> Iterator[Erased]:
    for row in Erasure.objects.filter(team=record.team_id, arrival__gt=record.arrival):
        yield Erased.read(row.arrival, row.data)
