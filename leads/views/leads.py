"""The table of leads, and those made by hand."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.models import User, UserQuerySet
from config.errors import DomainError
from config.forms import add_refusal
from config.http import PageRequest, asked_words, list_address, list_query
from config.ids import OBJECT_ID
from config.paging import page
from leads.actions import leads as actions
from leads.forms.leads import LeadForm
from leads.models import COUNTED_MAX, EXACT_FIELDS, FILTER_FIELDS, Lead, LeadStatus
from leads.views import filters, saved_filters

SOURCE = "desk"  # of a lead that somebody of the team wrote down


@vary_on_headers("HX-Request")
@require_safe
def leads(request: PageRequest) -> HttpResponse:
    asked = asked_of(request)
    wanted, problem = what_is_wanted(asked)
    rows = Lead.objects.owned_by(request.user).matching(**wanted).in_list().prefetch_related("owner")
    found = page(rows, cursor=request.GET.get("cursor"), by="timestamp")
    context = {"leads": found.items, "next": found.next}
    if request.htmx:
        return render(request, "leads/leads.html#rows", context)
    return table(request, asked, wanted, problem, **context)


def asked_of(request: PageRequest) -> dict[str, str]:
    return {name: asked_words(request, name) for name in FILTER_FIELDS}


def table(
    request: PageRequest, asked: dict[str, str], wanted: dict[str, Any], problem: str, **context: Any
) -> HttpResponse:
    """The page around the rows."""
    context |= around(request, asked, problem) | {"tabs": tabs(request, wanted), "statuses": LeadStatus.choices}
    return render(request, "leads/leads.html", context)


def around(request: PageRequest, asked: dict[str, str], problem: str) -> dict[str, Any]:
    """What the table and the board have above their leads: the filter, and those that the team saved."""
    team = members(request.user)
    is_known = not OBJECT_ID.fullmatch(asked["owner"]) or any(member.pk == asked["owner"] for member in team)
    shown = {"asked": asked, "is_filtered": any(asked.values()), "problem": problem, "members": team}
    shown |= filters.shown_days(asked) | saved_filters.shown(request, asked)
    words = {name: f"{name.capitalize()}: {asked[name]}" for name in EXACT_FIELDS}
    shown["narrowed"] = filters.narrowed(request, asked, words)
    return shown | {"has_stranger": not is_known, "kept": list_query(request)}


def what_is_wanted(asked: dict[str, str]) -> tuple[dict[str, Any], str]:
    """The filter, and what could not be read of it."""
    wanted, problem = filters.read(asked)
    wanted |= {"q": asked["q"], "tag": asked["tag"]}
    wanted["exactly"] = {name: asked[name] for name in EXACT_FIELDS if asked[name]}
    wanted["status"] = asked["status"] if asked["status"] in LeadStatus.values else ""
    wanted["owner"] = asked["owner"] if OBJECT_ID.fullmatch(asked["owner"]) else ""
    return wanted, problem


def tabs(request: PageRequest, wanted: dict[str, Any]) -> list[dict[str, Any]]:
    """All leads that fit and those of each status: words, how many, the address, and whether they are shown."""
    counts = Lead.objects.owned_by(request.user).matching(**wanted | {"status": ""}).counts_by_status()
    has_more = max(counts.values()) >= COUNTED_MAX
    entries = [("", "All", f"{sum(counts.values()):,}{'+' if has_more else ''}")]
    entries += [(value, label, shown(counts[value])) for value, label in LeadStatus.choices]
    return [
        {"words": words, "count": count, "address": address(request, value), "is_here": value == wanted["status"]}
        for value, words, count in entries
    ]


def shown(count: int) -> str:
    return f"{count:,}{'+' if count >= COUNTED_MAX else ''}"


def address(request: PageRequest, status: str) -> str:
    """Of the table with another status, filtered as it is."""
    return list_address(request, "leads", status=status, mark="")


def members(user: User) -> UserQuerySet:
    return User.objects.in_team_of(user).filter(is_active=True).order_by("name", "email")


@require_http_methods(["GET", "HEAD", "POST"])
def new_lead(request: PageRequest) -> HttpResponse:
    form = LeadForm(request.POST or None, initial={"source": SOURCE})
    if form.is_valid():
        try:
            taken = actions.create_lead(by=request.user, **form.cleaned_data)
        except DomainError as error:
            add_refusal(form, error)
        else:
            return after(request, taken.result)
    return render(request, "leads/new_lead.html", {"form": form})


def after(request: PageRequest, result: tuple[Lead, bool] | None) -> HttpResponse:
    """To the lead; to the list while it waits for the database."""
    if result is None:
        messages.warning(request, "The database is away. The lead is kept, and will be here once it is back.")
        return redirect("leads")
    lead, is_new = result
    known = f"{lead} was known by this e-mail, and has what you wrote now."
    messages.success(request, f"{lead} is added." if is_new else known)
    return redirect("lead", lead_id=lead.pk)
