"""The pages of one lead."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.errors import DomainError
from config.forms import add_refusal
from config.hooks import losses
from config.http import PageRequest
from leads.actions import leads as actions
from leads.actions import notes
from leads.forms.leads import LeadForm, NoteForm, StatusForm, values_of
from leads.models import ConversationSession, Lead, LeadNote, LeadStatus, TranscriptEvent
from leads.views.conversation import known
from leads.views.leads import members

PAGE = "leads/lead.html"
SHOWN_NOTES = 100  # the newest; the API has the rest
SHOWN_CHANGES = 50
SHOWN_SESSIONS = 20
SHOWN_EVENTS = 6  # of the latest conversation


@require_safe
def lead(request: PageRequest, lead_id: str) -> HttpResponse:
    """By one of its ids; an id that leads to it goes on to its own address."""
    lead = find(request, lead_id)
    return show(request, lead, NoteForm()) if lead.pk == lead_id else redirect("lead", lead_id=lead.pk)


def show(request: PageRequest, lead: Lead, note_form: NoteForm) -> HttpResponse:
    sessions = list(lead.sessions.slim().order_by("-start_time", "-pk")[:SHOWN_SESSIONS])
    events = last_words(sessions[0]) if sessions else []
    context = standing(request, lead) | noted(lead) | known(lead.metadata)
    return render(request, PAGE, context | {"note_form": note_form, "sessions": sessions, "events": events})


def standing(request: PageRequest, lead: Lead) -> dict[str, Any]:
    """Where the lead stands: status, owner and history."""
    changes = lead.changes.prefetch_related("by").order_by("-created_at", "-pk")[:SHOWN_CHANGES]
    return {"lead": lead, "changes": list(changes), "statuses": LeadStatus.choices, "members": members(request.user)}


def noted(lead: Lead) -> dict[str, Any]:
    return {"lead": lead, "notes": lead.notes.prefetch_related("by").order_by("-created_at", "-pk")[:SHOWN_NOTES]}


def last_words(session: ConversationSession) -> list[TranscriptEvent]:
    """How a conversation ended."""
    rows = TranscriptEvent.objects.of_session(session.team_id, session.session_id)
    return list(rows.order_by("-timestamp", "-arrival")[:SHOWN_EVENTS])[::-1]


@require_POST
def set_lead_status(request: PageRequest, lead_id: str) -> HttpResponse:
    lead, form = find(request, lead_id), StatusForm(request.POST)
    problem = "" if form.is_valid() else "Choose one of the list."
    if not problem:
        try:
            actions.set_status(by=request.user, lead=lead, **form.cleaned_data)
        except DomainError as error:
            problem = error.message
    return show_standing(request, lead, problem)


@require_POST
def assign_lead(request: PageRequest, lead_id: str) -> HttpResponse:
    lead, problem = find(request, lead_id), ""
    try:
        actions.change_lead(by=request.user, lead=lead, owner=request.POST.get("owner"))
    except DomainError as error:
        problem = error.message
    return show_standing(request, lead, problem)


def show_standing(request: PageRequest, lead: Lead, problem: str) -> HttpResponse:
    if request.htmx:
        return render(request, f"{PAGE}#standing", standing(request, lead) | {"problem": problem})
    if problem:
        messages.error(request, problem)
    return redirect("lead", lead_id=lead.pk)


@require_POST
def add_note(request: PageRequest, lead_id: str) -> HttpResponse:
    lead, form = find(request, lead_id), NoteForm(request.POST)
    if form.is_valid():
        try:
            notes.add_note(by=request.user, lead=lead, text=form.cleaned_data["text"])
        except DomainError as error:
            add_refusal(form, error)
    if not request.htmx:
        return show(request, lead, form) if form.errors else redirect("lead", lead_id=lead.pk)
    context = noted(lead) | {"note_form": form if form.errors else NoteForm(), "is_added": not form.errors}
    return render(request, f"{PAGE}#notes", context)


@require_http_methods(["GET", "HEAD", "POST"])
def delete_note(request: PageRequest, lead_id: str, note_id: str) -> HttpResponse:
    lead = find(request, lead_id)
    note = get_object_or_404(LeadNote.objects.owned_by(request.user).prefetch_related("by"), lead=lead, pk=note_id)
    if request.method == "POST":
        notes.delete_note(by=request.user, note=note)
        messages.success(request, "The note is deleted.")
        return redirect("lead", lead_id=lead.pk)
    return render(request, "leads/delete_note.html", {"lead": lead, "note": note})


@require_http_methods(["GET", "HEAD", "POST"])
def change_lead(request: PageRequest, lead_id: str) -> HttpResponse:
    lead = find(request, lead_id)
    form = LeadForm(request.POST or None, initial=values_of(lead))
    if form.is_valid():
        try:
            actions.change_lead(by=request.user, lead=lead, **form.cleaned_data)
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"{lead} is changed.")
            return redirect("lead", lead_id=lead.pk)
    return render(request, "leads/change_lead.html", {"form": form, "lead": lead})


@require_http_methods(["GET", "HEAD", "POST"])
def delete_lead(request: PageRequest, lead_id: str) -> HttpResponse:
    """Ask first; then delete."""
    lead = find(request, lead_id)
    if request.method == "POST":
        actions.delete_lead(by=request.user, lead=lead)
        messages.success(request, f"{lead} is deleted.")
        return redirect("leads")
    return render(request, "leads/delete_lead.html", {"lead": lead, "losses": losses(lead)})


def find(request: PageRequest, lead_id: str) -> Lead:
    return get_object_or_404(Lead.objects.owned_by(request.user).known_as(lead_id).prefetch_related("owner"))
