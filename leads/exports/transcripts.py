"""One conversation as a file: text to read, JSON, CSV, or subtitles for its sound."""

import json
from collections.abc import Callable, Iterable
from typing import Any

from config import times
from config.subtitles import SRT_TYPE
from leads.exports.formats import Parts, csv_lines, joined
from leads.exports.subtitles import srt_lines
from leads.exports.tables import EVENT, Table
from leads.exports.walking import spoken
from leads.models import ConversationSession, EventQuerySet, TranscriptEvent

CONTENT_TYPES = {
    "txt": "text/plain; charset=utf-8",
    "json": "application/json",
    "csv": "text/csv; charset=utf-8",
    "srt": SRT_TYPE,
}
ABOUT = ("session_id", "start_time", "end_time", "duration_seconds", "channel", "country", "lead_generated", "lead_id")
ABOUT += ("total_items", "event_count", "audio_file_id", "metadata", "items", "created_at", "updated_at")
NOTHING = "No events were logged."


def transcript_parts(session: ConversationSession, kind: str) -> Parts:
    """The file in parts. Conflict when there are no subtitles to be had."""
    events = TranscriptEvent.objects.of_session(session.team_id, session.session_id)
    return joined(LINES[kind](session, events))


def text_lines(session: ConversationSession, events: EventQuerySet) -> Iterable[str]:
    yield f"Conversation {session.session_id}\n"
    yield f"{session.get_channel_display()}, {session.start_time:%Y-%m-%d %H:%M:%S} UTC\n"
    is_empty = True
    for event in spoken(events):
        is_empty = False
        yield f"\n[{event.timestamp:%Y-%m-%d %H:%M:%S}] {event.get_role_display()}:\n{event.content}\n"
    if is_empty:
        yield f"\n{NOTHING}\n"


def json_lines(session: ConversationSession, events: EventQuerySet) -> Iterable[str]:
    """As the API shows a transcript, in one piece."""
    yield f'{{"session": {as_json(row_of(session, ABOUT))},\n"items": [\n'
    between = ""
    for event in spoken(events):
        yield between + as_json(row_of(event, EVENT))
        between = ",\n"
    yield "\n]}\n"


def as_json(row: dict[str, Any]) -> str:
    return json.dumps(row, ensure_ascii=False, default=times.iso)


def row_of(row: ConversationSession | TranscriptEvent, names: Iterable[str]) -> dict[str, Any]:
    return {name: getattr(row, name) for name in names}


def table_lines(session: ConversationSession, events: EventQuerySet) -> Iterable[str]:
    """As the export of all transcripts has them."""
    rows = (tuple(row_of(event, EVENT).values()) for event in spoken(events))
    return csv_lines(Table(session.session_id, EVENT, rows))


LINES: dict[str, Callable[[ConversationSession, EventQuerySet], Iterable[str]]] = {
    "txt": text_lines,
    "json": json_lines,
    "csv": table_lines,
    "srt": srt_lines,
}
