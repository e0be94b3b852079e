"""The pages on which staff get more voices."""

from collections.abc import Callable
from functools import wraps

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from config.errors import DomainError
from config.http import PageRequest, asked_words
from voices.actions import downloads
from voices.models import Voice, VoiceDownload, VoiceQuerySet

View = Callable[..., HttpResponse]
SHOWN_VOICES = 1_000
PAGE = "voices/catalogue.html"


def staff_only(view: View) -> View:
    @wraps(view)
    def checked(request: PageRequest, **kwargs: str) -> HttpResponse:
        downloads.check_staff(request.user)
        return view(request, **kwargs)

    return checked


@vary_on_headers("HX-Request")
@require_safe
@staff_only
def catalogue(request: PageRequest) -> HttpResponse:
    asked = {"q": asked_words(request), **{name: asked_words(request, name) for name in ("language", "quality")}}
    if not request.htmx:
        return show(request, Voice.objects.in_catalogue(**asked), **asked)
    refresh = find_refresh()
    if refresh and refresh.is_open:
        return render(request, f"{PAGE}#refresh", {"refresh": refresh})
    return HttpResponseClientRefresh()


@vary_on_headers("HX-Request")
@require_safe
@staff_only
def catalogue_voice(request: PageRequest, voice_id: str) -> HttpResponse:
    return show_voice(request, find(voice_id))


@require_POST
@staff_only
def download_voice(request: PageRequest, voice_id: str) -> HttpResponse:
    voice, refusal = find(voice_id), ""
    try:
        downloads.start_download(by=request.user, voice_id=voice.voice_id)
    except DomainError as error:
        refusal = error.message
    if request.htmx:
        return show_voice(request, voice, refusal=refusal)
    if refusal:
        messages.error(request, refusal)
    return redirect("catalogue-voice", voice_id=voice.voice_id)


@require_POST
@staff_only
def refresh_catalogue(request: PageRequest) -> HttpResponse:
    downloads.start_refresh(by=request.user)
    return redirect("catalogue")


def find(voice_id: str) -> Voice:
    return get_object_or_404(Voice.objects.in_catalogue(), voice_id=voice_id)


def find_refresh() -> VoiceDownload | None:
    return VoiceDownload.objects.filter(voice_id=downloads.WHOLE_CATALOGUE).first()


def show_voice(request: PageRequest, voice: Voice, *, refusal: str = "") -> HttpResponse:
    """The line of one voice, or the page with nothing but that line."""
    if not request.htmx:
        return show(request, Voice.objects.in_catalogue().filter(pk=voice.pk), only=voice)
    download = VoiceDownload.objects.filter(voice_id=voice.voice_id).first()
    return render(request, f"{PAGE}#offer", {"voice": voice, "download": download, "refusal": refusal})


def show(request: PageRequest, found: VoiceQuerySet, **context: object) -> HttpResponse:
    fetched = {download.voice_id: download for download in VoiceDownload.objects.all()}
    offers = [{"voice": voice, "download": fetched.get(voice.voice_id)} for voice in found[:SHOWN_VOICES]]
    rows = Voice.objects.in_catalogue()
    context |= {
        "offers": offers,
        "refresh": fetched.get(downloads.WHOLE_CATALOGUE),
        "languages": rows.languages(),
        "qualities": sorted(set(rows.values_list("quality", flat=True))),
        "is_busy": any(download.is_open for download in fetched.values()),
    }
    return render(request, PAGE, context)
