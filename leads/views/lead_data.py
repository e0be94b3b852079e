"""What a person has a right to: all that is known of them, and that it goes."""

from django.contrib import messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods

from config.http import PageRequest, client_address
from leads.actions import lead_erasing
from leads.data_answer import data_answer
from leads.privacy.belongings import belongings_of
from leads.views.lead import find


@require_GET
def lead_data(request: PageRequest, lead_id: str) -> HttpResponseBase:
    """A zip file of JSON and of the files that belong to it."""
    return data_answer(request.user, find(request, lead_id), address=client_address(request))


@require_http_methods(["GET", "HEAD", "POST"])
def erase_lead(request: PageRequest, lead_id: str) -> HttpResponse:
    """Ask first, with what will go; then erase."""
    lead = find(request, lead_id)
    if request.method == "POST":
        lead_erasing.erase_lead(by=request.user, lead=lead, address=client_address(request))
        messages.success(request, "The lead is erased, with all that was known of them.")
        return redirect("leads")
    theirs = belongings_of(lead)
    context = {"lead": lead, "theirs": theirs, "counts": theirs.counts()}
    return render(request, "leads/erase_lead.html", context)
