"""What goes into each kind of export: its columns, and its rows one after the other."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from itertools import chain
from typing import Any

from django.db.models import QuerySet

from leads.exports.conversations import TALK_COLUMNS, with_transcripts
from leads.exports.walking import Row, in_order, newest_first, oldest_first
from leads.models import ConversationSession, ExportKind, Lead, SessionQuerySet, TranscriptEvent, tags_in

LEAD = {  # the column of a file: that of the row
    "_id": "pk",
    **{name: name for name in ("name", "email", "company", "interest", "phone", "job_title", "budget", "timeline")},
    **{name: name for name in ("message", "status", "source", "session_id")},
    "owner": "owner_id",
    "tags": "tag_line",
    **{name: name for name in ("timestamp", "created_at", "updated_at", "metadata")},
}
TAGS, OF_SESSION = list(LEAD).index("tags"), list(LEAD).index("session_id")
SESSION = (
    *("session_id", "start_time", "end_time", "duration_seconds", "channel", "country", "lead_generated", "lead_id"),
    *("total_items", "event_count", "audio_file_id", "metadata", "created_at", "updated_at"),
)
EVENT = ("session_id", "timestamp", "role", "content", "source", "event_id", "meta", "created_at")
TIME = EVENT.index("timestamp")


@dataclass(frozen=True)
class Table:
    """`rows` are read once, as the file is written: datetimes, text, numbers, lists of text and JSON objects."""

    name: str  # of the file and the sheet
    columns: tuple[str, ...]
    rows: Iterator[Row]

    def watched(self, report: Callable[[int], object]) -> "Table":
        """The same; `report` is told how many rows were taken, and may raise to stop."""
        return replace(self, rows=reported(self.rows, report))


def reported(rows: Iterator[Row], report: Callable[[int], object]) -> Iterator[Row]:
    for number, row in enumerate(rows, 1):
        yield row
        report(number)


def table(kind: str, team_id: str, **wanted: Any) -> Table:
    """The rows of a team that fit what is wanted, as the desk's lists are filtered."""
    return MADE[ExportKind(kind)](team_id, **wanted)


def of_leads(team_id: str, **wanted: Any) -> Table:
    rows = Lead.objects.filter(team=team_id).matching(**wanted)
    found = chain.from_iterable(newest_first(rows, "timestamp", tuple(LEAD.values())))
    return Table("leads", tuple(LEAD), map(lead_row, found))


def lead_row(row: Row) -> Row:
    values = list(row)
    values[TAGS], values[OF_SESSION] = tags_in(values[TAGS]), values[OF_SESSION] or None
    return tuple(values)


def of_sessions(team_id: str, **wanted: Any) -> Table:
    rows = ConversationSession.objects.filter(team=team_id).matching(**wanted)
    return Table("conversations", SESSION, chain.from_iterable(newest_first(rows, "start_time", SESSION)))


def of_conversations(team_id: str, *, session_id: str | None = None, **wanted: Any) -> Table:
    """A row for each, newest first, with what was said in it."""
    sessions = ConversationSession.objects.filter(team=team_id, **given(session_id=session_id)).matching(**wanted)
    found = chain.from_iterable(newest_first(sessions, "start_time", SESSION))
    return Table("transcripts", (*SESSION, *TALK_COLUMNS), with_transcripts(team_id, found, SESSION))


def of_events(
    team_id: str,
    *,
    start: Any = None,
    end: Any = None,
    role: str | None = None,
    session_id: str | None = None,
    **wanted: Any,
) -> Table:
    """A row for each, in order of time; `wanted` says of which conversations."""
    asked = given(timestamp__gte=start, timestamp__lt=end, role=role, session_id=session_id)
    events = TranscriptEvent.objects.filter(team=team_id, **asked)
    pages = oldest_first(events, "timestamp", (*EVENT, "arrival", "pk"))
    if given(**wanted):
        sessions = ConversationSession.objects.filter(team=team_id).matching(**wanted)
        pages = (of_these(page, sessions) for page in pages)
    rows = in_order(chain.from_iterable(pages), time=TIME, then=slice(len(EVENT), None))
    return Table("transcript-events", EVENT, (row[: len(EVENT)] for row in rows))


def of_these(page: list[Row], sessions: SessionQuerySet) -> list[Row]:
    """The events of a page that belong to these conversations."""
    found: QuerySet = sessions.filter(session_id__in={row[0] for row in page})
    names = set(found.values_list("session_id", flat=True))
    return [row for row in page if row[0] in names]


def given(**filters: Any) -> dict[str, Any]:
    return {name: value for name, value in filters.items() if value not in (None, "")}


MADE: dict[ExportKind, Callable[..., Table]] = {
    ExportKind.LEADS: of_leads,
    ExportKind.SESSIONS: of_sessions,
    ExportKind.EVENTS: of_events,
    ExportKind.CONVERSATIONS: of_conversations,
}
