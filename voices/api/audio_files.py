"""The audio files of a person: uploaded, listed, heard, deleted."""

import json
from typing import Any, TypeVar

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from ninja import Query, Router, Schema
from ninja.errors import HttpError, ValidationError
from pydantic import ValidationError as Malformed

from accounts.models import Scope
from accounts.tokens import Credential
from config.errors import Conflict, Forbidden, NotFound, Unprocessable
from config.http import next_link
from config.paging import page
from config.schemas import BODY, errors, sound
from config.serving import file_response
from voices.actions import audio_files
from voices.models import AudioFile
from voices.schemas.audio_files import (
    AudioFileOut,
    AudioFilesIn,
    DeleteFilesIn,
    FileDeleted,
    FilesDeleted,
    RecordIn,
    UploadIn,
)

router = Router(tags=["audio files"])
READ = Credential(Scope.READ, Scope.VOICES)
WRITE = Credential(Scope.VOICES)
S = TypeVar("S", bound=Schema)
UPLOAD = {
    "type": "object",
    "required": ["file"],
    "properties": {
        "file": {"type": "string", "format": "binary", "description": "WAV, MP3, M4A, AAC, Ogg, FLAC or WebM"},
        "encrypted": {"type": "boolean", "default": False, "description": "Bytes that only you can read"},
    },
}
EITHER = {
    "requestBody": {
        "required": True,
        "content": {
            "application/json": {"schema": RecordIn.json_schema()},
            "multipart/form-data": {"schema": UPLOAD},
        },
    }
}


@router.get("/api/user/audio-files", auth=READ, response={200: list[AudioFileOut], **errors(401, 403, 422)})
def list_audio_files(request: HttpRequest, query: Query[AudioFilesIn], response: HttpResponse) -> list[AudioFile]:
    """Newest upload first. `X-Total-Count` counts all that match; `Link` leads to the next page."""
    rows = AudioFile.objects.owned_by(request.auth).matching(query.q)
    found = page(rows, cursor=query.cursor, limit=query.limit, by="uploaded_at")
    response["X-Total-Count"] = str(rows.count())
    if found.next:
        response["Link"] = next_link(request, found.next)
    return found.items


@router.post(
    "/api/audio-file",
    auth=WRITE,
    response={200: AudioFileOut, **errors(*BODY, 401, 429)},
    openapi_extra=EITHER,
)
def add_audio_file(request: HttpRequest) -> AudioFile:
    """Upload a file (multipart), or note an object that you keep yourself (JSON)."""
    if request.content_type != "multipart/form-data":
        return audio_files.record_object(by=request.auth, **parsed(RecordIn, body(request)).dict())
    fields = parsed(UploadIn, request.POST.dict())
    file = request.FILES.get("file")
    if file is None:
        raise Unprocessable("Send the sound as `file`, with its name.", field="file")
    return audio_files.upload_file(by=request.auth, file=file, is_encrypted=fields.encrypted)


def body(request: HttpRequest) -> Any:
    try:
        return json.loads(request.body)
    except (ValueError, RecursionError) as error:
        raise HttpError(400, "not JSON") from error


def parsed(schema: type[S], data: Any) -> S:
    """The data as the schema has it; else the answer that every malformed body gets."""
    try:
        return schema.model_validate(data)
    except Malformed as error:
        raise ValidationError([entry | {"loc": ("body", "data", *entry["loc"])} for entry in error.errors()]) from error


@router.get("/api/audio-file/{file_id}", auth=READ, response={200: AudioFileOut, **errors(401, 403, 404)})
def audio_file(request: HttpRequest, file_id: str) -> AudioFile:
    return find(request, file_id)


@router.get(
    "/api/audio-file/{file_id}/content",
    auth=READ,
    response=errors(401, 403, 404, 409, 410),
    openapi_extra=sound("audio/mpeg", "audio/wav", "application/octet-stream"),
)
def audio_file_content(request: HttpRequest, file_id: str) -> HttpResponseBase:
    """The bytes; takes `Range`, and `?download=1` to save them. With S3, a redirect to a link that expires."""
    file = find(request, file_id)
    if not file.is_stored:
        raise Conflict("This is the record of an object that is kept elsewhere. Get it from there.")
    return file_response(request, file.s3_key, content_type=file.served_type, filename=file.download_name)


@router.delete("/api/audio-file/{file_id}", auth=WRITE, response={200: FileDeleted, **errors(401, 403, 404)})
def delete_audio_file(request: HttpRequest, file_id: str) -> dict[str, str]:
    audio_files.delete_file(by=request.auth, file=find(request, file_id))
    return {"message": "The file is deleted.", "file_id": file_id}


@router.post("/api/audio-files/delete", auth=WRITE, response={200: FilesDeleted, **errors(*BODY, 401)})
def delete_audio_files(request: HttpRequest, data: DeleteFilesIn) -> dict[str, list[str]]:
    """Up to 100 at once; an id that isn't yours is not found."""
    deleted, not_found = audio_files.delete_files(by=request.auth, file_ids=data.file_ids)
    return {"deleted": deleted, "not_found": not_found}


def find(request: HttpRequest, file_id: str) -> AudioFile:
    """Someone else's file is 403, as clients of the old service expect."""
    file = AudioFile.objects.with_id(file_id).first()
    if file is None:
        raise NotFound("There is no file with this id.")
    if file.user_id != request.auth.pk:
        raise Forbidden("This file is someone else's.")
    return file
