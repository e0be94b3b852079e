"""The page of one conversation: its facts, its transcript, its sound."""

import json
from typing import Any

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_POST, require_safe

from config import times
from config.errors import Conflict, DomainError, NotFound
from config.http import PageRequest, asked_words
from config.ids import OBJECT_ID
from config.refusals import NOT_HERE
from config.serving import file_response
from config.telling import told
from jobs import actions as jobs
from jobs.forms import FORMAT
from jobs.views.jobs import show_in_box
from leads.actions import sessions
from leads.forms.conversations import SpeakReplyForm
from leads.models import (
    Contact,
    ConversationSession,
    EventQuerySet,
    EventRole,
    SessionChannel,
    TranscriptEvent,
)
from leads.pages import parts
from leads.whatsapp.session_ids import contact_id_of

PAGE = "leads/conversation.html"
METADATA_SHOWN = 50  # entries
ITEMS_SHOWN_CHARACTERS = 100_000
KEPT_ELSEWHERE = "This sound is kept elsewhere, or can't be played here."


@require_safe
def conversation(request: PageRequest, session_id: str) -> HttpResponse:
    """Opens at the part that is asked for: `?at=` an event, `?after=` or `?before=` a cursor; else at the end while it
    goes on, and at the start once it is over.
    """
    session = find(request, session_id)
    part = asked_part(request, session)
    context = known(session.metadata) | part_context(request, session, part) | {"chat": chat_of(session)}
    if not part.events:
        context["items"] = items_of(session)
    context |= {"has_head": True, "has_tail": True, "at": request.GET.get("at", "")}
    return render(request, PAGE, context | {"form": SpeakReplyForm(by=request.user)})


def asked_part(request: PageRequest, session: ConversationSession) -> parts.Part:
    rows = events_of(session)
    at = request.GET.get("at", "")
    if OBJECT_ID.fullmatch(at) and (event := rows.filter(pk=at.lower()).first()):
        return parts.part_around(rows, event)
    if cursor := request.GET.get("after"):
        return parts.part_after(rows, cursor)
    if cursor := request.GET.get("before"):
        return parts.part_before(rows, cursor)
    return parts.last_part(rows) if session.is_open else parts.first_part(rows)


def part_context(request: PageRequest, session: ConversationSession, part: parts.Part) -> dict[str, Any]:
    """A part, and whether what comes in goes on after it."""
    is_followed = session.is_open and not part.later
    found = {"session": session, "part": part, "is_followed": is_followed, "arrived": part.arrived}
    return found | {"q": asked_words(request)}


def known(metadata: object) -> dict[str, Any]:
    """What a client has sent along: the first entries, and how many more there are."""
    entries = list(metadata.items()) if isinstance(metadata, dict) else []
    return {"metadata": entries[:METADATA_SHOWN], "metadata_left": len(entries[METADATA_SHOWN:])}


def chat_of(session: ConversationSession) -> Contact | None:
    """The contact whose chat of a day it is, if it is one."""
    pk = contact_id_of(session.session_id) if session.channel == SessionChannel.WHATSAPP else ""
    rows = Contact.objects.filter(team=session.team_id, pk=pk) if OBJECT_ID.fullmatch(pk) else Contact.objects.none()
    return rows.kept().first()


def items_of(session: ConversationSession) -> str:
    """The history that a client has sent, where no event was logged."""
    items = ConversationSession.objects.filter(pk=session.pk).values_list("items", flat=True).first()
    return json.dumps(items, ensure_ascii=False, indent=2)[:ITEMS_SHOWN_CHARACTERS] if items else ""


@require_safe
def conversation_events(request: PageRequest, session_id: str) -> HttpResponse:
    """More of the transcript: `?before=` or `?after=` a cursor, or what has come in `?since=` one.

    204 when there is nothing new yet. Without scripts the page itself has the same parts.
    """
    session = find(request, session_id)
    if not request.htmx:
        return redirect(f"{reverse('conversation', args=[session_id])}?{request.GET.urlencode()}")
    if "since" not in request.GET:
        sides = {"has_head": "before" in request.GET, "has_tail": "after" in request.GET}
        return render(request, f"{PAGE}#part", part_context(request, session, asked_part(request, session)) | sides)
    since = request.GET["since"]
    rows = events_of(session)
    part = parts.part_arrived(rows, since) if since else parts.first_part(rows)
    if not part.events and session.is_open:
        return HttpResponse(status=204)
    return render(request, f"{PAGE}#news", part_context(request, session, part) | {"arrived": part.arrived or since})


@require_safe
def conversation_audio(request: PageRequest, session_id: str) -> HttpResponseBase:
    """The sound of a conversation; takes Range. It is the team's to hear, whoever uploaded it."""
    file = find(request, session_id).audio_file
    if file is None:
        raise NotFound(NOT_HERE.message)
    if not file.is_playable:
        raise Conflict(KEPT_ELSEWHERE)
    return file_response(request, file.s3_key, content_type=file.served_type, filename=file.download_name)


@require_POST
def end_conversation(request: PageRequest, session_id: str) -> HttpResponse:
    session = find(request, session_id)
    if not session.is_open:
        messages.warning(request, "This conversation had ended already.")
        return redirect("conversation", session_id=session_id)
    with told(request):
        taken = sessions.change_session(by=request.user, session_id=session_id, end_time=times.now())
        later = "The database is away. The end is kept, and will be here once it is back."
        messages.success(request, later if taken.is_journaled else "The conversation is ended.")
    return redirect("conversation", session_id=session_id)


@require_POST
def speak_reply(request: PageRequest, session_id: str) -> HttpResponse:
    """Have what the assistant wrote spoken, with an echo of the person's or the default voice."""
    session = find(request, session_id)
    form = SpeakReplyForm(request.POST, by=request.user)
    event, job, error = asked_reply(request, session), None, ""
    if form.is_valid():
        try:
            job = jobs.start_job(by=request.user, text=event.content, format=FORMAT, **form.source())
        except DomainError as refused:
            error = refused.message
    else:
        error = form.errors.get("echo", [NOT_HERE.message])[0]
    if request.htmx:
        return show_in_box(request, job, error=error)
    if job:
        return redirect("job", job_id=job.job_id)
    messages.error(request, error)
    return redirect(f"{reverse('conversation', args=[session_id])}?at={event.pk}#event-{event.pk}")


def asked_reply(request: PageRequest, session: ConversationSession) -> TranscriptEvent:
    event_id = request.POST.get("event", "")
    pk = event_id.lower() if OBJECT_ID.fullmatch(event_id) else None
    return get_object_or_404(events_of(session), pk=pk, role=EventRole.ASSISTANT)


def events_of(session: ConversationSession) -> EventQuerySet:
    return TranscriptEvent.objects.of_session(session.team_id, session.session_id)


def find(request: PageRequest, session_id: str) -> ConversationSession:
    rows = ConversationSession.objects.with_session_id(request.user, session_id).in_list()
    return get_object_or_404(rows.prefetch_related("lead", "audio_file"))
