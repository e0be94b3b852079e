"""Leads that may be one person, side by side; and how two become one."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from accounts.models import normalise_email
from config.errors import DomainError, NotFound
from config.http import PageRequest, asked_words
from config.paging import page
from config.telling import told
from leads.actions import duplicates as actions
from leads.actions import joining
from leads.models import Lead, LeadPair, LeadStatus

NOT_HERE = "This lead is not here. It may have been deleted in the meantime."
GONE = "The other lead is not here any more: it was deleted in the meantime. Nothing was merged."


@require_safe
def duplicates(request: PageRequest) -> HttpResponse:
    rows = LeadPair.objects.owned_by(request.user).suggested().prefetch_related("first__owner", "second__owner")
    found = page(rows, cursor=request.GET.get("cursor"), limit=10)
    pairs = [{"pair": pair, "fields": compared(pair.first, pair.second)} for pair in found.items if pair.is_whole]
    return render(request, "leads/duplicates.html", {"pairs": pairs, "next": found.next})


def compared(kept: Lead, other: Lead) -> list[dict[str, Any]]:
    """Field by field what the two say; what neither does is left out."""
    fields = []
    for name, label in joining.CHOSEN.items():
        one, two = shown(kept, name), shown(other, name)
        if one or two:
            fields.append({"name": name, "label": label, "kept": one, "other": two, "differs": one != two})
    return fields


def shown(lead: Lead, name: str) -> str:
    value = getattr(lead, name)
    if name == "status":
        return LeadStatus(value).label
    if name == "owner":
        return (value.name or value.email) if value else ""
    return value


@require_POST
def dismiss_duplicate(request: PageRequest, pair_id: str) -> HttpResponse:
    pair = get_object_or_404(LeadPair.objects.owned_by(request.user).prefetch_related("first", "second"), pk=pair_id)
    with told(request):
        actions.dismiss(by=request.user, pair=pair)
        messages.success(request, f"{pair.first} and {pair.second} are two people. They are not suggested again.")
    return redirect("duplicates")


@require_http_methods(["GET", "HEAD", "POST"])
def merge_lead(request: PageRequest, lead_id: str) -> HttpResponse:
    """Choose what stays, field by field; then merge the other one into this one."""
    kept = known(request, lead_id)
    if kept is None:
        raise NotFound(NOT_HERE)
    named = request.POST.get("other", "") if request.method == "POST" else asked_words(request, "with")
    if not named:
        return render(request, "leads/merge_lead.html", {"lead": kept})
    other = known(request, named)
    if other is None or other.pk == kept.pk:
        return not_two(request, kept, named, is_gone=other is None)
    if request.method == "POST":
        return merge(request, kept, other)
    context = {"lead": kept, "other": other, "seen": joining.mark_of(kept, other), "named": named}
    return render(request, "leads/merge_lead.html", context | {"fields": choices(kept, other)})


def known(request: PageRequest, text: str) -> Lead | None:
    """By one of its ids, or by its e-mail."""
    rows = Lead.objects.owned_by(request.user).prefetch_related("owner")
    return rows.known_as(text).first() or rows.filter(email=normalise_email(text)).first()


def choices(kept: Lead, other: Lead) -> list[dict[str, Any]]:
    """What the two say; where the kept one says nothing, the other's is taken unless somebody chooses otherwise."""
    return [field | {"takes_other": field["differs"] and not field["kept"]} for field in compared(kept, other)]


def not_two(request: PageRequest, kept: Lead, named: str, *, is_gone: bool) -> HttpResponse:
    if request.method != "POST":
        problem = "No other lead has this e-mail or id." if is_gone else "This is the lead itself. Name the other one."
        return render(request, "leads/merge_lead.html", {"lead": kept, "problem": problem, "named": named})
    messages.error(request, GONE if is_gone else joining.ONE)
    return redirect("lead", lead_id=kept.pk)


def merge(request: PageRequest, kept: Lead, other: Lead) -> HttpResponse:
    taken = {name for name in joining.CHOSEN if request.POST.get(f"take-{name}") == "other"}
    seen, said = request.POST.get("seen", ""), str(other)
    try:
        joining.merge_leads(by=request.user, kept=kept, other=other, taken=taken, seen=seen)
    except DomainError as error:
        messages.error(request, error.message)
        return redirect(f"{request.path}?with={other.pk}")
    messages.success(request, f"{said} is merged into {kept}.")
    return redirect("lead", lead_id=kept.pk)
