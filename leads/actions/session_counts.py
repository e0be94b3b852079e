"""What sessions say of their events: how many there are, from when to when.

Events are stored first, then counted up. A process that is killed between the two leaves events that are not counted:
done again, the write finds them stored, and counts all of the session from the beginning. Who stored events before
such a count, and comes to count them up after it, sees by `recounts` that they may be in it, and counts anew as well.
"""

import datetime as dt

from django.db import IntegrityError
from django.db.models import Count

from config.db import atomic
from leads.actions import session_rows
from leads.actions.session_links import link
from leads.models import ConversationSession, EventRole, TranscriptEvent
from leads.records import Record

UNKNOWN = -1  # recounts that no session has
Batches = dict[str, list[TranscriptEvent]]  # by session
Sessions = dict[str, ConversationSession]


def note(record: Record, batches: Batches, new: Batches, known: Sessions) -> None:
    """Bring sessions up to the events that came in, those of them that are new, and as the sessions were before."""
    made = make_all(record, {each: new[each] for each in batches if each not in known})
    for session_id in batches:
        if session_id in made:
            link(record.team_id, session_id)
            continue
        with session_rows.turn(record.team_id, session_id):
            if len(new[session_id]) == len(batches[session_id]):
                seen = known[session_id].recounts if session_id in known else UNKNOWN
                count_up(record, new[session_id], seen)
            else:
                count_again(record, batches[session_id])


def make_all(record: Record, batches: Batches) -> set[str]:
    """The sessions that were made; none when there are stored events of one, or somebody else has just made one."""
    if not batches or not all(batches.values()):
        return set()
    try:
        atomic(ConversationSession.objects.bulk_create)([made(record, events) for events in batches.values()])
    except IntegrityError:
        return set()
    return set(batches)


def made(record: Record, events: list[TranscriptEvent]) -> ConversationSession:
    start = min(event.timestamp for event in events)
    session = session_rows.blank(record, events[0].session_id, start)
    session.take_events(events, at=record.at)
    session.settle_duration()
    return session


@session_rows.until_won
def count_up(record: Record, events: list[TranscriptEvent], recounts: int) -> None:
    """`recounts`: what the session had before these events were stored. Of one that was not there then nobody knows
    what it counted: without transactions it may be our own, of an insert that failed half way."""
    session = find(record, events)
    if session is None:
        made(record, events).save(force_insert=True)
        link(record.team_id, events[0].session_id)
    elif session.recounts != recounts:
        recount_session(session, at=record.at)
    else:
        session.take_events(events, at=record.at)
        session_rows.save(session)


@session_rows.until_won
def count_again(record: Record, events: list[TranscriptEvent]) -> None:
    """Some of them were stored before: perhaps by this write, which was cut off then."""
    session = find(record, events)
    if session is None:
        session = session_rows.blank(record, events[0].session_id, min(event.timestamp for event in events))
        session.save(force_insert=True)
    recount_session(session, at=record.at)
    link(record.team_id, session.session_id)


def miscounted(team_id: str) -> dict[str, tuple[int | None, int]]:
    """By id, how many events sessions say they have, None where there is no such session, and how many there are.

    Only where the two differ. Somebody who has stored events a moment ago may be about to count them.
    """
    rows = TranscriptEvent.objects.filter(team=team_id).order_by()
    stored = dict(rows.values_list("session_id").annotate(Count("pk")))
    told = dict(ConversationSession.objects.filter(team=team_id).values_list("session_id", "event_count"))
    pairs = {each: (told.get(each), stored.get(each, 0)) for each in sorted(stored.keys() | told.keys())}
    return {each: (said, there) for each, (said, there) in pairs.items() if said != there}


def find(record: Record, events: list[TranscriptEvent]) -> ConversationSession | None:
    rows = ConversationSession.objects.filter(team=record.team_id, session_id=events[0].session_id)
    return rows.slim().first()


@session_rows.until_won
def recount_session(session: ConversationSession, *, at: dt.datetime | None = None) -> None:
    """Make its figures those of its events, counted one by one. What is found by that came in `at` this time."""
    rows = TranscriptEvent.objects.of_session(session.team_id, session.session_id)
    fresh = ConversationSession.objects.slim().get(pk=session.pk)
    before, fresh.event_count = fresh.event_count, rows.count()
    fresh.user_count = rows.filter(role=EventRole.USER).count()
    moments = rows.order_by("timestamp").values_list("timestamp", flat=True)
    fresh.first_event_at, fresh.last_event_at = moments.first(), moments.last()
    fresh.recounts += 1
    if fresh.first_event_at:
        fresh.take_start(fresh.first_event_at)
    if at and fresh.event_count > before:
        fresh.hear(at)
    session_rows.save(fresh)
