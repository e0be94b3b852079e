from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods
from django.views.decorators.vary import vary_on_headers

from config import storage_quota
from config.errors import DomainError
from config.http import PageRequest, asked_words
from config.ids import OBJECT_ID
from config.paging import page
from voices import engines
from voices.actions import audio_files
from voices.forms.files import UploadForm
from voices.models import AUDIO_FILE_MAX_BYTES, ENGINE, AudioFile, AudioFileQuerySet

DELETED_AT_ONCE = 100


@vary_on_headers("HX-Request", "HX-Target")
@require_http_methods(["GET", "HEAD", "POST"])
def files(request: PageRequest) -> HttpResponse:
    form = UploadForm(request.POST, request.FILES) if request.method == "POST" else UploadForm()
    if form.is_valid() and upload(request, form):
        return redirect("files")
    template = "voices/files.html"
    if request.htmx:
        template += "#kept" if request.htmx.target == "kept" else "#rows"
    return render(request, template, {"form": form, "max_bytes": AUDIO_FILE_MAX_BYTES, **kept(request)})


def upload(request: PageRequest, form: UploadForm) -> bool:
    """Whether all files of the form were taken; each that wasn't has its sentence at the field."""
    taken, files, is_encrypted = 0, form.cleaned_data["file"], form.cleaned_data["encrypted"]
    for file in files:
        try:
            audio_files.upload_file(by=request.user, file=file, is_encrypted=is_encrypted)
        except DomainError as error:
            form.add_error("file", f"{file.name}: {error.message}")
        else:
            taken += 1
    if taken:
        messages.success(request, f"{taken} file{'s are' if taken > 1 else ' is'} uploaded.")
    return taken == len(files)


def kept(request: PageRequest) -> dict[str, Any]:
    """The list, and what it takes of the quota."""
    q = asked_words(request)
    rows = AudioFile.objects.owned_by(request.user).matching(q)
    found = page(rows, cursor=request.GET.get("cursor"), by="uploaded_at")
    used, limit = storage_quota.used_bytes(request.user), storage_quota.limit_bytes()
    sizes = {"used_bytes": used, "limit_bytes": limit}
    return {"files": found.items, "next": found.next, "q": q, "can_clone": engines.is_on(ENGINE), **sizes}


@require_http_methods(["GET", "HEAD", "POST"])
def delete_files(request: PageRequest) -> HttpResponse:
    """Asks first, with the names; the answer to that deletes."""
    found = chosen(request)
    if request.method == "POST":
        deleted, _ = audio_files.delete_files(by=request.user, file_ids=[file.pk for file in found])
        messages.success(request, f"{len(deleted)} file{'s are' if len(deleted) != 1 else ' is'} deleted.")
        return redirect("files")
    if not found:
        messages.warning(request, "Tick the files to delete first.")
        return redirect("files")
    return render(request, "voices/delete_files.html", {"files": found})


def chosen(request: PageRequest) -> AudioFileQuerySet:
    asked = (request.POST if request.method == "POST" else request.GET).getlist("file_id")[:DELETED_AT_ONCE]
    ids = [file_id for file_id in asked if OBJECT_ID.fullmatch(file_id)]
    return AudioFile.objects.owned_by(request.user).filter(pk__in=ids).order_by("-uploaded_at")
