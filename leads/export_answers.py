"""Exports as answers to a request: streamed where the format allows it, else made aside and sent whole."""

from collections.abc import Generator
from functools import partial
from pathlib import Path
from tempfile import NamedTemporaryFile
from typing import IO

from django.http import FileResponse, HttpResponseBase, StreamingHttpResponse

from accounts.actions import audit
from accounts.archive import safe_name
from accounts.models import Event, User
from config import times
from config.db import STORE_ERRORS
from config.files import work_folder
from config.refusals import outage
from config.streaming import KEPT_BY_NOBODY, Place, download, holding
from leads.exports import turns
from leads.exports.formats import CUT_OFF, FORMATS, Parts, streamed, told_if_cut_off, write
from leads.exports.tables import Table
from leads.exports.transcripts import CONTENT_TYPES, transcript_parts
from leads.models import ConversationSession, ExportFormat


def export_answer(user: User, table: Table, kind: str, *, address: str = "") -> HttpResponseBase:
    """The file. TooMany while the team has enough of them under way; what it raises before the first row is no answer
    cut off, but a refusal.
    """
    made = FORMATS[ExportFormat(kind)]
    with holding(place_for(user.team_id)) as place:
        audit.record(user=user, event=Event.DATA_EXPORTED, words=f"{table.name}, {kind}", address=address)
        name = f"{table.name}-{times.now():%Y-%m-%d}.{kind}"
        if made.parts is None:
            return whole(table, kind, name, made.content_type)
        return stream_answer(streamed(table, kind), name, made.content_type, place)


def place_for(team_id: str) -> Place:
    turns.take(team_id)
    return Place(on_end=partial(turns.give_back, team_id))


def stream_answer(parts: Parts, name: str, content_type: str, place: Place | None = None) -> StreamingHttpResponse:
    """Parts that are sent as they are made; the first one is made before."""
    return download(going_on(next(parts, b""), parts), name, content_type, place)


def going_on(first: bytes, parts: Parts) -> Generator[bytes, None, None]:
    """A database that goes away in the middle is a refusal, though nobody can be told any more but by the file."""
    yield first
    try:
        yield from parts
    except STORE_ERRORS as error:
        if refused := outage(error):
            raise refused from error
        raise


def whole(table: Table, kind: str, name: str, content_type: str) -> FileResponse:
    """The file is gone from its folder before the first byte is sent: nothing is left of it, whatever happens."""
    response = FileResponse(made_aside(table, kind), as_attachment=True, filename=name, content_type=content_type)
    response["Cache-Control"] = KEPT_BY_NOBODY
    return response


def made_aside(table: Table, kind: str) -> IO[bytes]:
    with NamedTemporaryFile(prefix="export-", dir=work_folder()) as made:
        write(table, kind, Path(made.name))
        return Path(made.name).open("rb")


def download_answer(session: ConversationSession, kind: str) -> HttpResponseBase:
    """One conversation as a file. Conflict when there are no subtitles to be had."""
    words = FORMATS[ExportFormat.JSON].cut_off if kind == "json" else f"\n{CUT_OFF}\n".encode()
    parts = told_if_cut_off(transcript_parts(session, kind), words)
    return stream_answer(parts, safe_name(f"{session.session_id}.{kind}"), CONTENT_TYPES[kind])
