"""The page of one job, and what is done there."""

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from config import times
from config.errors import DomainError
from config.http import PageRequest
from jobs import actions
from jobs.forms import TitleForm
from jobs.models import Callback, Job
from jobs.names import add_voice_names

POLL_MILLISECONDS = ((3, 250), (30, 700))  # a job of up to so many seconds is looked at every so many milliseconds
POLL_SLOWEST = 2_000
BOX = "spoken"  # the id of a job's status in the "say something" box of another page


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


def find(request: HttpRequest, job_id: str) -> Job:
    return get_object_or_404(Job.objects.owned_by(request.user).with_id(job_id))


def show_job(request: PageRequest, job: Job, **context: Any) -> HttpResponse:
    """The page, or only the part that moves."""
    if request.htmx and request.htmx.target == BOX:
        return show_in_box(request, job, **context)
    add_voice_names(request.user, [job])
    context |= {"job": job, "poll_ms": poll_milliseconds(job), "callback": begun_callback(job)}
    return render(request, "jobs/job.html#status" if request.htmx else "jobs/job.html", context)


def show_in_box(request: PageRequest, job: Job | None, **context: Any) -> HttpResponse:
    """How a job stands, on the page of what speaks it; or why there is none."""
    context |= {"job": job, "poll_ms": poll_milliseconds(job) if job else 0, "status_id": BOX}
    return render(request, "jobs/_status.html", context)


def begun_callback(job: Job) -> Callback | None:
    """The callback of a job that has ended, if it was to call."""
    callback = None if job.is_open else Callback.objects.filter(job=job.pk).first()
    return callback if callback and callback.has_begun else None


def poll_milliseconds(job: Job) -> int:
    age = (times.now() - job.created_at).total_seconds()
    return next((pause for seconds, pause in POLL_MILLISECONDS if age < seconds), POLL_SLOWEST)
