"""Documents are opened, looked at, spoken and heard as audiobooks."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from config.errors import DomainError
from config.forms import add_refusal
from config.http import PageRequest
from config.paging import page
from config.telling import told
from jobs import choices
from jobs.actions import audiobooks as actions
from jobs.actions.audiobooks.starting import NOT_ENDED
from jobs.book_progress import add_jobs, add_progress
from jobs.documents.bounds import FILE_MAX_BYTES
from jobs.forms import DocumentForm, ReviewForm, VoiceForm
from jobs.models import BEGUN, TO_COME, Audiobook, Chapter, Step
from jobs.names import add_voice_names
from jobs.views.speak import chosen

PAGE = "jobs/audiobook.html"
ROWS_MAX = 100  # chapters that are asked for at once
GOES_ON = (*BEGUN, *TO_COME)


@require_http_methods(["GET", "HEAD", "POST"])
def audiobooks(request: PageRequest) -> HttpResponse:
    """All of them; a document that is posted is opened."""
    form = DocumentForm(request.POST, request.FILES) if request.method == "POST" else DocumentForm()
    if form.is_valid():
        try:
            book = actions.open_document(by=request.user, file=form.cleaned_data["file"])
        except DomainError as error:
            add_refusal(form, error)
        else:
            return redirect("audiobook", audiobook_id=book.pk)
    found = page(Audiobook.objects.owned_by(request.user).present(), cursor=request.GET.get("cursor"))
    add_progress(found.items)
    context = {"form": form, "books": found.items, "next": found.next, "max_bytes": FILE_MAX_BYTES}
    return render(request, "jobs/audiobooks.html", context)


@vary_on_headers("HX-Request")
@require_safe
def audiobook(request: PageRequest, audiobook_id: str) -> HttpResponse:
    """What was found, to be chosen from; then how far it is, and what there is to be heard."""
    book = find(request, audiobook_id)
    if not request.htmx:
        return show(request, book)
    if request.GET.get("shown") != phase(book):
        return HttpResponseClientRefresh()
    add_progress([book])
    return render(request, f"{PAGE}#status", {"book": book, "phase": phase(book)})


def phase(book: Audiobook) -> str:
    """Which of its pages is shown."""
    if book.is_draft:
        return "review"
    return "reading" if book.step == Step.READ else "spoken"


def show(request: PageRequest, book: Audiobook, form: ReviewForm | None = None, **more: Any) -> HttpResponse:
    context = {"book": book, "phase": phase(book)} | more
    rows = Chapter.objects.of(book).in_list() if book.is_draft else Chapter.objects.of(book).chosen().without_texts()
    chapters = list(rows)
    if book.is_draft:
        context["form"] = form or review_form(request, book)
        context.setdefault("ticked", [chapter.number for chapter in chapters])
    else:
        add_jobs(chapters)
        context["has_gaps"] = book.is_ready and any(chapter.is_lost for chapter in chapters)
    add_progress([book])
    add_voice_names(request.user, [book])
    return render(request, PAGE, context | {"chapters": chapters, "goes_on": GOES_ON})


def review_form(request: PageRequest, book: Audiobook) -> ReviewForm:
    named = chosen(book.echo_id, book.model_id, choices.of_language(book.language, book.voice_id))
    first = {"title": book.title, "author": book.author, "keep": book.is_kept, "speed": book.speed, "voice_id": named}
    return ReviewForm(request.POST or None, by=request.user, initial=first)


@require_safe
def audiobook_rows(request: PageRequest, audiobook_id: str) -> HttpResponse:
    """How the chapters stand now that a page shows as waiting or being made."""
    book = find(request, audiobook_id)
    numbers = [int(each) for each in request.GET.getlist("chapter")[:ROWS_MAX] if each.isdecimal() and len(each) < 6]
    chapters = list(Chapter.objects.of(book).chosen().filter(number__in=numbers).without_texts())
    add_jobs(chapters)
    return render(request, f"{PAGE}#rows", {"book": book, "chapters": chapters, "goes_on": GOES_ON})


@require_POST
def start_audiobook(request: PageRequest, audiobook_id: str) -> HttpResponse:
    book = find(request, audiobook_id)
    if not book.is_draft:
        messages.warning(request, "This audiobook was started already.")
        return redirect("audiobook", audiobook_id=book.pk)
    form = review_form(request, book)
    numbers = [int(each) for each in request.POST.getlist("chapter") if each.isdecimal() and len(each) < 6]
    if form.is_valid():
        try:
            actions.start_audiobook(by=request.user, audiobook=book, chapters=numbers, **form.values())
        except DomainError as error:
            add_refusal(form, error)
        else:
            return redirect("audiobook", audiobook_id=book.pk)
    return show(request, book, form, ticked=numbers)


@require_POST
def cancel_audiobook(request: PageRequest, audiobook_id: str) -> HttpResponse:
    return changed(request, audiobook_id, actions.cancel_audiobook)


@require_POST
def retry_audiobook(request: PageRequest, audiobook_id: str) -> HttpResponse:
    without_failed = "without_failed" in request.POST
    return changed(request, audiobook_id, actions.retry_audiobook, without_failed=without_failed)


@require_http_methods(["GET", "HEAD", "POST"])
def change_voice(request: PageRequest, audiobook_id: str) -> HttpResponse:
    """Choose what speaks the chapters anew."""
    book = find(request, audiobook_id)
    if not book.can_change_voice:
        messages.warning(request, NOT_ENDED)
        return redirect("audiobook", audiobook_id=book.pk)
    first = {"speed": book.speed, "voice_id": chosen(book.echo_id, book.model_id, book.voice_id)}
    form = VoiceForm(request.POST or None, by=request.user, initial=first)
    if form.is_valid():
        try:
            actions.change_voice(by=request.user, audiobook=book, **form.values())
        except DomainError as error:
            add_refusal(form, error)
        else:
            return redirect("audiobook", audiobook_id=book.pk)
    return render(request, "jobs/audiobook_voice.html", {"book": book, "form": form})


def changed(request: PageRequest, audiobook_id: str, change: Callable[..., None], **fields: Any) -> HttpResponse:
    book = find(request, audiobook_id)
    with told(request):
        change(by=request.user, audiobook=book, **fields)
    return redirect("audiobook", audiobook_id=book.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def delete_audiobook(request: PageRequest, audiobook_id: str) -> HttpResponse:
    """Ask first, then delete."""
    book = find(request, audiobook_id)
    if request.method == "POST":
        actions.delete_audiobook(by=request.user, audiobook=book)
        messages.success(request, f"{book} is deleted.")
        return redirect("audiobooks")
    add_progress([book])
    return render(request, "jobs/delete_audiobook.html", {"book": book, "count": sum(book.counts.values())})


def find(request: HttpRequest, audiobook_id: str) -> Audiobook:
    return get_object_or_404(Audiobook.objects.owned_by(request.user).present(), pk=audiobook_id)
