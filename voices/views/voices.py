"""The library: a person's voice models, those of the team, and the catalogue; and the page of one voice."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from config.http import PageRequest, asked_words
from config.paging import PAGE_ROWS, page
from voices import engines
from voices.models import ENGINE, Voice, VoiceModel

MINE, SHARED, CATALOGUE = "mine", "shared", "catalogue"
PARTS = {MINE: "My voice models", SHARED: "Shared by my team", CATALOGUE: "Voices of this installation"}
TABS = {"": "All", MINE: "Mine", SHARED: "My team", CATALOGUE: "This installation"}
ENGINE_NAMES = {"piper": "Piper", "fish": "Fish Audio"}
OF_MODELS, OF_VOICES = ("q", "engine", "tag"), ("q", "engine", "language", "quality")
FILTERS = ("q", "language", "quality", "engine", "tag")
FEW_MODELS = 6  # of each part, where all parts stand on one page
VOICES_MAX = 1_000


@vary_on_headers("HX-Request")
@require_safe
def voices(request: PageRequest) -> HttpResponse:
    """All parts in short, or one of them (`?part=`) whole; for htmx the next rows of that one."""
    part, asked = asked_words(request, "part"), {name: asked_words(request, name) for name in FILTERS}
    context: dict[str, Any] = {"part": part if part in PARTS else "", "parts": PARTS, "tabs": TABS}
    context |= asked | {"is_filtered": any(asked.values()), "engines": ENGINE_NAMES}
    context["cloning_is_on"] = engines.is_on(ENGINE)
    if request.htmx and part in (MINE, SHARED):
        return render(request, "voices/voices.html#rows", context | models(request, part, asked))
    for each in shown(context["part"], asked):
        context[each] = catalogue(asked) if each == CATALOGUE else models(request, each, asked)
    return render(request, "voices/voices.html", context)


def shown(part: str, asked: dict[str, str]) -> list[str]:
    """The parts that a page has: a filter that only voices know leaves models out, and the other way round."""
    of_voices = asked["language"] or asked["quality"]
    fitting = [each for each in PARTS if not (asked["tag"] if each == CATALOGUE else of_voices)]
    return [each for each in fitting if part in ("", each)]


def models(request: PageRequest, part: str, asked: dict[str, str]) -> dict[str, Any]:
    """A page of the person's own models, or of those that the team shares."""
    rows = VoiceModel.objects.matching(**{name: asked[name] for name in OF_MODELS}).in_list()
    rows = rows.shared_with(request.user).prefetch_related("user") if part == SHARED else rows.owned_by(request.user)
    is_whole = request.GET.get("part") == part
    found = page(
        rows, cursor=request.GET.get("cursor") if is_whole else None, limit=PAGE_ROWS if is_whole else FEW_MODELS
    )
    return {"models": found.items, "next": found.next, "of": part}


def catalogue(asked: dict[str, str]) -> dict[str, Any]:
    local = Voice.objects.local()
    kinds = set(local.values_list("language", "quality"))
    return {
        "voices": local.matching(**{name: asked[name] for name in OF_VOICES})[:VOICES_MAX],
        "languages": sorted({language for language, _ in kinds}),
        "qualities": sorted({quality for _, quality in kinds if quality}),
    }


@require_safe
def voice(request: PageRequest, voice_id: str) -> HttpResponse:
    found = get_object_or_404(Voice.objects.called(voice_id))
    return render(request, "voices/voice.html", {"voice": found, "is_from_catalogue": found.engine == "piper"})
