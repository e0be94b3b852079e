"""Echos: characters with a voice."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router
from ninja.responses import Status

from accounts.models import Scope
from accounts.tokens import Credential
from config.errors import Forbidden, NotFound, Unprocessable
from config.paging import Page, page
from config.schemas import BODY, PageOut, errors
from voices.actions import echos
from voices.models import Echo, VoiceModel
from voices.schemas.echos import (
    EchoChangesIn,
    EchoIn,
    EchoOut,
    EchoRow,
    EchosIn,
    OldEchoIn,
    OldEchoOut,
)
from voices.schemas.voice_models import OneVoiceModel

router = Router(tags=["echos"], by_alias=True)
READ = Credential(Scope.READ, Scope.VOICES)
WRITE = Credential(Scope.VOICES)


@router.get("/api/echos", auth=READ, response={200: PageOut[EchoRow], **errors(401, 403, 422)})
def list_echos(request: HttpRequest, query: Query[EchosIn]) -> Page[Echo]:
    """Newest first; `persona_prompt` is cut to 200 characters."""
    rows = Echo.objects.owned_by(request.auth).matching(query.q).in_list()
    return page(rows, cursor=query.cursor, limit=query.limit)


@router.post("/api/echos", auth=WRITE, response={201: EchoOut, **errors(*BODY, 401, 409)})
def create_echo(request: HttpRequest, data: EchoIn) -> Status:
    return Status(201, echos.create_echo(by=request.auth, **data.dict()))


@router.get("/api/echos/{echo_id}", auth=READ, response={200: EchoOut, **errors(401, 403, 404)})
def echo(request: HttpRequest, echo_id: str) -> Echo:
    return find(request, echo_id)


@router.patch("/api/echos/{echo_id}", auth=WRITE, response={200: EchoOut, **errors(*BODY, 401, 404, 409)})
def change_echo(request: HttpRequest, echo_id: str, data: EchoChangesIn) -> Echo:
    """Changes what is sent; `"model_id": null` takes the voice model away."""
    echo = find(request, echo_id)
    echos.change_echo(by=request.auth, echo=echo, **data.dict(exclude_unset=True))
    return echo


@router.delete("/api/echos/{echo_id}", auth=WRITE, response={200: EchoOut, **errors(401, 403, 404)})
def delete_echo(request: HttpRequest, echo_id: str) -> Echo:
    """Answers with the echo as it was. Its voice model stays."""
    echo = find(request, echo_id)
    echos.delete_echo(by=request.auth, echo=echo)
    return echo


@router.get("/api/echo/{echo_id}/voice-model", auth=READ, response={200: OneVoiceModel, **errors(401, 403, 404)})
def echo_voice_model(request: HttpRequest, echo_id: str) -> dict[str, VoiceModel]:
    model = find(request, echo_id).linked_model
    if model is None:
        raise NotFound("This echo has no voice model.")
    return {"voice_model": model}


@router.post("/api/echo", auth=WRITE, response={201: OldEchoOut, **errors(*BODY, 401, 409)})
def create_old_echo(request: HttpRequest, data: OldEchoIn) -> Status:
    """The old studio's way to make an echo."""
    if data.user_id != request.auth.pk:
        raise Forbidden("You can make echos only for yourself: send your own user_id.")
    given = data.dict(exclude={"user_id", "voice_model_id"})
    try:
        made = echos.create_echo(by=request.auth, model_id=data.voice_model_id, **given)
    except Unprocessable as error:
        error.field = "voice_model_id" if error.field == "model_id" else error.field
        raise
    return Status(201, {"echo": made})


def find(request: HttpRequest, echo_id: str) -> Echo:
    return get_object_or_404(Echo.objects.owned_by(request.auth).with_id(echo_id).with_models())
