"""What was said in conversations, line by line."""

import datetime as dt
import json
from collections.abc import Sequence
from typing import Any

from config import times
from config.errors import DomainError
from config.importing import Context, Outcome, Refused, Row
from leads.actions import imports
from leads.actions.events import with_intent
from leads.importing.reading import Reader, digest, time_in, to_json, to_word
from leads.models import (
    CONTENT_MAX_CHARACTERS,
    EVENT_ID_MAX_CHARACTERS,
    SOURCE_MAX_CHARACTERS,
    EventRole,
    TranscriptEvent,
)
from leads.records import Clock

WORDS = {
    EventRole.USER: ("user", "human", "caller", "customer"),
    EventRole.ASSISTANT: ("assistant", "agent", "bot", "ai", "model"),
    EventRole.SYSTEM: ("system", "developer"),
    EventRole.TOOL: ("tool", "function", "function_call", "function_call_output"),
}
ROLES = {word: role for role, words in WORDS.items() for word in words}
TEXT_NAMES = ("content", "text", "message", "transcript")
TIME_NAMES = ("timestamp", "time", "created_at", "date")
OTHER_ROLE = "imported with the role system: its own is none that is known here, and stands in its meta"
SAME = "the same as an earlier line, and stands here once"
Key = tuple[str, str]  # of an event: its session_id and event_id


class Events:
    """Lines in the order in which they were written: what a line does not say, those before it do."""

    def __init__(self) -> None:
        self.last_time: dt.datetime | None = None
        self.loose_session = ""  # of the lines that name none
        self.seen = set[int]()  # hashes of the keys of this run's events, so that a million take 60 MB

    def import_events(self, rows: Sequence[Row], context: Context) -> list[Outcome | DomainError]:
        readers = [Reader(row) for row in rows]
        read = [self.read(reader, context) for reader in readers]
        events = [event for event in read if isinstance(event, TranscriptEvent)]
        known = imports.known_events(team_id=context.owner.team_id, events=events)
        outcomes = [self.outcome(event, reader, known) for event, reader in zip(read, readers, strict=True)]
        new = [event for event, outcome in zip(read, outcomes, strict=True) if outcome == Outcome.IMPORTED]
        imports.import_events(by=context.owner, events=new, dry_run=context.is_dry_run)
        for reader in readers:
            for sentence in reader.notes:
                context.note(reader.row, sentence)
        return outcomes

    def read(self, read: Reader, context: Context) -> TranscriptEvent | DomainError:
        try:
            return self.event_of(read, context)
        except DomainError as error:
            read.notes = []
            return error

    def outcome(self, event: TranscriptEvent | DomainError, read: Reader, known: set[Key]) -> Outcome | DomainError:
        if isinstance(event, DomainError):
            return event
        key = (event.session_id, event.event_id)
        is_again = hash(key) in self.seen
        self.seen.add(hash(key))
        if is_again or key in known:
            read.notes = [SAME] if is_again else []
            return Outcome.KNOWN
        return Outcome.IMPORTED

    def event_of(self, read: Reader, context: Context) -> TranscriptEvent:
        session_id = read.session_id("session_id", "session")
        event = TranscriptEvent(team_id=context.owner.team_id, session_id=session_id, arrival=Clock.tick())
        own_time = read.time(*TIME_NAMES)
        event.event_id = id_of(read, has_time=own_time is not None)
        event.timestamp = self.time_of(own_time, event)
        event.created_at = read.time("created_at") or times.now()
        event.content, event.role = content_of(read), role_of(read)
        event.source = read.line("source", max_characters=SOURCE_MAX_CHARACTERS)
        event.meta = read.rest("meta", "metadata")
        event.meta = with_intent(event.meta, event.role, event.content)
        event.session_id = session_id or self.loose(event)
        return event

    def time_of(self, own: dt.datetime | None, event: TranscriptEvent) -> dt.datetime:
        time = own or self.last_time or time_in(event.session_id)
        if time is None:
            raise Refused("It has no timestamp, nor has a line before it.")
        self.last_time = time
        return time

    def loose(self, event: TranscriptEvent) -> str:
        """The session of all lines that name none: the first of them tells which one it was in an earlier run."""
        if not self.loose_session:
            self.loose_session = imports.loose_session(first=event)
        return self.loose_session


def id_of(read: Reader, *, has_time: bool) -> str:
    """Its own; else one made of all that the line says, and of its place when it does not say when."""
    own = read.take_as(own_id, "event_id", "id", "_id")
    read.taken.add("_id")  # the old database's, which said nothing
    if own:
        return read.checked("event_id", own)
    return f"line_{digest([dict(read.row.values), '' if has_time else read.row.place])}"


def own_id(value: Any) -> str | None:
    if isinstance(value, dict | list | bool):
        return None
    text = str(value).strip()
    return text if len(text) <= EVENT_ID_MAX_CHARACTERS else digest(text)


def role_of(read: Reader) -> EventRole:
    word = read.take_as(to_word(ROLES), "role", "speaker")
    if word:
        return ROLES[word]
    if not read.row.value(*TEXT_NAMES):
        raise Refused("It has neither a role nor a text.")
    read.notes.append(OTHER_ROLE)
    return EventRole.SYSTEM


def content_of(read: Reader) -> str:
    text = read.checked("content", read.take_as(spoken, *TEXT_NAMES) or "")
    if len(text) > CONTENT_MAX_CHARACTERS:
        raise Refused(f"Its content has more than {CONTENT_MAX_CHARACTERS:,} characters.")
    return text


def spoken(value: Any) -> str:
    """A text, or texts of a list, one a line; anything else as JSON."""
    if isinstance(value, str):
        return value
    if isinstance(value, list) and all(isinstance(part, str) for part in value):
        return "\n".join(value)
    return json.dumps(to_json(value), ensure_ascii=False)
