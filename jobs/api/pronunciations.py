"""The pronunciation dictionary of the team."""

from django.http import HttpRequest
from django.shortcuts import get_object_or_404
from ninja import Query, Router
from ninja.responses import Status

from accounts.models import Scope
from accounts.tokens import Credential
from config.paging import Page, page
from config.schemas import BODY, PageOut, errors
from jobs.actions import pronunciations
from jobs.models import Pronunciation
from jobs.schemas.pronunciations import (
    PronunciationChangesIn,
    PronunciationIn,
    PronunciationOut,
    PronunciationsIn,
)

router = Router(tags=["pronunciation"], by_alias=True)
READ, WRITE = Credential(Scope.READ, Scope.SPEAK), Credential(Scope.SPEAK)


@router.get("/api/pronunciations", auth=READ, response={200: PageOut[PronunciationOut], **errors(401, 403, 422)})
def list_pronunciations(request: HttpRequest, query: Query[PronunciationsIn]) -> Page[Pronunciation]:
    """Newest first."""
    rows = Pronunciation.objects.owned_by(request.auth).matching(q=query.q, language=query.language)
    return page(rows, cursor=query.cursor, limit=query.limit)


@router.post("/api/pronunciations", auth=WRITE, response={201: PronunciationOut, **errors(*BODY, 401, 409)})
def add_pronunciation(request: HttpRequest, data: PronunciationIn) -> Status:
    """It holds for whatever anybody of the team has spoken from then on. Send a `replacement` or `ipa`."""
    return Status(201, pronunciations.add(by=request.auth, **data.dict()))


@router.patch(
    "/api/pronunciations/{pronunciation_id}",
    auth=WRITE,
    response={200: PronunciationOut, **errors(*BODY, 401, 404, 409)},
)
def change_pronunciation(request: HttpRequest, pronunciation_id: str, data: PronunciationChangesIn) -> Pronunciation:
    entry = find(request, pronunciation_id)
    changes = data.dict(exclude_unset=True)
    required = {name for name in ("word", "is_case_sensitive") if changes.get(name, "") is None}
    given = {name: value for name, value in changes.items() if name not in required}
    pronunciations.change(by=request.auth, entry=entry, **given)
    return entry


@router.delete("/api/pronunciations/{pronunciation_id}", auth=WRITE, response={204: None, **errors(401, 403, 404)})
def remove_pronunciation(request: HttpRequest, pronunciation_id: str) -> Status:
    pronunciations.remove(by=request.auth, entry=find(request, pronunciation_id))
    return Status(204, None)


def find(request: HttpRequest, pronunciation_id: str) -> Pronunciation:
    return get_object_or_404(Pronunciation.objects.owned_by(request.auth).with_id(pronunciation_id))
