"""The inbox: chats by their newest message, and the search in them."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from config.errors import Unprocessable
from config.http import PageRequest, asked_words
from config.ids import OBJECT_ID
from leads.models import Channel, Contact, count_unread_chats
from leads.pages import chats
from leads.words import terms

PAGE = "leads/inbox.html"
ASKED = ("q", "show", "label", "channel")
TABS: dict[str, tuple[str, dict[str, Any]]] = {
    "": ("All", {"is_active": True}),
    "unread": ("Unread", {"is_active": True, "is_unread": True}),
    "blocked": ("Blocked", {"is_active": False}),
}
FOUND_CHATS = 10  # by name or number


@vary_on_headers("HX-Request")
@require_safe
def inbox(request: PageRequest) -> HttpResponse:
    """All chats, or with `?q=` those that it finds."""
    asked = {name: asked_words(request, name) for name in ASKED}
    context: dict[str, Any] = {"asked": asked, "q": asked["q"]}
    if asked["q"]:
        return show_found(request, context)
    found = chats.chat_page(request.user, what_is_wanted(asked), request.GET.get("cursor"))
    context |= {"chats": found.items, "next": found.next, "channels": channels_of(request)}
    if request.htmx:
        return render(request, f"{PAGE}#rows", context)
    context |= {
        "is_filtered": any(asked.values()),
        "is_first": "cursor" not in request.GET,
        "tabs": tabs(request, asked["show"]),
        "kept": kept(asked),
        "mark": mark_of(found.items),
    }
    return render(request, PAGE, context)


def channels_of(request: PageRequest) -> list[Channel]:
    return list(Channel.objects.owned_by(request.user).kept().order_by("name", "pk"))


def what_is_wanted(asked: dict[str, str]) -> dict[str, Any]:
    shown = TABS.get(asked["show"], TABS[""])[1]
    channel = asked["channel"] if OBJECT_ID.fullmatch(asked["channel"]) else ""
    return shown | {"label": asked["label"], "channel": channel.lower()}


def tabs(request: PageRequest, shown: str) -> list[dict[str, Any]]:
    here = shown if shown in TABS else ""
    return [
        {"words": words, "address": address(request, name), "is_here": name == here}
        for name, (words, _) in TABS.items()
    ]


def address(request: PageRequest, show: str) -> str:
    """Of the list with another tab, filtered as it is."""
    asked = {name: asked_words(request, name) for name in ("label", "channel")} | {"show": show}
    query = kept(asked)
    return f"{reverse('inbox')}{'?' if query else ''}{query}"


def kept(asked: dict[str, str]) -> str:
    """As it stands in an address."""
    return urlencode({name: value for name, value in asked.items() if value})


@require_safe
def inbox_news(request: PageRequest) -> HttpResponse:
    """The first chats of the list, and how many wait; 204 while they are as the page with this `?mark=` shows them."""
    if not request.htmx:
        return redirect("inbox")
    asked = {name: asked_words(request, name) for name in ASKED}
    found = chats.chat_page(request.user, what_is_wanted(asked))
    mark = mark_of(found.items)
    if mark == request.GET.get("mark"):
        return HttpResponse(status=204)
    context = {"chats": found.items, "has_more": bool(found.next), "mark": mark, "kept": kept(asked)}
    context |= {"channels": channels_of(request), "unread": count_unread_chats(request.user)}
    return render(request, f"{PAGE}#news", context)


def mark_of(contacts: list[Contact]) -> str:
    return chats.marked(map(chats.mark_of_chat, contacts))


def show_found(request: PageRequest, context: dict[str, Any]) -> HttpResponse:
    """Chats by their name or number, then what was said in any."""
    q, cursor = context["q"], request.GET.get("cursor")
    try:
        said = chats.said_in_chats(request.user, q, cursor)
    except Unprocessable as error:
        if request.htmx or error.field != "q":
            raise
        return render(request, PAGE, context | {"search_problem": error.message})
    context |= {"found": said.items, "next": said.next}
    if request.htmx:
        return render(request, f"{PAGE}#said", context)
    named = chats.chat_page(request.user, {"q": q}, limit=FOUND_CHATS) if not cursor else None
    context |= {"chats": named.items if named else (), "has_more_chats": bool(named and named.next)}
    context["channels"] = channels_of(request)
    return render(request, PAGE, context | {"has_words": bool(terms(q))})
