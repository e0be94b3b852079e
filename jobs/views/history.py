"""The list of all jobs, and what is done with several of them."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from config.http import PageRequest, asked_words, list_address
from config.paging import PAGE_ROWS_MAX, page
from config.telling import told
from config.templatetags import show
from jobs import actions, choices
from jobs.forms import voice_labels
from jobs.models import WORDS, Job
from jobs.names import DELETED, add_voice_names
from voices.models import Voice

GONE = {"model": DELETED, "echo": "deleted echo"}
TICK_FIRST = "Tick the jobs first."


@vary_on_headers("HX-Request")
@require_safe
def jobs(request: PageRequest) -> HttpResponse:
    status, q, voice = asked_words(request, "status"), asked_words(request), asked_words(request, "voice")
    source = choices.named(voice)
    rows = Job.objects.owned_by(request.user).matching(status=status, q=q, **source).in_list()
    found = page(rows, cursor=request.GET.get("cursor"))
    add_voice_names(request.user, found.items)
    context = {"jobs": found.items, "next": found.next, "can_tick": True}
    if request.htmx:
        return render(request, "jobs/jobs.html#rows", context)
    context |= {"status": status, "q": q, "voice": voice, "statuses": list(WORDS.items())}
    return render(request, "jobs/jobs.html", context | {"voices": voice_choices(request, voice)})


def voice_choices(request: PageRequest, chosen: str) -> list[tuple[str, list[choices.Choice]]]:
    """All that can speak now, and what is chosen, though it may speak no more."""
    labels, known = voice_labels(Voice.objects.available().order_by("name")), None
    if chosen:
        kind, name = choices.split(chosen)
        found = choices.find(request.user, chosen)
        known = chosen, found[1] if found else show.voice(name) if kind == "voice" else GONE[kind]
    return choices.groups(request.user, labels, known)


@require_safe
def job_rows(request: PageRequest) -> HttpResponse:
    """How the jobs stand now that a page shows as open."""
    jobs = list(Job.objects.numbered(request.user, request.GET.getlist("job")[:PAGE_ROWS_MAX]).in_list())
    add_voice_names(request.user, jobs)
    return render(request, "jobs/jobs.html#rows", {"jobs": jobs})


@require_POST
def cancel_jobs(request: PageRequest) -> HttpResponse:
    """Stop those of the ticked jobs that are still open."""
    if found := ticked(request):
        with told(request):
            cancelled = actions.cancel_selected(by=request.user, jobs=found)
            say_cancelled(request, cancelled, len(found) - cancelled)
    return redirect(list_address(request, "jobs"))


def say_cancelled(request: PageRequest, cancelled: int, ended: int) -> None:
    if cancelled:
        late = f"; {ended} had finished already" if ended else ""
        messages.success(request, f"{are(cancelled)} cancelled{late}.")
    else:
        words = "The job" if ended == 1 else f"All {ended} jobs"
        messages.warning(request, f"Nothing was cancelled. {words} had finished already.")


@require_POST
def delete_jobs(request: PageRequest) -> HttpResponse:
    """Asks first, with the names; the answer to that deletes."""
    found = ticked(request)
    if not found:
        return redirect(list_address(request, "jobs"))
    if "sure" not in request.POST:
        add_voice_names(request.user, found)
        return render(request, "jobs/delete_jobs.html", {"jobs": found, **what_goes(found)})
    with told(request):
        deleted = actions.delete_selected(by=request.user, jobs=found)
        stay = f"; {len(found) - deleted} changed at the same time and stayed" if deleted < len(found) else ""
        messages.success(request, f"{are(deleted)} deleted{stay}.")
    return redirect(list_address(request, "jobs"))


def what_goes(jobs: list[Job]) -> dict[str, int]:
    return {
        "count_open": sum(job.is_open for job in jobs),
        "count_sounds": sum(job.is_ready for job in jobs),
        "count_kept": sum(job.is_kept and job.is_ready for job in jobs),
    }


def are(count: int) -> str:
    return "1 job is" if count == 1 else f"{count} jobs are"


def ticked(request: PageRequest) -> list[Job]:
    """The jobs that the form names; without any, a word that says so."""
    rows = Job.objects.numbered(request.user, request.POST.getlist("job")).without_texts().defer("peaks")
    found = list(rows.order_by("-created_at", "-pk"))
    if not found:
        messages.warning(request, TICK_FIRST)
    return found
