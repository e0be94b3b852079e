"""What a session's row says of it: its items in either shape, and its times wherever they stand."""

import datetime as dt
from typing import Any

from accounts.models import User
from config import times
from config.ids import new_id
from config.importing import Refused, Row
from leads.actions import imports
from leads.importing.leads import own_id
from leads.importing.reading import Reader, session_name, time_in, to_kept
from leads.importing.sources import stem_of
from leads.models import ConversationSession, SessionChannel

FILE_PREFIX = "transcript_"
START_NAMES = ("start_time", "started_at", "session_start")
END_NAMES = ("end_time", "ended_at", "session_end")
ITEM_TIMES = ("timestamp", "created_at", "time")
DURATION_MAX = dt.timedelta(days=366)
NO_TIME = "imported with the time of this import: it has none"
END_FIRST = "its end lies before its start: imported with none, and kept in its metadata"
OTHER_CHANNEL = "imported as voice: its channel is none that is known here, and stands in its metadata"


def read_session(read: Reader, owner: User) -> ConversationSession:
    """The session that the row is, not saved, without its metadata."""
    session = ConversationSession(team_id=owner.team_id, session_id=id_of(read))
    session.items = items_of(read)
    session.total_items = len(session.items)
    session.pk = free_pk(read, owner)
    put_times(session, read)
    session.channel = channel_of(read)
    session.audio_file_id = read.take_as(lambda value: imports.file_called(str(value), by=owner), "audio_file_id")
    if read.row.values.get("total_items") == session.total_items:
        read.taken.add("total_items")
    return session


def id_of(read: Reader) -> str:
    """As the row says, else as its file is called: transcript_session_20250812_101112 is session_20250812_101112."""
    named = session_name(stem_of(read.row).removeprefix(FILE_PREFIX))
    session_id = read.session_id("session_id") or named or read.session_id("id", "_id")
    if not session_id:
        raise Refused("It has no session_id.")
    return session_id


def free_pk(read: Reader, owner: User) -> str:
    """Its own id, if it has one that no row has."""
    pk = read.take_as(lambda value: own_id(read.row, value, owner.team_id), "_id")
    return pk if pk and not ConversationSession.objects.filter(pk=pk).exists() else new_id()


def items_of(read: Reader) -> list[Any]:
    items = read.take_as(lambda value: value if isinstance(value, list) else None, "items", "conversation")
    return to_kept(items or [], "items")


def channel_of(read: Reader) -> SessionChannel:
    return SessionChannel(read.word("channel", SessionChannel.values, OTHER_CHANNEL) or SessionChannel.VOICE)


def put_times(session: ConversationSession, read: Reader) -> None:
    """It is over, at its start when nothing says more; what said its end or start is told, its name and items hint."""
    start, end = read.time(*START_NAMES), read.time(*END_NAMES)
    moments = times_of(session.items)
    first = start or min(moments, default=None) or other_time(session, read)
    end = end or duration_end(first, read) or max(moments, default=None)
    if end and end < first:
        read.taken.difference_update(END_NAMES)
        read.notes.append(END_FIRST)
        end = None
    session.start_time, session.has_own_start = first, start is not None
    session.end_time, session.was_silent = end or first, end is None
    session.active_at = min(session.end_time, times.now())
    session.created_at = read.time("created_at") or first
    session.updated_at = read.time("updated_at") or session.created_at


def other_time(session: ConversationSession, read: Reader) -> dt.datetime:
    """Where neither the row nor its items say when it began."""
    named = time_in(session.session_id) or time_in(stem_of(read.row))
    time = read.time("timestamp", "date") or named or read.time("created_at")
    if time is None:
        read.notes.append(NO_TIME)
    return time or times.now()


def duration_end(start: dt.datetime, read: Reader) -> dt.datetime | None:
    def added(value: Any) -> dt.datetime | None:
        is_number = isinstance(value, int | float) and not isinstance(value, bool)
        if is_number and 0 < value <= DURATION_MAX.total_seconds():
            return times.to_millis(start + dt.timedelta(seconds=value))
        return None

    return read.take_as(added, "duration_seconds", "duration")


def times_of(items: list[Any]) -> list[dt.datetime]:
    """The times that items have; what can't be read as one says nothing."""
    found = (time_of(item) for item in items if isinstance(item, dict))
    return [time for time in found if time]


def time_of(item: dict[str, Any]) -> dt.datetime | None:
    try:
        return Row("", item).time(*ITEM_TIMES)
    except Refused:
        return None
