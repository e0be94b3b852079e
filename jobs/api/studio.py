"""Speech as the old voice-model studio gave it: asked for and made in one request, fetched by a link."""

from dataclasses import asdict
from typing import Any

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import Router

from accounts.models import Scope, User
from accounts.tokens import Credential
from config import streaming
from config.errors import NotFound, Unprocessable
from config.schemas import BODY, errors, sound
from config.serving import file_response
from jobs import actions, links, sounds
from jobs.audio import FORMATS
from jobs.listening import waiting
from jobs.models import Job
from jobs.schemas.studio import SynthesisIn, SynthesisOut
from jobs.sources import SourceUnknown

router = Router(tags=["jobs"], by_alias=True)
SIGNED_LINK = "signed link"  # what the request's `auth` is then


class CredentialOrLink(Credential):
    """A link's signature, or else a credential."""

    def __call__(self, request: HttpRequest) -> User | str | None:
        audio_id = request.resolver_match.kwargs["audio_id"]
        return SIGNED_LINK if links.is_signed(audio_id, signature(request)) else super().__call__(request)


def signature(request: HttpRequest) -> str:
    return request.GET.get("signature", "")


@router.post(
    "/api/synthesize",
    auth=Credential(Scope.SPEAK),
    response={200: SynthesisOut, **errors(*BODY, 401, 404, 409, 429)},
)
def synthesize(request: HttpRequest, data: SynthesisIn) -> dict[str, Any]:
    """Speak a text and wait for it, up to 60 seconds; after that it is 503 with the job's address, and goes on."""
    with streaming.place():
        job = waiting.until_completed(start(request.auth, data))
    return {"success": True, "audio_path": links.signed_path(job), "message": "The speech is ready."}


@router.get(
    "/api/temp-audio/{audio_id}",
    auth=CredentialOrLink(Scope.READ, Scope.SPEAK),
    response=errors(401, 403, 404, 409, 410),
    openapi_extra=sound(*(kind.content_type for kind in FORMATS.values())),
)
def temp_audio(request: HttpRequest, audio_id: str) -> HttpResponseBase:
    """A job's sound by its `audio_id`, for its owner or by a signed link; takes `Range`."""
    jobs = Job.objects.with_sound(audio_id)
    job = get_object_or_404(jobs if request.auth == SIGNED_LINK else jobs.owned_by(request.auth))
    if request.auth == SIGNED_LINK:
        links.check_age(audio_id, signature(request))
    return file_response(request, **asdict(sounds.of_job(job)))


def start(by: User, data: SynthesisIn) -> Job:
    """Start the job; a voice model that isn't there or isn't theirs is 404 at this door."""
    if data.reference_id and data.voice_id:
        raise Unprocessable("Name either reference_id or voice_id, not both.", field="voice_id")
    named = {"model_id": data.reference_id, "voice_id": data.voice_id}
    try:
        return actions.start_job(by=by, text=data.text, format=data.format, **named)
    except SourceUnknown as error:
        if error.field == "model_id":
            raise NotFound(error.message) from error
        raise
    except Unprocessable as error:
        error.field = "reference_id" if error.field == "model_id" else error.field
        raise
