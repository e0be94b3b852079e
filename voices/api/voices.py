from django.core.files.storage import default_storage
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from ninja import Query, Router

from accounts.models import Scope
from accounts.tokens import Credential
from config.errors import NotFound
from config.schemas import errors, sound
from config.serving import file_response
from voices.models import Voice
from voices.schemas.voices import OldVoiceOut, VoiceOut, VoicesIn, VoicesOut

router = Router(tags=["voices"])
LISTEN = Credential(Scope.READ, Scope.SPEAK, Scope.VOICES)


@router.get("/api/voices", auth=LISTEN, response={200: VoicesOut, **errors(401, 403, 422)})
def list_voices(request: HttpRequest, query: Query[VoicesIn]) -> dict[str, object]:
    """By id. `count` counts all that match; `next` continues a list of more than `limit`."""
    known = Voice.objects.all() if query.available is False else Voice.objects.local()
    rows = known.matching(**query.dict(exclude={"limit", "cursor"}))
    voices = list(rows.filter(voice_id__gt=query.cursor)[: query.limit + 1])
    more = len(voices) > query.limit
    return {
        "voices": voices[: query.limit],
        "count": rows.count(),
        "next": voices[query.limit - 1].voice_id if more else None,
    }


@router.get("/api/voices/{voice_id}", auth=LISTEN, response={200: VoiceOut, **errors(401, 403, 404)})
def voice(request: HttpRequest, voice_id: str) -> Voice:
    return get_object_or_404(Voice.objects.called(voice_id))


@router.get(
    "/api/voices/{voice_id}/sample",
    auth=LISTEN,
    response=errors(401, 403, 404),
    openapi_extra=sound("audio/wav"),
)
def voice_sample(request: HttpRequest, voice_id: str) -> HttpResponseBase:
    """A WAV file; takes `Range`."""
    found = get_object_or_404(Voice.objects.called(voice_id).exclude(sample=""))
    if not default_storage.exists(found.sample):
        raise NotFound("The sample of this voice is gone. `manage.py sync_piper_models` makes it again.")
    return file_response(request, found.sample, content_type="audio/wav", filename=f"{found.voice_id}.wav")


@router.get("/voices", auth=LISTEN, response={200: list[OldVoiceOut], **errors(401, 403)})
def old_voices(request: HttpRequest) -> QuerySet[Voice]:
    """The list of the older TTS backend, for clients whose `Accept` does not name HTML."""
    return Voice.objects.local().order_by("language", "name")[:1000]
