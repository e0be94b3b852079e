"""Conversations: started, changed, ended, and the leads that come out of them."""

import datetime as dt
import json
import secrets
from typing import Any

from accounts.models import User
from config import times
from config.errors import Unprocessable
from leads import happenings, records
from leads.actions import intake, rollups, session_rows
from leads.actions.intake import Taken
from leads.actions.session_checks import check_known, checked
from leads.actions.session_counts import recount_session
from leads.actions.session_links import link, link_lead, makes_lead, unlink_lead
from leads.countries import country_of
from leads.happenings import Happening, News
from leads.incoming import check_session_id, read_time
from leads.models import ConversationSession
from leads.records import Kind, Record
from voices.models import AudioFile

__all__ = [
    "change_session",
    "link",
    "link_lead",
    "makes_lead",
    "recount_session",
    "start_session",
    "unlink_lead",
    "write_change",
    "write_session",
]
MERGED_MAX_BYTES = 1024 * 1024  # of the metadata of all requests together, as JSON


def start_session(*, by: User, session_id: str | None = None, **fields: Any) -> Taken[tuple[ConversationSession, bool]]:
    """Start a session, with `start_time`, `channel`, `metadata`, `items` and `audio_file_id`; the bool: it is new.

    One that is known takes what is given: `metadata` by its names, all else as a whole.
    """
    session_id = made_id() if session_id is None else check_session_id(session_id)
    data = {"session_id": session_id, **checked(by, fields)}
    return intake.take(records.make(Kind.SESSION, by=by, data=data), write_session)


def change_session(*, by: User, session_id: str, **changes: Any) -> Taken[ConversationSession]:
    """End a session, or change what is said of it: `end_time`, `metadata`, `items`, `channel`, `audio_file_id`.

    NotFound when it is unknown, as far as the database can be asked.
    """
    data = {"session_id": check_session_id(session_id), **checked(by, changes)}
    check_known(by, session_id, data.get("end_time"))
    return intake.take(records.make(Kind.SESSION_CHANGE, by=by, data=data), write_change)


def made_id() -> str:
    return f"session_{times.now():%Y%m%d_%H%M%S}_{secrets.token_hex(4)}"


def write_session(record: Record) -> tuple[ConversationSession, bool]:
    told = record.data.get("start_time")
    return write(record, start=read_time(told) if told else record.at)


def write_change(record: Record) -> ConversationSession:
    """Replayed, it may come upon a session that nobody started: it makes it."""
    return write(record, start=None)[0]


def write(record: Record, *, start: dt.datetime | None) -> tuple[ConversationSession, bool]:
    session_id = record.data["session_id"]
    rollups.mark(record.team_id, moments_of(record, start))
    with session_rows.turn(record.team_id, session_id):
        session, is_new, has_ended = merge(record, start)
    if not session.lead_id and link(record.team_id, session_id):
        session.refresh_from_db(fields=["lead", "lead_generated", "revision", "updated_at"])
    if has_ended:
        happenings.tell(News(Happening.SESSION_ENDED, session.team_id, session, record.by_id or None))
    return session, is_new


def moments_of(record: Record, start: dt.datetime | None) -> list[dt.datetime]:
    """The days on which it may have started so far, or will have from now on."""
    known = ConversationSession.objects.filter(team=record.team_id, session_id=record.data["session_id"])
    end = record.data.get("end_time")
    moments = [*known.values_list("start_time", flat=True), start, read_time(end) if end else None]
    return list(filter(None, moments)) or [record.at]


@session_rows.until_won
def merge(record: Record, start: dt.datetime | None) -> tuple[ConversationSession, bool, bool]:
    """The session with what the record says, whether it is new, and whether the record has ended it."""
    data = record.data
    rows = ConversationSession.objects.filter(team=record.team_id, session_id=data["session_id"])
    known = rows.first()
    end = read_time(data["end_time"]) if "end_time" in data else None
    session = known or session_rows.blank(record, data["session_id"], start or end or record.at)
    was_open = session.is_open
    said = {name for name in data if name != "session_id" and session.is_last_word(name, record.arrival)}
    if start and ("start_time" in said or "start_time" not in data):
        session.take_start(start, is_told="start_time" in data)
    if end and "end_time" in said:
        session.take_end(end)
    session.active_at = max(session.active_at, record.at)
    tell(session, record, said)
    if known:
        session_rows.save(session, is_told=True)
    else:
        session.settle_duration()
        session.save(force_insert=True)
    return session, not known, was_open and not session.is_open


def tell(session: ConversationSession, record: Record, said: set[str]) -> None:
    """What clients say of it beside its times; `said`: those things of which nothing later was said."""
    data = record.data
    metadata = data.get("metadata", {}) | tell_sound(session, record, said)
    if metadata:
        old = session.metadata
        session.metadata = merged(old, metadata) if "metadata" in said else merged(metadata, old)
        session.country = country_of(session.metadata)
    if "items" in said:
        session.items, session.total_items = data["items"], len(data["items"])
        session.lead_generated = bool(session.lead_id) or makes_lead(session.items)
    if "channel" in said:
        session.channel = data["channel"]


def tell_sound(session: ConversationSession, record: Record, said: set[str]) -> dict[str, str]:
    """The audio file may be gone since it was said: then its id goes into the metadata."""
    if "audio_file_id" not in said:
        return {}
    file_id = record.data["audio_file_id"]
    if AudioFile.objects.filter(user=record.by_id, pk=file_id).exists():
        session.audio_file_id = file_id
        return {}
    return {"audio_file_id": file_id}


def merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    """Name by name: the new one's where both have it."""
    metadata = old | new
    if len(json.dumps(metadata, ensure_ascii=False).encode()) > MERGED_MAX_BYTES:
        raise Unprocessable("This session has 1 MB of metadata already. Keep more elsewhere.", field="metadata")
    return metadata
