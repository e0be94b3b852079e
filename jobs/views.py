from collections.abc import Callable
from functools import partial
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from config import times
from config.errors import DomainError
from config.forms import add_refusal
from config.http import PageRequest, asked_words
from config.paging import page
from config.text import plain_lines
from jobs import actions, choices
from jobs.forms import FORMAT, SpeakForm, TitleForm
from jobs.models import TEXT_MAX_CHARACTERS, WORDS, Job
from jobs.names import add_voice_names
from jobs.sources import SourceUnknown
from voices.models import Voice

RECENT_JOBS = 5
POLL_MILLISECONDS = ((3, 250), (30, 700))  # a job of up to so many seconds is looked at every so many milliseconds
POLL_SLOWEST = 2_000
BOX = "spoken"  # the id of a job's status in the "say something" box of another page


@require_safe
def home(request: PageRequest) -> HttpResponse:
    context = {"jobs": recent_jobs(request), "voices_ready": choices.count(request.user)}
    return render(request, "jobs/home.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def speak(request: PageRequest) -> HttpResponse:
    voices = list(Voice.objects.available().order_by("name"))
    form = SpeakForm(request.POST or None, by=request.user, voices=voices, initial=first_values(request))
    if form.is_valid():
        try:
            job = actions.start_job(by=request.user, **form.values())
        except DomainError as error:
            add_refusal(form, error)
        else:
            return redirect("job", job_id=job.job_id)
    context = {"form": form, "recent": recent_jobs(request), "limit": TEXT_MAX_CHARACTERS}
    return render(request, "jobs/speak.html", context)


def first_values(request: PageRequest) -> dict[str, Any]:
    """What the form starts with: an earlier job (`?again=`), or what was chosen elsewhere to speak with."""
    again = Job.objects.owned_by(request.user).with_id(request.GET.get("again", "")).first()
    if not again:
        return {"voice_id": chosen(*(asked_words(request, kind) for kind in ("echo", "model", "voice")))}
    values = {name: getattr(again, name) for name in ("text", "title", "speaker", "speed", "format")}
    return values | {"voice_id": chosen(again.echo_id, again.model_id, again.voice_id)}


def chosen(echo_id: str, model_id: str, voice_id: str) -> str:
    """The value that the form has for it; the default voice when nothing is named."""
    if echo_id or model_id:
        return f"echo:{echo_id}" if echo_id else f"model:{model_id}"
    return voice_id or settings.DEFAULT_VOICE


def recent_jobs(request: PageRequest) -> list[Job]:
    jobs = page(Job.objects.owned_by(request.user).in_list(), limit=RECENT_JOBS).items
    add_voice_names(request.user, jobs)
    return jobs


@vary_on_headers("HX-Request")
@require_safe
def jobs(request: PageRequest) -> HttpResponse:
    status, q = asked_words(request, "status"), asked_words(request)
    rows = Job.objects.owned_by(request.user).matching(status=status, q=q).in_list()
    found = page(rows, cursor=request.GET.get("cursor"))
    add_voice_names(request.user, found.items)
    context = {"jobs": found.items, "next": found.next, "status": status, "q": q, "statuses": list(WORDS.items())}
    return render(request, "jobs/jobs.html#rows" if request.htmx else "jobs/jobs.html", context)


@vary_on_headers("HX-Request", "HX-Target")
@require_safe
def job(request: PageRequest, job_id: str) -> HttpResponse:
    return show_job(request, find(request, job_id))


@require_POST
def cancel_job(request: PageRequest, job_id: str) -> HttpResponse:
    return changed(request, job_id, actions.cancel_job)


@require_POST
def retry_job(request: PageRequest, job_id: str) -> HttpResponse:
    return changed(request, job_id, actions.retry_job)


@require_POST
def keep_job(request: PageRequest, job_id: str) -> HttpResponse:
    return changed(request, job_id, partial(actions.change_job, keep="keep" in request.POST))


def changed(request: PageRequest, job_id: str, change: Callable[..., None]) -> HttpResponse:
    """The job after a change, with what refused it if something did."""
    job, error = find(request, job_id), ""
    try:
        change(by=request.user, job=job)
    except DomainError as refused:
        error, job = refused.message, find(request, job_id)
    if request.htmx:
        return show_job(request, job, error=error)
    if error:
        messages.error(request, error)
    return redirect("job", job_id=job.job_id)


@require_http_methods(["GET", "HEAD", "POST"])
def rename_job(request: PageRequest, job_id: str) -> HttpResponse:
    job = find(request, job_id)
    form = TitleForm(request.POST or None, initial={"title": job.title})
    if form.is_valid():
        actions.change_job(by=request.user, job=job, title=form.cleaned_data["title"])
        return redirect("job", job_id=job.job_id)
    return render(request, "jobs/rename_job.html", {"form": form, "job": job})


@require_http_methods(["GET", "HEAD", "POST"])
def delete_job(request: PageRequest, job_id: str) -> HttpResponse:
    """Ask first, then delete."""
    job = find(request, job_id)
    if request.method == "POST":
        actions.delete_job(by=request.user, job=job)
        messages.success(request, f"{job.title} is deleted.")
        return redirect("jobs")
    return render(request, "jobs/delete_job.html", {"job": job})


@require_POST
def say(request: PageRequest, **named: str) -> HttpResponse:
    """The "say something" box on the page of an echo, a voice model or a voice: `named` is its id."""
    text, job, error = plain_lines(request.POST.get("text", "")), None, ""
    try:
        job = actions.start_job(by=request.user, text=text, format=FORMAT, **named)
    except SourceUnknown as unknown:
        raise Http404 from unknown
    except DomainError as refused:
        error = refused.message
    if request.htmx:
        return show_in_box(request, job, error=error)
    if job:
        return redirect("job", job_id=job.job_id)
    messages.error(request, error)
    return redirect(request.path.removesuffix("/say"))


def find(request: HttpRequest, job_id: str) -> Job:
    return get_object_or_404(Job.objects.owned_by(request.user).with_id(job_id))


def show_job(request: PageRequest, job: Job, **context: Any) -> HttpResponse:
    """The page, or only the part that moves."""
    if request.htmx and request.htmx.target == BOX:
        return show_in_box(request, job, **context)
    add_voice_names(request.user, [job])
    context |= {"job": job, "poll_ms": poll_milliseconds(job)}
    return render(request, "jobs/job.html#status" if request.htmx else "jobs/job.html", context)


def show_in_box(request: PageRequest, job: Job | None, **context: Any) -> HttpResponse:
    """How a job stands, on the page of what speaks it; or why there is none."""
    context |= {"job": job, "poll_ms": poll_milliseconds(job) if job else 0, "status_id": BOX}
    return render(request, "jobs/_status.html", context)


def poll_milliseconds(job: Job) -> int:
    age = (times.now() - job.created_at).total_seconds()
    return next((pause for seconds, pause in POLL_MILLISECONDS if age < seconds), POLL_SLOWEST)
