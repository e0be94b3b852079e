"""Where a text is written and sent: the Speak page, the start page, and the box on other pages."""

from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.errors import DomainError
from config.forms import add_refusal
from config.http import PageRequest, asked_words
from config.paging import page
from config.text import plain_lines
from jobs import actions, choices
from jobs.documents.bounds import FILE_MAX_BYTES
from jobs.forms import FORMAT, DocumentForm, SpeakForm
from jobs.models import TEXT_MAX_CHARACTERS, Job
from jobs.names import add_voice_names
from jobs.sources import SourceUnknown
from jobs.views.jobs import BOX, poll_milliseconds, show_in_box

RECENT_JOBS = 5


@require_safe
def home(request: PageRequest) -> HttpResponse:
    """The newest job that is being made moves by itself."""
    jobs = recent_jobs(request)
    making = next((job for job in jobs if job.is_open), None)
    status = {"making": making, "status_id": BOX, "poll_ms": poll_milliseconds(making)} if making else {}
    context = {"jobs": jobs, "voices_ready": choices.count(request.user)}
    return render(request, "jobs/home.html", context | status)


@require_http_methods(["GET", "HEAD", "POST"])
def speak(request: PageRequest) -> HttpResponse:
    form = SpeakForm(request.POST or None, by=request.user, initial=first_values(request))
    if form.is_valid():
        try:
            job = actions.start_job(by=request.user, **form.values())
        except DomainError as error:
            add_refusal(form, error)
        else:
            return redirect("job", job_id=job.job_id)
    context = {"form": form, "recent": recent_jobs(request), "limit": TEXT_MAX_CHARACTERS}
    context |= {"document_form": DocumentForm(), "max_bytes": FILE_MAX_BYTES}
    return render(request, "jobs/speak.html", context)


def first_values(request: PageRequest) -> dict[str, Any]:
    """What the form starts with: an earlier job (`?again=`), or what was chosen elsewhere to speak with."""
    again = Job.objects.owned_by(request.user).with_id(request.GET.get("again", "")).first()
    if not again:
        return {"voice_id": chosen(*(asked_words(request, kind) for kind in ("echo", "model", "voice")))}
    values = {name: getattr(again, name) for name in ("text", "title", "speaker", "speed", "format")}
    return values | {"voice_id": chosen(again.echo_id, again.model_id, again.voice_id), "keep": again.is_kept}


def chosen(echo_id: str, model_id: str, voice_id: str) -> str:
    """The value that the form has for it; the default voice when nothing is named."""
    if echo_id or model_id:
        return f"echo:{echo_id}" if echo_id else f"model:{model_id}"
    return voice_id or settings.DEFAULT_VOICE


def recent_jobs(request: PageRequest) -> list[Job]:
    jobs = page(Job.objects.owned_by(request.user).in_list(), limit=RECENT_JOBS).items
    add_voice_names(request.user, jobs)
    return jobs


@require_POST
def say(request: PageRequest, **named: str) -> HttpResponse:
    """The "say something" box on the page of an echo, a voice model or a voice: `named` is its id."""
    text = plain_lines(request.POST.get("text", ""))

    def start() -> Job:
        try:
            return actions.start_job(by=request.user, text=text, format=FORMAT, **named)
        except SourceUnknown as unknown:
            raise Http404 from unknown

    return said_in_box(request, start, back=request.path.removesuffix("/say"))


def said_in_box(request: PageRequest, start: Callable[[], Job], *, back: str) -> HttpResponse:
    """The job that `start` starts in the box of its page, or what refused it; without scripts the page of the job."""
    job, error = None, ""
    try:
        job = start()
    except DomainError as refused:
        error = refused.message
    if request.htmx:
        return show_in_box(request, job, error=error)
    if job:
        return redirect("job", job_id=job.job_id)
    messages.error(request, error)
    return redirect(back)
