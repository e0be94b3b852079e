"""What is done with several leads of the table."""

from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from config.errors import DomainError
from config.hooks import losses
from config.http import PageRequest, list_address
from config.ids import OBJECT_ID
from config.telling import told
from leads.actions import selected as actions
from leads.models import Lead
from leads.views.leads import asked_of, table, what_is_wanted

TICK_FIRST = "Tick the leads first."
NAMED = 5  # of those that were not changed; the others are counted
NOBODY = "nobody"  # as an owner; without one the owner stays


@require_POST
def change_leads(request: PageRequest) -> HttpResponse:
    """Give the ticked leads a status, an owner or a tag, or take a tag away. A refusal keeps ticks and words."""
    if found := ticked(request):
        try:
            report = actions.change_selected(by=request.user, leads=found, **what_is_changed(request))
        except DomainError as error:
            ticks, asked = [lead.pk for lead in found], asked_of(request)
            return table(
                request,
                asked,
                *what_is_wanted(asked),
                leads=found,
                ticked=ticks,
                asked_change=request.POST,
                refusal=error.message,
            )
        say_changed(request, report)
    return back(request)


def what_is_changed(request: PageRequest) -> actions.Changes:
    asked = {name: request.POST.get(name, "").strip() for name in ("status", "owner", "add_tags", "remove_tags")}
    changes: dict[str, Any] = {"status": asked["status"]} if asked["status"] else {}
    if asked["owner"]:
        changes["owner"] = None if asked["owner"] == NOBODY else asked["owner"]
    for name in ("add_tags", "remove_tags"):
        if tags := [tag for tag in asked[name].split(",") if tag.strip()]:
            changes[name] = tags
    return changes


def say_changed(request: PageRequest, report: actions.Report) -> None:
    if report.changed:
        rest = f"; {report.same} {'was' if report.same == 1 else 'were'} so already" if report.same else ""
        messages.success(request, f"{are(report.changed)} changed{rest}.")
    elif report.same:
        messages.success(request, f"Nothing to change: {are(report.same)} so already.")
    for reason, leads in report.refused.items():
        more = f" and {len(leads) - NAMED} more" if len(leads) > NAMED else ""
        names = ", ".join(map(str, leads[:NAMED]))
        messages.warning(request, f"{are(len(leads))} not changed: {names}{more}. {reason}")


@require_POST
def delete_leads(request: PageRequest) -> HttpResponse:
    """Asks first, with the names; the answer to that deletes."""
    found = ticked(request)
    if not found:
        return back(request)
    if "sure" not in request.POST:
        lost = list(dict.fromkeys(sentence for lead in found for sentence in losses(lead)))
        return render(request, "leads/delete_leads.html", {"leads": found, "losses": lost})
    with told(request):
        deleted = actions.delete_selected(by=request.user, leads=found)
        messages.success(request, f"{are(deleted)} deleted.")
    return back(request)


def are(count: int) -> str:
    return "1 lead is" if count == 1 else f"{count:,} leads are"


def ticked(request: PageRequest) -> list[Lead]:
    """The leads that the form names and that are still here; words for those that are not, or when there are none."""
    asked = {each for each in request.POST.getlist("lead") if OBJECT_ID.fullmatch(each)}
    rows = Lead.objects.owned_by(request.user).filter(pk__in=asked).in_list()
    found = list(rows.order_by("-timestamp", "-pk"))
    if missing := len(asked) - len(found):
        messages.warning(request, f"{are(missing)} not here any more.")
    elif not found:
        messages.warning(request, TICK_FIRST)
    return found


def back(request: PageRequest) -> HttpResponse:
    """To the table, filtered as it was."""
    return redirect(list_address(request, "leads"))
