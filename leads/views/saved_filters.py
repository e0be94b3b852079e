"""Filters of the leads that a team keeps under names."""

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST

from config.http import PageRequest
from config.telling import told
from leads.actions import saved_filters as actions
from leads.models import FILTER_FIELDS, FILTER_NAME_MAX_CHARACTERS, SavedFilter

LISTS = ("leads", "board")


def shown(request: PageRequest, asked: dict[str, str]) -> dict[str, Any]:
    """The links to a team's filters, and the one that is shown now, if it is one of them."""
    given = {field: text for field, text in asked.items() if text}
    at = request.resolver_match.url_name
    links = [
        {"filter": each, "address": address(at, each.wanted), "is_here": each.wanted == given}
        for each in SavedFilter.objects.owned_by(request.user).order_by("name", "pk")
    ]
    here = next((link["filter"] for link in links if link["is_here"]), None)
    most = FILTER_NAME_MAX_CHARACTERS
    return {"saved_filters": links, "saved_filter": here, "given": given, "at": at, "filter_name_max": most}


def address(at: str, wanted: dict[str, str]) -> str:
    """In the list that is open; the board has a column for each status, so that one status is shown in the table."""
    name = at if at in LISTS and "status" not in wanted else "leads"
    return f"{reverse(name)}{'?' if wanted else ''}{urlencode(wanted)}"


@require_POST
def save_filter(request: PageRequest) -> HttpResponse:
    given = {field: request.POST.get(field, "") for field in FILTER_FIELDS}
    with told(request):
        saved = actions.save_filter(by=request.user, name=request.POST.get("name", ""), wanted=given)
        messages.success(request, f"The filter “{saved}” is saved for your team.")
    return redirect(address(request.POST.get("at", ""), {field: text for field, text in given.items() if text}))


@require_http_methods(["GET", "HEAD", "POST"])
def delete_filter(request: PageRequest, filter_id: str) -> HttpResponse:
    """Ask first; then delete."""
    saved = get_object_or_404(SavedFilter.objects.owned_by(request.user).prefetch_related("by"), pk=filter_id)
    if request.method == "POST":
        actions.delete_filter(by=request.user, saved=saved)
        messages.success(request, f"The filter “{saved}” is deleted.")
        return redirect(address("leads", saved.wanted))
    return render(request, "leads/delete_filter.html", {"saved": saved, "back": address("leads", saved.wanted)})
