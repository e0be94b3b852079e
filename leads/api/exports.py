"""Files of the desk's rows, and of one conversation.

Its router stands before those of leads, sessions and transcripts: their paths with ids would fit these too.
"""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from ninja import Query, Router

from accounts.models import Scope
from accounts.tokens import Credential
from config.http import client_address
from config.schemas import errors
from leads.api.sessions import find
from leads.export_answers import download_answer, export_answer
from leads.exports.formats import FORMATS
from leads.exports.tables import table
from leads.exports.transcripts import CONTENT_TYPES
from leads.models import ExportKind
from leads.schemas.exports import DownloadIn, LeadsExportIn, SessionsExportIn, TranscriptsExportIn

router = Router(tags=["desk"])
READ = Credential(Scope.READ, Scope.DESK)


def files(*content_types: str) -> dict[str, Any]:
    """The `openapi_extra=` of an endpoint that answers with a file."""
    content = {name.partition(";")[0]: {"schema": {"type": "string", "format": "binary"}} for name in content_types}
    return {"responses": {200: {"description": "The file", "content": content}}}


EXPORT = {
    "auth": READ,
    "response": errors(401, 403, 422, 429),
    "openapi_extra": files(*(made.content_type for made in FORMATS.values())),
}


@router.get("/api/leads/export", **EXPORT)
def export_leads(request: HttpRequest, query: Query[LeadsExportIn]) -> HttpResponseBase:
    """Every lead that fits, newest first by `timestamp`, with the filters of the list."""
    return answer(request, query, ExportKind.LEADS)


@router.get("/api/sessions/export", **EXPORT)
def export_sessions(request: HttpRequest, query: Query[SessionsExportIn]) -> HttpResponseBase:
    """Every conversation that fits, newest first, without what was said in it."""
    return answer(request, query, ExportKind.SESSIONS)


@router.get("/api/transcripts/export", **EXPORT)
def export_transcripts(request: HttpRequest, query: Query[TranscriptsExportIn]) -> HttpResponseBase:
    """What was said: a row for each event in order of time, or with `rows=conversations` one for each conversation."""
    return answer(request, query, query.kind)


def answer(
    request: HttpRequest, query: LeadsExportIn | SessionsExportIn | TranscriptsExportIn, kind: str
) -> HttpResponseBase:
    rows = table(kind, request.auth.team_id, **query.wanted())
    return export_answer(request.auth, rows, query.format, address=client_address(request))


@router.get(
    "/api/transcripts/{session_id}/download",
    auth=READ,
    response=errors(401, 403, 404, 409, 422),
    openapi_extra=files(*CONTENT_TYPES.values()),
)
def download_transcript(request: HttpRequest, session_id: str, query: Query[DownloadIn]) -> HttpResponseBase:
    """One conversation as a file. `srt`, subtitles for its sound, is 409 where all of it has the same time."""
    return download_answer(find(request, session_id), query.format)
