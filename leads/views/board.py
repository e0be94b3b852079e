"""The board of leads: a column for each status, between which they are moved."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from config.errors import DomainError, NotFound
from config.http import PageRequest, asked_words, list_address, list_query
from leads.actions import leads as actions
from leads.actions.statuses import GONE
from leads.models import FILTER_FIELDS, Lead, LeadStatus
from leads.pages import board as reads
from leads.views.leads import address, around, shown, what_is_wanted

PAGE = "leads/board.html"
LOOK_SECONDS = 10  # between two looks for what others did; news of the desk make the page look at once
SEARCH_LOOK_SECONDS = 30  # where a filter looks through all rows


@vary_on_headers("HX-Request")
@require_safe
def board(request: PageRequest) -> HttpResponse:
    """The page; for its own script what is new, 204 while the board is as the page with this `?mark=` shows it."""
    asked, problem, columns = look(request)
    context = laid_out(request, asked, columns)
    if not request.htmx:
        context |= around(request, asked, problem) | {"has_leads": any(column.count for column in columns)}
        return render(request, PAGE, context)
    if context["mark"] == request.GET.get("mark"):
        return HttpResponse(status=204)
    return render(request, f"{PAGE}#news", context)


def look(request: PageRequest) -> tuple[dict[str, str], str, list[reads.Column]]:
    """The filter as it is asked, what can't be read of it, and the board. All statuses are there."""
    asked = {name: asked_words(request, name) for name in FILTER_FIELDS if name != "status"}
    wanted, problem = what_is_wanted(asked | {"status": ""})
    return asked, problem, reads.columns(request.user, wanted)


def laid_out(request: PageRequest, asked: dict[str, str], columns: list[reads.Column]) -> dict[str, Any]:
    """How the board looks, where its leads are in the table, and how the page asks for news."""
    kept, mark = list_query(request, mark=""), reads.mark_of(columns)
    return {
        "columns": [
            {"column": each, "count": shown(each.count), "table": address(request, each.status)} for each in columns
        ],
        "statuses": LeadStatus.choices,
        "kept": kept,
        "mark": mark,
        "news": list_address(request, "board", mark=mark),
        "every": SEARCH_LOOK_SECONDS if any(asked[name] for name in ("q", "tag", "owner")) else LOOK_SECONDS,
    }


@require_POST
def move_lead(request: PageRequest, lead_id: str) -> HttpResponse:
    """To another column, if the lead is still where the page showed it; else the sentence says who was first."""
    try:
        lead = move(request, lead_id)
    except DomainError as error:
        return say_refused(request, error)
    if request.htmx:
        return render(request, f"{PAGE}#news", after_move(request, lead))
    messages.success(request, f"{lead} is {lead.status_words} now.")
    return redirect(list_address(request, "board"))


def move(request: PageRequest, lead_id: str) -> Lead:
    lead = Lead.objects.owned_by(request.user).known_as(lead_id).first()
    if not lead:
        raise NotFound(GONE)
    given = {name: request.POST.get(name, "") for name in ("status", "shown")}
    actions.set_status(by=request.user, lead=lead, **given)
    return lead


def after_move(request: PageRequest, lead: Lead) -> dict[str, Any]:
    """The board as it is now; a lead that is older than those of its new column is not on it any more."""
    asked, _, columns = look(request)
    is_shown = any(lead in column.leads for column in columns)
    words = f"{lead} is {lead.status_words} now"
    where = "." if is_shown else f", further down than the {reads.BOARD_ROWS} newest that are shown."
    return laid_out(request, asked, columns) | {"said": words + where, "is_shown": is_shown}


def say_refused(request: PageRequest, error: DomainError) -> HttpResponse:
    """With the board as it is now."""
    if request.htmx:
        asked, _, columns = look(request)
        context = laid_out(request, asked, columns) | {"problem": error.message}
        return render(request, f"{PAGE}#news", context, status=error.status)
    if isinstance(error, NotFound):
        raise error
    messages.error(request, error.message)
    return redirect(list_address(request, "board"))
