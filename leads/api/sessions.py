"""Conversations: started, changed, ended and looked at."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router
from ninja.responses import Status

from accounts.ingest import ingest
from accounts.models import Scope
from accounts.tokens import Credential, IngestCredential
from config.errors import NotFound
from config.paging import Page, page
from config.refusals import NOT_HERE
from config.schemas import BODY, PageOut, errors
from leads.actions import sessions
from leads.incoming import is_session_id
from leads.models import ConversationSession
from leads.schemas.sessions import (
    SessionChangesIn,
    SessionIn,
    SessionJournaledOut,
    SessionOut,
    SessionRow,
    SessionsIn,
)

router = Router(tags=["desk"], by_alias=True)
READ, INGEST = Credential(Scope.READ, Scope.DESK), IngestCredential(Scope.DESK)


@router.post(
    "/api/sessions",
    auth=INGEST,
    response={201: SessionOut, 200: SessionOut, 202: SessionJournaledOut, **errors(*BODY, 401)},
)
@ingest
def start_session(request: HttpRequest, data: SessionIn, response: HttpResponse) -> Status:
    """201 for a new one. 200 for one that is known: it takes what is given. 202 while the database is away."""
    taken = sessions.start_session(by=request.auth, **data.dict())
    session_id = taken.record.data["session_id"]
    response["Location"] = f"/api/sessions/{session_id}"
    if taken.is_journaled:
        return Status(202, {"session_id": session_id})
    session, is_new = taken.result
    return Status(201 if is_new else 200, session)


@router.get("/api/sessions", auth=READ, response={200: PageOut[SessionRow], **errors(401, 403, 422)})
def list_sessions(request: HttpRequest, query: Query[SessionsIn]) -> Page[ConversationSession]:
    """Newest first by `start_time`, without their items."""
    asked = query.dict(exclude={"limit", "cursor"})
    rows = ConversationSession.objects.owned_by(request.auth).matching(**asked).in_list()
    return page(rows, cursor=query.cursor, limit=query.limit, by="start_time")


@router.get("/api/sessions/{session_id}", auth=READ, response={200: SessionOut, **errors(401, 403, 404)})
def session(request: HttpRequest, session_id: str) -> ConversationSession:
    return find(request, session_id)


@router.patch(
    "/api/sessions/{session_id}",
    auth=INGEST,
    response={200: SessionOut, 202: SessionJournaledOut, **errors(*BODY, 401, 404)},
)
@ingest
def change_session(request: HttpRequest, session_id: str, data: SessionChangesIn) -> Status:
    """Ends it, or changes what is said of it. 202 while the database is away, which makes an unknown one."""
    if not is_session_id(session_id):
        raise NotFound(NOT_HERE.message)
    taken = sessions.change_session(by=request.auth, session_id=session_id, **data.dict())
    return Status(202, {"session_id": session_id}) if taken.is_journaled else Status(200, taken.result)


def find(request: HttpRequest, session_id: str, *, whole: bool = True) -> ConversationSession:
    """`whole`: with its items."""
    if not is_session_id(session_id):
        raise NotFound(NOT_HERE.message)
    rows = ConversationSession.objects.with_session_id(request.auth, session_id)
    return get_object_or_404(rows if whole else rows.in_list())
