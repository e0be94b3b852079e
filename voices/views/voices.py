from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config.http import PageRequest, asked_words
from voices.models import Voice


@require_safe
def voices(request: PageRequest) -> HttpResponse:
    q, language = asked_words(request), asked_words(request, "language")
    context = {
        "voices": Voice.objects.local().matching(q=q, language=language)[:1000],
        "languages": Voice.objects.local().languages(),
        "q": q,
        "language": language,
    }
    return render(request, "voices/voices.html", context)
