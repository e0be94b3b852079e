"""What is said in conversations."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router
from ninja.responses import Status

from accounts.ingest import ingest
from accounts.models import Scope
from accounts.tokens import Credential, IngestCredential
from config.paging import Page
from config.schemas import BODY, PageOut, errors
from leads.actions import events
from leads.api.sessions import find
from leads.highlights import excerpt
from leads.models import TranscriptEvent
from leads.schemas.search import FoundOut, SearchIn
from leads.schemas.transcripts import EventsIn, EventsJournaledOut, LoggedOut, TranscriptIn, TranscriptOut
from leads.search import search
from leads.transcript import transcript_page

router = Router(tags=["desk"], by_alias=True)
READ, INGEST = Credential(Scope.READ, Scope.DESK), IngestCredential(Scope.DESK)


@router.post(
    "/api/transcripts/events", auth=INGEST, response={201: LoggedOut, 202: EventsJournaledOut, **errors(*BODY, 401)}
)
@ingest
def log_events(request: HttpRequest, data: EventsIn) -> Status:
    """One event or many; all are taken, or none is. 202 while the database is away."""
    entries = data.entries()
    taken = events.log_events(by=request.auth, events=entries, is_batch=data.events is not None)
    if taken.is_journaled:
        return Status(202, {"accepted": len(entries), "duplicates": 0})
    return Status(201, taken.result)


@router.get("/api/transcripts/search", auth=READ, response={200: PageOut[FoundOut], **errors(401, 403, 422)})
def search_transcripts(request: HttpRequest, query: Query[SearchIn]) -> Page[TranscriptEvent]:
    """What was said with all of these words, newest first, each with its session. Words are found whole, whatever
    their case; words in quotes as they follow each other. A page may have fewer than `limit`, or none, and a `next`.
    """
    found = search(request.auth, query.q, query.cursor, query.limit)
    for event in found.items:
        event.highlight = excerpt(event.content, query.q)
    return found


# Other addresses under /api/transcripts stand above this one: its path would fit them too.
@router.get("/api/transcripts/{session_id}", auth=READ, response={200: TranscriptOut, **errors(401, 403, 404, 422)})
def transcript(request: HttpRequest, session_id: str, query: Query[TranscriptIn]) -> dict[str, Any]:
    """In order of time; events of the same time in the order in which they came in."""
    session = find(request, session_id, whole=False)
    rows = TranscriptEvent.objects.of_session(session.team_id, session.session_id)
    found = transcript_page(rows, cursor=query.cursor, limit=query.limit)
    return {"session": session, "items": found.items, "next": found.next}
