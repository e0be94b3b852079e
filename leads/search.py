"""Full-text search of a team's transcripts: the one module that asks the databases past the ORM.

Events are found that have every word, and every phrase in quotes, newest first. Words are found whole, whatever their
case. SQLite (FTS5) and MongoDB's own text index pay no heed to accents; of the servers that only speak MongoDB's
language some do. There a phrase also has to stand in the text as it was asked for, signs between its words included.
"""

import datetime as dt
import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bson import ObjectId
from django.conf import settings
from django.db import connection
from pymongo.errors import ExecutionTimeout

from accounts.models import User
from config import times
from config.db import batches
from config.env import COSMOS_RU
from config.errors import Unprocessable
from config.paging import (
    INTEGER_MAX,
    PAGE_ROWS,
    Page,
    after,
    database_integer,
    decode,
    encode,
    packed,
    refused_as_cursor,
    unpacked,
)
from leads.models import ConversationSession, TranscriptEvent
from leads.words import Clause, clauses, fits

# On SQLite
MERGED_PAGES = 200  # of the index, in one step
CHANGES_MIN = 2  # of a step that has merged something
# On MongoDB
CANDIDATES_MAX = 2_000  # events with one of the words that are looked at for a page
RARE_TRIES = 5  # words of a question that are tried for a rare one
WALKED_MAX = 400  # newest events that are looked through for words that are not rare
WALKED_DAYS = (1, 7, 30)  # in steps: not every server that speaks MongoDB's language can stop early
SORT_MILLISECONDS = 10_000
LAST_ID = "0" * 24  # after all others of its time
# Without an index of words
LOOKED_THROUGH_MAX = 2_000  # events for a page


@dataclass(frozen=True)
class Question:
    team_id: str
    wanted: Sequence[Clause]
    cursor: str | None
    limit: int


def search(user: User, q: str, cursor: str | None = None, limit: int = PAGE_ROWS) -> Page[TranscriptEvent]:
    """Up to `limit` events of the person's team that have all that `q` asks for, each with its `session`.

    Newest first. A page may have fewer, or none, and still a next one. Unprocessable when `q` is blank, or the cursor
    is not one that a page before has given.
    """
    if not q.strip():
        raise Unprocessable("Say what to look for.", field="q", source="query")
    wanted = clauses(q)
    if not wanted:  # signs only: no text has them as words
        return Page([], None)
    finder = looking_through if settings.MONGODB_FLAVOUR == COSMOS_RU else FINDERS[connection.vendor]
    found = finder(Question(user.team_id, wanted, cursor, limit))
    add_sessions(user, found.items)
    return found


def add_sessions(user: User, events: Sequence[TranscriptEvent]) -> None:
    ids = {event.session_id for event in events}
    rows = ConversationSession.objects.owned_by(user).filter(session_id__in=ids).defer("items", "metadata")
    sessions = {session.session_id: session for session in rows}
    for event in events:
        event.session = sessions.get(event.session_id)


def load(question: Question, ids: Sequence[str]) -> list[TranscriptEvent]:
    """Those of the events that have all that is asked for, in this order."""
    # By their ids alone: with the team as well, SQLite would walk through all that the team has.
    found = TranscriptEvent.objects.filter(pk__in=ids)
    events = {event.pk: event for event in found if event.team_id == question.team_id}
    return [events[pk] for pk in ids if pk in events and fits(events[pk].content, question.wanted)]


# SQLite: the numbers of the index's rows follow the time, so the newest are found first and the rest is left

IN_SQLITE = """
SELECT found.id, found.event
FROM transcript_search JOIN transcript_search_rows AS found ON found.id = transcript_search.rowid
WHERE transcript_search MATCH %s AND transcript_search.rowid < %s ORDER BY transcript_search.rowid DESC LIMIT %s
"""


def in_sqlite(question: Question) -> Page[TranscriptEvent]:
    with connection.cursor() as asked:
        asked.execute(IN_SQLITE, (fts_query(question), row_before(question.cursor), question.limit + 1))
        rows = asked.fetchall()
    has_more = len(rows) > question.limit
    rows = rows[: question.limit]
    return Page(load(question, [event for _, event in rows]), packed(rows[-1][0]) if has_more else None)


def fts_query(question: Question) -> str:
    """Everything in quotes, which FTS5 takes for words alone."""
    words = " AND ".join(f'"{clause.text}"' for clause in question.wanted)
    return f'content : ({words}) AND team : "{question.team_id}"'


def row_before(cursor: str | None) -> int:
    """The number of the row after which a page goes on."""
    if not cursor:
        return INTEGER_MAX
    with refused_as_cursor():
        (row,) = unpacked(cursor)
        return database_integer(row)


MERGE = "INSERT INTO transcript_search (transcript_search, rank) VALUES ('merge', %s)"


class Merging:
    """Of the whole index of SQLite, in steps."""

    is_begun = False


def forget_deleted(until: float) -> bool:
    """Take the words of deleted events out of the index, until that time of the monotonic clock. Whether it is done.

    FTS5 keeps them, and their order, in its pages until these are merged. Writers wait for a step, not for all of it.
    """
    if connection.vendor != "sqlite":
        return True
    with connection.cursor() as asked:
        while time.monotonic() < until:
            before = connection.connection.total_changes
            asked.execute(MERGE, (MERGED_PAGES if Merging.is_begun else -MERGED_PAGES,))
            is_done = Merging.is_begun and connection.connection.total_changes - before < CHANGES_MIN
            Merging.is_begun = not is_done
            if is_done:
                return True
    return False


# MongoDB: its text index knows no order, so it is asked for what is rare; what is not is soon met among the newest


def in_mongodb(question: Question) -> Page[TranscriptEvent]:
    by_length = sorted(question.wanted, key=lambda clause: len(clause.text), reverse=True)
    for clause in by_length[:RARE_TRIES]:
        places = with_words(question, clause, question.cursor, CANDIDATES_MAX + 1)
        if len(places) <= CANDIDATES_MAX:
            return filled(question, sorted(places, reverse=True))
    found, cursor = among_the_newest(question)
    if len(found) > question.limit:
        return cut(question, found)
    places = newest_with_words(question, by_length[0], cursor)
    return filled(question, places, found, is_cut=len(places) == CANDIDATES_MAX)


Place = tuple[dt.datetime, str]  # of an event: its time and its id


def with_words(question: Question, clause: Clause, cursor: str | None, limit: int, **options: Any) -> list[Place]:
    """Places of events that have these words, in the order of the options."""
    asked: dict[str, Any] = {"team_id": ObjectId(question.team_id), "$text": {"$search": f'"{clause.text}"'}}
    if cursor:
        time, pk = decode(cursor)
        earlier = [{"timestamp": {"$lt": time}}, {"timestamp": time, "_id": {"$lt": ObjectId(pk)}}]
        asked |= {"timestamp": {"$lte": time}, "$or": earlier}
    events = connection.get_collection(TranscriptEvent._meta.db_table)
    rows = events.find(asked, {"timestamp": True}, limit=limit, **options)
    return [(row["timestamp"].replace(tzinfo=dt.UTC), str(row["_id"])) for row in rows]


def newest_with_words(question: Question, clause: Clause, cursor: str | None) -> list[Place]:
    order = [("timestamp", -1), ("_id", -1)]
    try:
        return with_words(question, clause, cursor, CANDIDATES_MAX, sort=order, max_time_ms=SORT_MILLISECONDS)
    except ExecutionTimeout as error:
        message = "Too many events have these words. Add a word that is less common."
        raise Unprocessable(message, field="q", source="query") from error


def among_the_newest(question: Question) -> tuple[list[TranscriptEvent], str | None]:
    """Those found among the newest events, one more than a page at most, and the cursor after all that were seen."""
    found: list[TranscriptEvent] = []
    cursor, left = question.cursor, WALKED_MAX
    for since in days_back(decode(cursor)[0] if cursor else times.now()):
        rows = TranscriptEvent.objects.filter(team=question.team_id, timestamp__gte=since)
        for event in after(rows, cursor, "timestamp").order_by("-timestamp", "-pk")[:left].iterator():
            left -= 1
            found += [event] if fits(event.content, question.wanted) else []
            if len(found) > question.limit or not left:
                return found, encode(event, "timestamp")
        cursor = encode(TranscriptEvent(pk=LAST_ID, timestamp=since), "timestamp")
    return found, cursor


def days_back(until: dt.datetime) -> list[dt.datetime]:
    """The ends of the steps; none where time itself begins."""
    age = until - dt.datetime.min.replace(tzinfo=dt.UTC)
    return [until - dt.timedelta(days=days) for days in WALKED_DAYS if dt.timedelta(days=days) <= age]


def filled(
    question: Question, places: Sequence[Place], found: Sequence[TranscriptEvent] = (), *, is_cut: bool = False
) -> Page[TranscriptEvent]:
    """A page of what was found and what fits at the places; `is_cut`: there may be more places."""
    items = list(found)
    for part in batches(places, PAGE_ROWS * 5):
        items += load(question, [pk for _, pk in part])
        if len(items) > question.limit:
            return cut(question, items)
    time, pk = places[-1] if is_cut else (None, None)
    return Page(items, encode(TranscriptEvent(pk=pk, timestamp=time), "timestamp") if is_cut else None)


def cut(question: Question, items: Sequence[TranscriptEvent]) -> Page[TranscriptEvent]:
    return Page(list(items[: question.limit]), encode(items[question.limit - 1], "timestamp"))


# Without an index of words: a page of what some of the events have, and the next one goes on behind them


def looking_through(question: Question) -> Page[TranscriptEvent]:
    found: list[TranscriptEvent] = []
    rows = after(TranscriptEvent.objects.filter(team=question.team_id), question.cursor, "timestamp")
    newest = rows.order_by("-timestamp", "-pk")[:LOOKED_THROUGH_MAX]
    for number, event in enumerate(newest.iterator(chunk_size=PAGE_ROWS * 5), start=1):
        found += [event] if fits(event.content, question.wanted) else []
        if len(found) > question.limit:
            return cut(question, found)
        if number == LOOKED_THROUGH_MAX:
            return Page(found, encode(event, "timestamp"))
    return Page(found, None)


FINDERS: dict[str, Callable[[Question], Page[TranscriptEvent]]] = {"sqlite": in_sqlite, "mongodb": in_mongodb}
