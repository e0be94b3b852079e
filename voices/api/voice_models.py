"""Voice models: seen, changed, linked, deleted."""

from typing import Any

from django.http import HttpRequest, HttpResponseBase
from ninja import Query, Router

from accounts.models import Scope
from accounts.tokens import Credential
from config.errors import Forbidden, NotFound
from config.paging import page
from config.schemas import BODY, errors, sound
from config.serving import file_response
from voices.actions import links, voice_models
from voices.models import Echo, VoiceModel
from voices.schemas.voice_models import (
    Done,
    LinkIn,
    OneVoiceModel,
    VoiceModelIn,
    VoiceModelOut,
    VoiceModelsIn,
    VoiceModelsOut,
)

router = Router(tags=["voice models"], by_alias=True)
READ = Credential(Scope.READ, Scope.SPEAK, Scope.VOICES)
LISTEN = Credential(Scope.READ, Scope.VOICES)
WRITE = Credential(Scope.VOICES)


@router.get("/api/voice-models", auth=READ, response={200: VoiceModelsOut, **errors(401, 403, 422)})
def list_voice_models(request: HttpRequest, query: Query[VoiceModelsIn]) -> dict[str, Any]:
    """Your own, newest first; with `shared=true` those that others of your team share."""
    if query.user_id not in (None, request.auth.pk):
        raise Forbidden("These are someone else's voice models. Leave `user_id` out for your own.")
    rows = VoiceModel.objects.shared_with(request.auth) if query.shared else VoiceModel.objects.owned_by(request.auth)
    rows = rows.matching(q=query.q, engine=query.engine, tag=query.tag, state=query.state or "")
    found = page(rows.in_list(), cursor=query.cursor, limit=query.limit)
    return {"voice_models": found.items, "count": rows.count(), "next": found.next}


@router.get("/api/voice-models/{model_id}", auth=READ, response={200: OneVoiceModel, **errors(401, 403, 404)})
def voice_model(request: HttpRequest, model_id: str) -> dict[str, VoiceModel]:
    """By its `_id` or the engine's `model_id`; your own, or one that your team shares."""
    return {"voice_model": voice_models.find_usable(by=request.auth, model_id=model_id)}


@router.patch("/api/voice-models/{model_id}", auth=WRITE, response={200: VoiceModelOut, **errors(*BODY, 401, 404, 409)})
def change_voice_model(request: HttpRequest, model_id: str, data: VoiceModelIn) -> VoiceModel:
    model = voice_models.find_own(by=request.auth, model_id=model_id)
    changes = data.dict(exclude_unset=True)
    if "echo_id" in changes:
        echo_id = changes.pop("echo_id")
        changes["echo"] = find_echo(request, echo_id) if echo_id else None
    voice_models.change_model(by=request.auth, model=model, **changes)
    return model


@router.delete("/api/voice-models/{model_id}", auth=WRITE, response={200: Done, **errors(401, 403, 404)})
def delete_voice_model(request: HttpRequest, model_id: str) -> dict[str, Any]:
    """Here at once; at its engine as soon as that answers, within a day."""
    voice_models.delete_model(by=request.auth, model=voice_models.find_own(by=request.auth, model_id=model_id))
    return {"success": True, "message": "Voice model deleted"}


@router.post(
    "/api/voice-models/{model_id}/link", auth=WRITE, response={200: VoiceModelOut, **errors(*BODY, 401, 404, 409)}
)
def link_voice_model(request: HttpRequest, model_id: str, data: LinkIn) -> VoiceModel:
    """The echo speaks with this model from now on; what either was linked to before is let go."""
    model = voice_models.find_own(by=request.auth, model_id=model_id)
    links.link(by=request.auth, model=model, echo=find_echo(request, data.echo_id))
    return model


@router.get(
    "/api/voice-models/{model_id}/audio",
    auth=LISTEN,
    response=errors(401, 403, 404, 410),
    openapi_extra=sound("audio/mpeg", "audio/wav", "video/mp4"),
)
def voice_model_audio(request: HttpRequest, model_id: str) -> HttpResponseBase:
    """The recording that it was made of, for its owner alone; takes `Range`, and `?download=1` to save it."""
    model = voice_models.find_own(by=request.auth, model_id=model_id)
    if not model.reference:
        raise NotFound("The recording of this voice model is not kept here.")
    name = model.recording_name
    return file_response(request, model.reference, content_type=model.served_type, filename=name)


def find_echo(request: HttpRequest, echo_id: str) -> Echo:
    echo = Echo.objects.owned_by(request.auth).filter(pk=echo_id).first()
    if echo is None:
        raise NotFound(links.NO_ECHO)
    return echo
