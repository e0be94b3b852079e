"""Conversations as rows: what was said in one stands in one cell."""

from collections.abc import Iterator, Sequence
from itertools import takewhile

from config import times
from leads.exports.walking import Row, spoken
from leads.models import TranscriptEvent

TALK_COLUMNS = ("transcript", "is_cut")
TALK_MAX_CHARACTERS = 1_000_000  # of one conversation in a row; the rest is in the rows of events
FIELDS = ("timestamp", "arrival", "role", "content")
LINE_CHARACTERS = 50  # that an event takes besides what was said


class Talk(tuple[dict[str, str], ...]):
    """What was said, in JSON; as text a line for each."""

    def __str__(self) -> str:
        return "\n".join(f"[{said['timestamp']}] {said['role']}: {said['content']}" for said in self)


def with_transcripts(team_id: str, rows: Iterator[Row], columns: Sequence[str]) -> Iterator[Row]:
    """Rows of conversations, each with its transcript and whether that is cut."""
    name, count = columns.index("session_id"), columns.index("event_count")
    for row in rows:
        yield (*row, *(talk_of(team_id, row[name]) if row[count] else (Talk(), False)))


def talk_of(team_id: str, session_id: str) -> tuple[Talk, bool]:
    """Up to TALK_MAX_CHARACTERS, in whole events; and whether there are more."""
    events = spoken(TranscriptEvent.objects.of_session(team_id, session_id).only(*FIELDS))
    left = TALK_MAX_CHARACTERS

    def fits(event: TranscriptEvent) -> bool:
        nonlocal left
        left -= len(event.content) + LINE_CHARACTERS
        return left >= 0

    talk = Talk(said(event) for event in takewhile(fits, events))
    return talk, left < 0


def said(event: TranscriptEvent) -> dict[str, str]:
    return {"timestamp": times.iso(event.timestamp), "role": event.role, "content": event.content}
