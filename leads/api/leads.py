"""Leads: people who may buy, by their id or their e-mail."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from ninja import Query, Router
from ninja.responses import Status

from accounts.idempotency import idempotent, record_id
from accounts.ingest import ingest
from accounts.models import Scope, normalise_email
from accounts.tokens import Credential, IngestCredential
from config.paging import Page, page
from config.schemas import BODY, PageIn, PageOut, errors
from config.text import forbidden_character
from leads.actions import leads, notes
from leads.models import Lead, LeadNote, LeadQuerySet, StatusChange
from leads.schemas.leads import (
    JournaledOut,
    LeadChangesIn,
    LeadIn,
    LeadOut,
    LeadRow,
    LeadsIn,
    NoteIn,
    NoteOut,
    StatusChangeOut,
    StatusIn,
)

router = Router(tags=["desk"], by_alias=True)
READ, WRITE, INGEST = Credential(Scope.READ, Scope.DESK), Credential(Scope.DESK), IngestCredential(Scope.DESK)
TAKEN = {201: LeadOut, 200: LeadOut, 202: JournaledOut}


@router.post("/api/leads", auth=INGEST, response={**TAKEN, **errors(*BODY, 401, 404, 409)})
@ingest
@idempotent
def create_lead(request: HttpRequest, data: LeadIn, response: HttpResponse) -> Status:
    """201 for a new one. 200 for one whose e-mail the team knows: it is merged. 202 while the database is away."""
    taken = leads.create_lead(by=request.auth, record_id=record_id(request), **data.dict(exclude_none=True))
    if taken.is_journaled:
        return Status(202, {"id": taken.record.id})
    lead, is_new = taken.result
    response["Location"] = f"/api/leads/{lead.pk}"
    return Status(201 if is_new else 200, lead)


@router.get("/api/leads", auth=READ, response={200: PageOut[LeadRow], **errors(401, 403, 422)})
def list_leads(request: HttpRequest, query: Query[LeadsIn]) -> Page[Lead]:
    """Newest first by `timestamp`; `message` is cut to 200 characters."""
    asked = query.dict(exclude={"limit", "cursor"})
    rows = Lead.objects.owned_by(request.auth).matching(**asked).in_list()
    return page(rows, cursor=query.cursor, limit=query.limit, by="timestamp")


# Before the next: their paths would fit it too.
@router.patch(
    "/api/leads/by-email/{path:email}/status", auth=WRITE, response={200: LeadOut, **errors(*BODY, 401, 404, 409)}
)
def set_lead_status(request: HttpRequest, email: str, data: StatusIn) -> Lead:
    """Any status may follow any other; the history notes it."""
    lead = get_object_or_404(with_email(request, email))
    leads.set_status(by=request.auth, lead=lead, status=data.status)
    return lead


@router.get("/api/leads/by-email/{path:email}", auth=READ, response={200: LeadOut, **errors(401, 403, 404)})
def lead_by_email(request: HttpRequest, email: str) -> Lead:
    """The e-mail in upper or lower case, URL-encoded."""
    return get_object_or_404(with_email(request, email))


@router.get("/api/leads/{lead_id}", auth=READ, response={200: LeadOut, **errors(401, 403, 404)})
def lead(request: HttpRequest, lead_id: str) -> Lead:
    """By its `_id`, an old UUID, or the `_id` of a lead that was merged into it."""
    return find(request, lead_id)


@router.patch("/api/leads/{lead_id}", auth=WRITE, response={200: LeadOut, **errors(*BODY, 401, 404, 409)})
def change_lead(request: HttpRequest, lead_id: str, data: LeadChangesIn) -> Lead:
    """All of it or nothing. An e-mail that another lead has is 409 `email_taken`."""
    lead = find(request, lead_id)
    leads.change_lead(by=request.auth, lead=lead, **data.changes())
    return lead


@router.delete("/api/leads/{lead_id}", auth=WRITE, response={204: None, **errors(401, 403, 404)})
def delete_lead(request: HttpRequest, lead_id: str) -> Status:
    """With its notes and its history. Its conversations stay."""
    leads.delete_lead(by=request.auth, lead=find(request, lead_id))
    return Status(204, None)


@router.get("/api/leads/{lead_id}/notes", auth=READ, response={200: PageOut[NoteOut], **errors(401, 403, 404, 422)})
def lead_notes(request: HttpRequest, lead_id: str, query: Query[PageIn]) -> Page[LeadNote]:
    """Newest first, whole."""
    return page(find(request, lead_id).notes.all(), cursor=query.cursor, limit=query.limit)


@router.post("/api/leads/{lead_id}/notes", auth=WRITE, response={201: NoteOut, **errors(*BODY, 401, 404)})
def add_note(request: HttpRequest, lead_id: str, data: NoteIn) -> Status:
    return Status(201, notes.add_note(by=request.auth, lead=find(request, lead_id), text=data.text))


@router.delete("/api/leads/{lead_id}/notes/{note_id}", auth=WRITE, response={204: None, **errors(401, 403, 404)})
def delete_note(request: HttpRequest, lead_id: str, note_id: str) -> Status:
    """Anybody of the team may."""
    rows = LeadNote.objects.owned_by(request.auth).filter(lead=find(request, lead_id)).with_id(note_id)
    notes.delete_note(by=request.auth, note=get_object_or_404(rows))
    return Status(204, None)


@router.get(
    "/api/leads/{lead_id}/history", auth=READ, response={200: PageOut[StatusChangeOut], **errors(401, 403, 404, 422)}
)
def lead_history(request: HttpRequest, lead_id: str, query: Query[PageIn]) -> Page[StatusChange]:
    """The steps of its status, newest first: who, when, from and to."""
    return page(find(request, lead_id).changes.all(), cursor=query.cursor, limit=query.limit)


def find(request: HttpRequest, lead_id: str) -> Lead:
    return get_object_or_404(Lead.objects.owned_by(request.auth).known_as(lead_id))


def with_email(request: HttpRequest, email: str) -> LeadQuerySet:
    rows = Lead.objects.owned_by(request.auth)
    return rows.none() if forbidden_character(email) else rows.filter(email=normalise_email(email))
