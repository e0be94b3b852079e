"""The pronunciation dictionary of a team: everybody of it looks at it, writes it and listens to it."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers

from config.errors import DomainError
from config.forms import add_refusal
from config.http import PageRequest, asked_words
from config.paging import page
from jobs import actions as jobs
from jobs import sources
from jobs.actions import pronunciations as actions
from jobs.actions.pronunciation_lists import add_many
from jobs.forms import FORMAT, ImportPronunciationsForm, PronunciationForm
from jobs.models import Job, Pronunciation
from jobs.views.speak import said_in_box


@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
def pronunciations(request: PageRequest) -> HttpResponse:
    form = PronunciationForm(request.POST or None)
    if form.is_valid():
        try:
            entry = actions.add(by=request.user, **form.values())
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, f"Voices say “{entry.word}” as {entry.said} from now on.")
            return redirect("pronunciations")
    q = asked_words(request)
    found = page(Pronunciation.objects.owned_by(request.user).matching(q=q), cursor=request.GET.get("cursor"))
    context = {"form": form, "entries": found.items, "next": found.next, "q": q}
    return render(request, f"jobs/pronunciations.html{'#rows' if request.htmx else ''}", context)


@require_http_methods(["GET", "HEAD", "POST"])
def import_pronunciations(request: PageRequest) -> HttpResponse:
    form = ImportPronunciationsForm(request.POST or None)
    if form.is_valid():
        try:
            new, changed = add_many(by=request.user, text=form.cleaned_data["text"])
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"{new:,} added, {changed:,} changed.")
            return redirect("pronunciations")
    return render(request, "jobs/import_pronunciations.html", {"form": form})


@require_http_methods(["GET", "HEAD", "POST"])
def change_pronunciation(request: PageRequest, pronunciation_id: str) -> HttpResponse:
    entry = find(request, pronunciation_id)
    form = PronunciationForm(request.POST or None, entry=entry)
    if form.is_valid():
        try:
            actions.change(by=request.user, entry=entry, **form.values())
        except DomainError as error:
            form.refuse(error)
        else:
            messages.success(request, f"Voices say “{entry.word}” as {entry.said} from now on.")
            return redirect("pronunciations")
    return render(request, "jobs/change_pronunciation.html", {"form": form, "entry": entry})


@require_http_methods(["GET", "HEAD", "POST"])
def remove_pronunciation(request: PageRequest, pronunciation_id: str) -> HttpResponse:
    """Ask first, then remove."""
    entry = find(request, pronunciation_id)
    if request.method == "POST":
        actions.remove(by=request.user, entry=entry)
        messages.success(request, f"“{entry.word}” is removed.")
        return redirect("pronunciations")
    return render(request, "jobs/remove_pronunciation.html", {"entry": entry})


@require_POST
def say_pronunciation(request: PageRequest, pronunciation_id: str) -> HttpResponse:
    """Its word as a job, in the default voice, or one of the entry's language."""
    entry = find(request, pronunciation_id)

    def start() -> Job:
        voice_id = sources.voice_for(entry.language)
        return jobs.start_job(by=request.user, text=entry.word, voice_id=voice_id, format=FORMAT)

    return said_in_box(request, start, back="/pronunciations")


def find(request: PageRequest, pronunciation_id: str) -> Pronunciation:
    return get_object_or_404(Pronunciation.objects.owned_by(request.user), pk=pronunciation_id)
