"""Recordings that voice models are made of."""

from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest
from ninja import Router, Schema, Status

from accounts.idempotency import idempotent
from accounts.models import Scope
from accounts.tokens import Credential
from config.errors import Forbidden, Unprocessable, WrongType
from config.schemas import BODY, errors
from voices.actions import references, voice_models
from voices.actions.making import Made
from voices.api import audio_files
from voices.api.voice_models import find_echo
from voices.schemas.references import CloneIn, ReferenceIn, ReferenceOut, VersionIn

router = Router(tags=["voice models"], by_alias=True)
WRITE = Credential(Scope.VOICES)
ANSWERS = {201: ReferenceOut, **errors(*BODY, 401, 404, 409, 429)}
AUDIO = {
    "type": "string",
    "format": "binary",
    "description": "WAV, MP3, M4A, AAC, Ogg, FLAC or WebM, or a video: MP4, MOV, WebM, MKV; at most 50 MB",
}


def form(schema: type[Schema]) -> dict[str, Any]:
    """The `openapi_extra=` of an endpoint that takes a recording with these fields beside it."""
    fields = schema.json_schema()
    shape = {
        "type": "object",
        "required": ["audio", *fields.get("required", [])],
        "properties": {"audio": AUDIO, **fields["properties"]},
    }
    return {"requestBody": {"required": True, "content": {"multipart/form-data": {"schema": shape}}}}


@router.post("/api/upload-reference", auth=WRITE, response=ANSWERS, exclude_unset=True, openapi_extra=form(ReferenceIn))
@idempotent
def upload_reference(request: HttpRequest) -> Status:
    """Make a voice of a recording. With `user_id`, or `save=true`, it is saved; else only its id is noted.

    When the engine is off, away or refuses (503, 422), the recording is kept among the audio files, and
    `POST /api/audio-file/{file_id}/clone` makes a voice of it later.
    """
    audio = recording(request)
    fields = audio_files.parsed(ReferenceIn, request.POST.dict())
    if fields.user_id not in (None, request.auth.pk):
        raise Forbidden("This `user_id` is someone else's. Send your own, or leave it out.")
    made = references.upload_reference(
        by=request.auth,
        file=audio,
        name=fields.name,
        has_consent=bool(fields.consent),
        save=fields.is_to_be_saved,
        echo=find_echo(request, fields.echo_id) if fields.echo_id else None,
    )
    return Status(201, answer(made))


@router.post(
    "/api/voice-models/{model_id}/versions",
    auth=WRITE,
    response=ANSWERS,
    exclude_unset=True,
    openapi_extra=form(VersionIn),
)
@idempotent
def add_version(request: HttpRequest, model_id: str) -> Status:
    """A new voice model of another recording, under the same name. The old one stays; its echo moves to the new one."""
    model, audio = voice_models.find_own(by=request.auth, model_id=model_id), recording(request)
    fields = audio_files.parsed(VersionIn, request.POST.dict())
    made = references.new_version(by=request.auth, model=model, file=audio, has_consent=bool(fields.consent))
    return Status(201, answer(made))


@router.post("/api/audio-file/{file_id}/clone", auth=WRITE, response=ANSWERS | errors(410), exclude_unset=True)
@idempotent
def clone_audio_file(request: HttpRequest, file_id: str, data: CloneIn) -> Status:
    """Make a voice of a file that is kept here already, for example because the engine was away when it came."""
    made = references.clone_file(
        by=request.auth,
        file=audio_files.find(request, file_id),
        name=data.name,
        has_consent=data.consent,
        save=data.save,
        echo=find_echo(request, data.echo_id) if data.echo_id else None,
    )
    return Status(201, answer(made))


def recording(request: HttpRequest) -> UploadedFile:
    if request.content_type != "multipart/form-data":
        raise WrongType("Send a form with the recording, as multipart/form-data.")
    files = request.FILES.getlist("audio")
    if not files:
        raise Unprocessable("Send the recording as `audio`, with its name.", field="audio")
    if len(files) > 1:
        raise Unprocessable("Send one recording at a time: each becomes a voice of its own.", field="audio")
    return files[0]


def answer(made: Made) -> dict[str, Any]:
    model_id = made.model.model_id
    told = {"success": True, "model_id": model_id, "reference_id": model_id, "message": made.message}
    return told | ({"database_record": made.saved} if made.saved else {})
