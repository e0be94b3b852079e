"""The list of conversations, and the search in what was said."""

from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from config.errors import Unprocessable
from config.http import PageRequest, asked_words
from config.paging import page
from leads.models import ConversationSession, SessionChannel
from leads.search import search
from leads.views import filters
from leads.words import terms

PAGE = "leads/conversations.html"
ASKED = ("q", "channel", "lead", "from", "to", "minutes")
LEADS = {"yes": True, "no": False}
MINUTES_MAX = 100_000


@vary_on_headers("HX-Request")
@require_safe
def conversations(request: PageRequest) -> HttpResponse:
    """All of them, or with `?q=` what was said in them."""
    asked = {name: asked_words(request, name) for name in ASKED}
    context: dict[str, Any] = {"asked": asked, "q": asked["q"], "channels": SessionChannel.choices}
    if asked["q"]:
        return show_found(request, context)
    wanted, problem = what_is_wanted(asked)
    rows = ConversationSession.objects.owned_by(request.user).matching(**wanted).slim()
    found = page(rows.prefetch_related("lead"), cursor=request.GET.get("cursor"), by="start_time")
    context |= {"sessions": found.items, "next": found.next, "problem": problem, "is_filtered": any(asked.values())}
    context |= filters.shown_days(asked)
    return render(request, f"{PAGE}#rows" if request.htmx else PAGE, context)


def show_found(request: PageRequest, context: dict[str, Any]) -> HttpResponse:
    q = context["q"]
    try:
        found = search(request.user, q, request.GET.get("cursor"))
    except Unprocessable as error:
        if request.htmx or error.field != "q":
            raise
        return render(request, PAGE, context | {"search_problem": error.message})
    context |= {"events": found.items, "next": found.next, "has_words": bool(terms(q))}
    return render(request, f"{PAGE}#found" if request.htmx else PAGE, context)


def what_is_wanted(asked: dict[str, str]) -> tuple[dict[str, Any], str]:
    """The filter, and what could not be read of it."""
    wanted, problem = filters.read(asked, filters.DAYS | {"minutes": ("min_minutes", minutes)})
    wanted["lead_generated"] = LEADS.get(asked["lead"])
    wanted["channel"] = asked["channel"] if asked["channel"] in SessionChannel.values else None
    return wanted, problem


def minutes(text: str) -> float:
    """ValueError with a sentence for what is no number of minutes."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if 0 <= number <= MINUTES_MAX:
        return number
    raise ValueError("Say the minutes as a number, like 5.")
