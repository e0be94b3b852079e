"""Documents that become audiobooks."""

from dataclasses import asdict

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import Query, Router
from ninja.responses import Status

from accounts.idempotency import idempotent
from accounts.models import Scope
from accounts.tokens import Credential
from config.errors import Unprocessable, WrongType
from config.paging import Page, page
from config.schemas import BODY, PageIn, PageOut, errors, sound
from config.serving import file_response
from jobs import book_sounds
from jobs.actions import audiobooks as actions
from jobs.book_answers import zip_response
from jobs.book_progress import add_jobs, add_progress
from jobs.models import Audiobook, Chapter
from jobs.schemas.audiobooks import (
    AudiobookIn,
    AudiobookOut,
    BookDownloadIn,
    BookVoiceIn,
    ChaptersOut,
    RetryIn,
    StartIn,
)
from voices.api.audio_files import parsed

router = Router(tags=["audiobooks"], by_alias=True)
READ, SPEAK = Credential(Scope.READ, Scope.SPEAK), Credential(Scope.SPEAK)
FILE = {"type": "string", "format": "binary", "description": "TXT, Markdown, DOCX, EPUB or PDF; at most 20 MB"}
FIELDS = AudiobookIn.json_schema()["properties"]
SHAPE = {"type": "object", "required": ["file"], "properties": {"file": FILE, **FIELDS}}
FORM = {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": SHAPE}}}}


@router.post(
    "/api/audiobooks",
    auth=SPEAK,
    response={202: AudiobookOut, **errors(*BODY, 401, 409, 429)},
    openapi_extra=FORM,
)
@idempotent
def open_document(request: HttpRequest, response: HttpResponse) -> Status:
    """Read a document. Its chapters then wait in `review`, or are spoken at once with `start=true`."""
    file = document(request)
    fields = parsed(AudiobookIn, request.POST.dict())
    book = actions.open_document(by=request.auth, file=file, **fields.dict())
    response["Location"] = f"/api/audiobooks/{book.pk}"
    return Status(202, with_progress(book))


@router.get("/api/audiobooks", auth=READ, response={200: PageOut[AudiobookOut], **errors(401, 403, 422)})
def audiobooks(request: HttpRequest, query: Query[PageIn]) -> Page[Audiobook]:
    found = page(Audiobook.objects.owned_by(request.auth).present(), cursor=query.cursor, limit=query.limit)
    add_progress(found.items)
    return found


@router.get("/api/audiobooks/{audiobook_id}", auth=READ, response={200: AudiobookOut, **errors(401, 403, 404)})
def audiobook(request: HttpRequest, audiobook_id: str) -> Audiobook:
    return with_progress(find(request, audiobook_id))


@router.get("/api/audiobooks/{audiobook_id}/chapters", auth=READ, response={200: ChaptersOut, **errors(401, 403, 404)})
def chapters(request: HttpRequest, audiobook_id: str) -> dict[str, list[Chapter]]:
    """All that were found, in the document's order."""
    found = list(Chapter.objects.of(find(request, audiobook_id)).in_list())
    add_jobs(found)
    return {"chapters": found}


@router.post(
    "/api/audiobooks/{audiobook_id}/start",
    auth=SPEAK,
    response={202: AudiobookOut, **errors(*BODY, 401, 404, 409, 429)},
)
def start_audiobook(request: HttpRequest, audiobook_id: str, data: StartIn | None = None) -> Status:
    """Have the chapters of one in `review` spoken, in their order."""
    book = find(request, audiobook_id)
    actions.start_audiobook(by=request.auth, audiobook=book, **(data or StartIn()).dict())
    return Status(202, with_progress(find(request, audiobook_id)))


@router.post(
    "/api/audiobooks/{audiobook_id}/cancel", auth=SPEAK, response={200: AudiobookOut, **errors(401, 403, 404, 409)}
)
def cancel_audiobook(request: HttpRequest, audiobook_id: str) -> Audiobook:
    """Stop it. What is ready stays, and `retry` goes on with it."""
    book = find(request, audiobook_id)
    actions.cancel_audiobook(by=request.auth, audiobook=book)
    return with_progress(book)


@router.post(
    "/api/audiobooks/{audiobook_id}/retry",
    auth=SPEAK,
    response={202: AudiobookOut, **errors(*BODY, 401, 404, 409, 410, 429)},
)
def retry_audiobook(request: HttpRequest, audiobook_id: str, data: RetryIn | None = None) -> Status:
    """Go on with one that failed, was cancelled or has expired. What is ready is not spoken again."""
    book = find(request, audiobook_id)
    actions.retry_audiobook(by=request.auth, audiobook=book, **(data or RetryIn()).dict())
    return Status(202, with_progress(find(request, audiobook_id)))


@router.post(
    "/api/audiobooks/{audiobook_id}/voice",
    auth=SPEAK,
    response={202: AudiobookOut, **errors(*BODY, 401, 404, 409, 429)},
)
def change_voice(request: HttpRequest, audiobook_id: str, data: BookVoiceIn) -> Status:
    """Have the chapters of one that is ready, has failed or is cancelled spoken anew, with another voice or speed."""
    actions.change_voice(by=request.auth, audiobook=find(request, audiobook_id), **data.dict())
    return Status(202, with_progress(find(request, audiobook_id)))


@router.delete("/api/audiobooks/{audiobook_id}", auth=SPEAK, response={204: None, **errors(401, 403, 404, 409)})
def delete_audiobook(request: HttpRequest, audiobook_id: str) -> Status:
    """With its chapters, their jobs and their sounds."""
    actions.delete_audiobook(by=request.auth, audiobook=find(request, audiobook_id))
    return Status(204, None)


@router.get(
    "/api/audiobooks/{audiobook_id}/download",
    auth=READ,
    response=errors(401, 403, 404, 409, 410, 422),
    openapi_extra=sound("audio/mp4", "application/zip"),
)
def download_audiobook(request: HttpRequest, audiobook_id: str, query: Query[BookDownloadIn]) -> HttpResponseBase:
    """One M4B with chapter marks, which takes `Range`; or a zip with an MP3 of each chapter, sent as it is made."""
    book = find(request, audiobook_id)
    if query.format == "zip":
        return zip_response(book)
    return file_response(request, **asdict(book_sounds.bound(book)))


def document(request: HttpRequest) -> UploadedFile:
    if request.content_type != "multipart/form-data":
        raise WrongType("Send a form with the document, as multipart/form-data.")
    files = request.FILES.getlist("file")
    if not files:
        raise Unprocessable("Send the document as `file`, with its name.", field="file")
    if len(files) > 1:
        raise Unprocessable("Send one document at a time: each becomes an audiobook of its own.", field="file")
    return files[0]


def find(request: HttpRequest, audiobook_id: str) -> Audiobook:
    return get_object_or_404(Audiobook.objects.owned_by(request.auth).present().with_id(audiobook_id))


def with_progress(book: Audiobook) -> Audiobook:
    add_progress([book])
    return book
