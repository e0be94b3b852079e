"""How a lead goes with all that is known of the person, and stays gone.

First it is kept, in the journal and as a row, that they were erased: by random ids and digests. Then their rows go;
what a crash leaves over the sweeper deletes. It does all again a minute later: what was on its way meanwhile goes too.
Each host takes them out of its journal (`leads/journal/forgetting.py`).
"""

import datetime as dt
import logging
import time
from typing import Any

from accounts.actions import audit
from accounts.models import Event, User
from config import times
from config.db import delete_rows
from config.errors import NotFound
from leads import journal, search
from leads.actions import lead_deletion, rollups, session_rows, sessions, webhook_posts
from leads.actions.whatsapp import erasing
from leads.journal.erased import Erased, digest
from leads.models import (
    Contact,
    ConversationSession,
    Erasure,
    Lead,
    LeadAlias,
    TranscriptEvent,
)
from leads.privacy.belongings import Belongings, belongings_of
from leads.records import Kind, Record
from voices.actions import audio_files
from voices.models import AudioFile

logger = logging.getLogger(__name__)
AGAIN_AFTER = dt.timedelta(minutes=1)  # what was on its way has come by then
RUN_SECONDS = 1.0  # of one run, for the index: other sweeps wait for it
KEPT = dt.timedelta(days=365)  # in which no backup, no host that was off and no replay brings them back


def erase_lead(*, by: User, lead: Lead, address: str = "") -> None:
    """Delete all that is known of the person: notes, history, conversations, chats, files, lines of the journal.

    Conversations out of which other leads came too stay with those. NotFound when it was merged meanwhile.
    """
    hold(lead)
    theirs = belongings_of(lead)
    aliases = LeadAlias.objects.filter(lead=lead).values_list("pk", flat=True)
    ids = [lead.pk, *aliases]
    erasure = begin(theirs, ids, by_id=by.pk)
    words = f"Lead {lead.pk}, conversations: {len(theirs.session_ids)}, chats: {len(theirs.contacts)}"
    audit.record(user=by, event=Event.LEAD_ERASED, words=words, address=address)
    carry_out(erasure)


def hold(lead: Lead) -> None:
    """Touch the row, which refuses a merge at the same moment, and read it. NotFound when a merge was first."""
    if Lead.objects.filter(pk=lead.pk).update(updated_at=times.now()):
        lead.refresh_from_db()
    elif LeadAlias.objects.filter(pk=lead.pk).exists():
        raise NotFound("This lead was merged into another one in the meantime. Erase that one.")


def begin(theirs: Belongings, ids: list[str], *, by_id: str) -> Erasure:
    """From here on they are erased, whatever comes or crashes."""
    lead, at = theirs.lead, times.now()
    digests = [digest(lead.team_id, session_id) for session_id in theirs.session_ids]
    data = {"ids": ids, "email": digest(lead.team_id, lead.email), "sessions": digests, "erased_at": times.iso(at)}
    todo = {
        "email": lead.email,
        "sessions": theirs.session_ids,
        "contacts": [contact.pk for contact in theirs.contacts],
        "rows": theirs.session_pks(),
        "audio": theirs.audio_ids,
        "by": by_id,
    }
    record = Record(Kind.LEAD_ERASED, lead.team_id, by_id, data)
    erasing.note_erasure(record)
    try:
        erasure = keep(record, at, todo)
    except BaseException:
        journal.drop(record)
        raise
    journal.settle(record)
    return erasure


def keep(record: Record, at: dt.datetime, todo: dict[str, Any]) -> Erasure:
    fields = {"team_id": record.team_id, "arrival": record.arrival, "data": record.data, "todo": todo, "erased_at": at}
    erasure, _ = Erasure.objects.get_or_create(pk=record.id, defaults=fields)
    return erasure


def carry_out(erasure: Erasure) -> None:
    """Delete what is left of them. May be called again, and by two at once."""
    todo, team_id = erasure.todo, erasure.team_id
    contacts = Contact.objects.kept().filter(team=team_id, pk__in=todo.get("contacts", ()))
    for contact in contacts.prefetch_related("channel"):
        erasing.finish(erasing.begin(contact, by_id=todo["by"]))
    for session_id in todo.get("sessions", ()):
        forget_session(erasure, session_id)
    for file in AudioFile.objects.filter(pk__in=todo.get("audio", ())):
        if not ConversationSession.objects.filter(audio_file=file).exists():
            audio_files.erase(file)
    leads = leads_of(erasure)
    webhook_posts.forget([*erasure.data["ids"], *todo.get("rows", ()), *(lead.pk for lead in leads)])
    for lead in leads:
        lead_deletion.erase(lead)


def leads_of(erasure: Erasure) -> list[Lead]:
    """Itself, and what was made with its e-mail of a write that was on its way."""
    rows = Lead.objects.filter(team=erasure.team_id)
    late = rows.filter(email=erasure.todo.get("email", ""), created_at__lt=erasure.came_at)
    return [*rows.filter(pk__in=erasure.data["ids"]), *late.exclude(pk__in=erasure.data["ids"])]


def forget_session(erasure: Erasure, session_id: str) -> None:
    """Delete what was said before the erasure, and the session with it.

    Of a conversation that goes on, what comes in afterwards is a new one, under the same id.
    """
    events = TranscriptEvent.objects.of_session(erasure.team_id, session_id).filter(arrival__lt=erasure.arrival)
    erasing.delete_dated(erasure.team_id, events, "timestamp")
    end_session(erasure, session_id)


@session_rows.until_won
def end_session(erasure: Erasure, session_id: str) -> None:
    rows = ConversationSession.objects.filter(team=erasure.team_id, session_id=session_id)
    session = rows.slim().filter(created_at__lt=erasure.came_at).first()
    if session is None:
        return
    rollups.mark(erasure.team_id, [session.start_time])
    first = TranscriptEvent.objects.of_session(erasure.team_id, session_id).order_by("timestamp").first()
    read = ConversationSession.objects.filter(pk=session.pk, revision=session.revision)
    is_done = read.update(**blank(session, first)) if first else read.delete()[0]
    if not is_done:
        raise session_rows.Overtaken(f"Session {session.pk} was written meanwhile.")
    if first:
        sessions.recount_session(session)


def blank(session: ConversationSession, first: TranscriptEvent) -> dict[str, Any]:
    """As if it had begun with that event."""
    return {
        "created_at": times.now(),
        "start_time": first.timestamp,
        "has_own_start": False,
        "end_time": None,
        "was_silent": False,
        "items": [],
        "total_items": 0,
        "metadata": {},
        "told": {},
        "country": "",
        "lead": None,
        "lead_generated": False,
        "audio_file": None,
        "revision": session.revision + 1,
    }


def erase_again(record: Record) -> bool:
    """Erase what an older database has of somebody: who they are is told by digests, so all are compared with those."""
    if not Erasure.objects.filter(pk=record.id).exists():
        carry_out(keep(record, record.at, found(record)))
    return True


def found(record: Record) -> dict[str, Any]:
    erased, team_id = Erased.read(record.arrival, record.data), record.team_id
    emails = Lead.objects.filter(team=team_id, created_at__lt=record.at).values_list("email", flat=True)
    email = next((each for each in emails.iterator() if digest(team_id, each) == erased.email), "")
    rows = ConversationSession.objects.filter(team=team_id, created_at__lt=record.at)
    ids = rows.values_list("session_id", flat=True).iterator()
    session_ids = [each for each in ids if erased.has_session(team_id, each)]
    pairs = [pair for each in session_ids for pair in rows.filter(session_id=each).values_list("pk", "audio_file")]
    audio = [file_id for _, file_id in pairs if file_id]
    todo = {"email": email, "sessions": session_ids, "rows": [pk for pk, _ in pairs], "audio": audio}
    return todo | {"contacts": [], "by": record.by_id}


def sweep() -> None:
    """Go on where a crash has ended an erasure; a minute after each, delete what came in late. Then the words of all
    that was deleted leave the index of the search."""
    erasures = list(Erasure.objects.filter(finished_at=None, erased_at__lt=times.now() - AGAIN_AFTER))
    for erasure in erasures:
        if erasure.todo:  # a contact's has none: `erasing` sees to it
            carry_out(erasure)
    if erasures and search.forget_deleted(time.monotonic() + RUN_SECONDS):
        Erasure.objects.filter(pk__in=[erasure.pk for erasure in erasures]).update(finished_at=times.now(), todo={})


def purge() -> None:
    """Nothing of the time before comes any more of those who were erased a year ago."""
    delete_rows(Erasure.objects.filter(finished_at__lt=times.now() - KEPT))
