from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from config import times
from config.errors import DomainError
from config.forms import add_refusal
from config.http import PageRequest, asked_words
from config.paging import page
from jobs import actions
from jobs.forms import SpeakForm
from jobs.models import TEXT_MAX_CHARACTERS, WORDS, Job
from voices.models import Voice

RECENT_JOBS = 5
POLL_MILLISECONDS = ((3, 250), (30, 700))  # a job of up to so many seconds is looked at every so many milliseconds
POLL_SLOWEST = 2_000


@require_safe
def home(request: PageRequest) -> HttpResponse:
    context = {"jobs": recent_jobs(request), "voices_ready": Voice.objects.available().count()}
    return render(request, "jobs/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def speak(request: PageRequest) -> HttpResponse:
    voices = list(Voice.objects.available().order_by("name"))
    form = SpeakForm(request.POST or None, voices=voices, initial=first_values(request))
    if form.is_valid():
        try:
            job = actions.start_job(by=request.user, **form.cleaned_data)
        except DomainError as error:
            add_refusal(form, error)
        else:
            return redirect("job", job_id=job.job_id)
    context = {"form": form, "recent": recent_jobs(request), "limit": TEXT_MAX_CHARACTERS, "has_voices": bool(voices)}
    return render(request, "jobs/speak.html", context)


def first_values(request: PageRequest) -> dict[str, Any]:
    """What the form starts with: an earlier job (`?again=`), a chosen voice (`?voice=`), or the default voice."""
    values = {"voice_id": request.GET.get("voice", settings.DEFAULT_VOICE)}
    again = Job.objects.owned_by(request.user).with_id(request.GET.get("again", "")).first()
    if again:
        values |= {name: getattr(again, name) for name in ("text", "title", "voice_id", "speaker", "speed", "format")}
    return values


def recent_jobs(request: PageRequest) -> list[Job]:
    return page(Job.objects.owned_by(request.user).in_list(), limit=RECENT_JOBS).items


@vary_on_headers("HX-Request")
@require_safe
def jobs(request: PageRequest) -> HttpResponse:
    status, q = asked_words(request, "status"), asked_words(request)
    rows = Job.objects.owned_by(request.user).matching(status=status, q=q).in_list()
    found = page(rows, cursor=request.GET.get("cursor"))
    context = {"jobs": found.items, "next": found.next, "status": status, "q": q, "statuses": list(WORDS.items())}
    return render(request, "jobs/jobs.html#rows" if request.htmx else "jobs/jobs.html", context)


@vary_on_headers("HX-Request")
@require_safe
def job(request: PageRequest, job_id: str) -> HttpResponse:
    return show_job(request, find(request, job_id))


@require_POST
def cancel_job(request: PageRequest, job_id: str) -> HttpResponse:
    job, error = find(request, job_id), ""
    try:
        actions.cancel_job(by=request.user, job=job)
    except DomainError as refused:
        error = refused.message
        job.refresh_from_db()
    if request.htmx:
        return show_job(request, job, cancel_error=error)
    if error:
        messages.error(request, error)
    return redirect("job", job_id=job.job_id)


def find(request: HttpRequest, job_id: str) -> Job:
    return get_object_or_404(Job.objects.owned_by(request.user).with_id(job_id))


def show_job(request: PageRequest, job: Job, **context: Any) -> HttpResponse:
    """The page, or only the part that moves."""
    context |= {"job": job, "poll_ms": poll_milliseconds(job)}
    return render(request, "jobs/job.html#status" if request.htmx else "jobs/job.html", context)


def poll_milliseconds(job: Job) -> int:
    age = (times.now() - job.created_at).total_seconds()
    return next((pause for seconds, pause in POLL_MILLISECONDS if age < seconds), POLL_SLOWEST)
