"""The list of conversations, and the search in what was said."""

import re
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from config.errors import Unprocessable
from config.http import PageRequest, asked_words, list_query
from config.paging import page
from leads.models import QUALIFIED, ConversationSession, ExportKind, LeadStatus, SessionChannel
from leads.pages.bars import weekday
from leads.pages.country_names import country_name
from leads.search import search
from leads.views import filters
from leads.words import terms

PAGE = "leads/conversations.html"
ASKED = ("q", "channel", "lead", "from", "to", "minutes", "under", "turns", "country", "weekday", "hour", "engaged")
LEADS = {
    "yes": {"lead_generated": True},
    "no": {"lead_generated": False},
    "qualified": {"lead_generated": True, "lead_status": QUALIFIED},
    "converted": {"lead_generated": True, "lead_status": [LeadStatus.CONVERTED]},
}
TURNS = re.compile(r"(\d{1,6})-(\d{0,6})")
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
    context |= filters.shown_days(asked) | {"narrowed": filters.narrowed(request, asked, narrowed_words(asked))}
    context["kept"] = list_query(request, what=ExportKind.SESSIONS)
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
    lengths = {"minutes": ("min_minutes", minutes), "under": ("max_minutes", minutes)}
    wanted, problem = filters.read(asked, filters.DAYS | lengths)
    wanted |= LEADS.get(asked["lead"], {}) | turns(asked["turns"])
    wanted["channel"] = asked["channel"] if asked["channel"] in SessionChannel.values else None
    wanted["country"] = asked["country"] or None
    wanted["weekday"] = number_of(asked["weekday"], range(1, 8))
    wanted["hour"] = number_of(asked["hour"], range(24))
    wanted["is_engaged"] = bool(asked["engaged"])
    return wanted, problem


def turns(text: str) -> dict[str, int | None]:
    """How often the person spoke, as 4-7 or 16-; nothing for what is neither."""
    found = TURNS.fullmatch(text)
    return {"min_turns": int(found[1]), "max_turns": int(found[2]) if found[2] else None} if found else {}


def turns_words(text: str) -> str:
    """4 to 7 times, 16 times or more."""
    first, _, last = text.partition("-")
    times = "once" if first == "1" else f"{first} times"
    if not last:
        return f"{times} or more"
    return times if first == last else f"{first} to {last} times"


def number_of(text: str, numbers: range) -> int | None:
    """None for what is none of them."""
    return next((number for number in numbers if f"{number}" == text), None)


def narrowed_words(asked: dict[str, str]) -> dict[str, str]:
    """How the filters read that have no field."""
    day = number_of(asked["weekday"], range(1, 8))
    return {
        "country": f"Country: {country_name(asked['country'])}",
        "under": f"Under {asked['under']} min",
        "turns": f"The person spoke {turns_words(asked['turns'])}",
        "weekday": f"{weekday(day)}s" if day else f"Weekday: {asked['weekday']}",
        "hour": f"From {asked['hour']}:00 on, for an hour, in UTC",
        "engaged": "Got going",
    }


def minutes(text: str) -> float:
    """ValueError with a sentence for what is no number of minutes."""
    try:
        number = float(text)
    except ValueError:
        number = -1.0
    if 0 <= number <= MINUTES_MAX:
        return number
    raise ValueError("Say the minutes as a number, like 5.")
