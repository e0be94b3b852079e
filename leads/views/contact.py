"""The page of a contact: what is known of them, what they are called, the lead that they may become, and their end."""

from typing import Any

from django.contrib import messages
from django.forms import Form
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from config.errors import DomainError
from config.forms import add_refusal
from config.http import PageRequest, client_address
from leads.actions.whatsapp import contacts, erasing, suggestions
from leads.forms.chats import AcceptForm, LabelForm, RenameForm
from leads.models import Contact, ConversationSession
from leads.views.chat import find, to_end
from leads.whatsapp.session_ids import talk_with

PAGE = "leads/contact.html"
SHOWN_SESSIONS = 20
LEAD_ID = "lead_%s"  # of its form's fields: a contact has a name too


@require_safe
def contact(request: PageRequest, user_id: str) -> HttpResponse:
    return show(request, find(request, user_id))


def show(request: PageRequest, contact: Contact, **forms: Form) -> HttpResponse:
    """`forms`: those that were refused, as they were filled in."""
    made = {
        "rename_form": RenameForm(initial={"name": contact.name}),
        "label_form": LabelForm(initial={"labels": ", ".join(contact.labels)}),
        "accept_form": AcceptForm(initial=known_fields(contact), auto_id=LEAD_ID),
    }
    return render(request, PAGE, {"contact": contact, "sessions": sessions_with(contact), **made, **forms})


def known_fields(contact: Contact) -> dict[str, str]:
    """What a lead would be made of, as far as it is known."""
    fields = suggestions.fields_of(contact)
    return {name: "" if value == suggestions.NOT_SAID else value for name, value in fields.items()}


def sessions_with(contact: Contact) -> list[ConversationSession]:
    """The newest ones."""
    rows = ConversationSession.objects.filter(team=contact.team_id, **talk_with(contact.pk))
    return list(rows.slim().order_by("-session_id")[:SHOWN_SESSIONS])


@require_POST
def rename_contact(request: PageRequest, user_id: str) -> HttpResponse:
    contact, form = find(request, user_id), RenameForm(request.POST)
    if took(form, lambda: contacts.rename(by=request.user, contact=contact, **form.cleaned_data)):
        messages.success(request, f"The contact is called {contact} now.")
        return redirect("contact", user_id=contact.pk)
    return show(request, contact, rename_form=form)


@require_POST
def label_contact(request: PageRequest, user_id: str) -> HttpResponse:
    contact, form = find(request, user_id), LabelForm(request.POST)
    if took(form, lambda: contacts.label(by=request.user, contact=contact, **form.cleaned_data)):
        messages.success(request, "The labels are saved.")
        return redirect("contact", user_id=contact.pk)
    return show(request, contact, label_form=form)


@require_POST
def block_contact(request: PageRequest, user_id: str) -> HttpResponse:
    contact = find(request, user_id)
    contacts.block(by=request.user, contact=contact)
    messages.success(request, f"{contact} is blocked: nobody here writes to them, the assistant neither.")
    return redirect("contact", user_id=contact.pk)


@require_POST
def unblock_contact(request: PageRequest, user_id: str) -> HttpResponse:
    contact = find(request, user_id)
    contacts.unblock(by=request.user, contact=contact)
    messages.success(request, f"{contact} is not blocked any more.")
    return redirect("contact", user_id=contact.pk)


@require_POST
def accept_lead(request: PageRequest, user_id: str) -> HttpResponse:
    """As it was found, with one click; or as somebody has filled it in."""
    contact = find(request, user_id)
    form = AcceptForm(request.POST if "email" in request.POST else known_fields(contact), auto_id=LEAD_ID)
    made: dict[str, Any] = {}
    if took(form, lambda: made.update(lead=suggestions.accept(by=request.user, contact=contact, **form.cleaned_data))):
        messages.success(request, f"{made['lead']} is among the leads.")
        return redirect("lead", lead_id=made["lead"].pk)
    return show(request, contact, accept_form=form)


@require_POST
def dismiss_lead(request: PageRequest, user_id: str) -> HttpResponse:
    contact = find(request, user_id)
    suggestions.dismiss(by=request.user, contact=contact)
    return to_end(contact)


@require_http_methods(["GET", "HEAD", "POST"])
def erase_contact(request: PageRequest, user_id: str) -> HttpResponse:
    """Ask first; then erase."""
    contact = find(request, user_id)
    if request.method == "POST":
        name = str(contact)
        erasing.erase(by=request.user, contact=contact, address=client_address(request))
        messages.success(request, f"{name} is erased.")
        return redirect("inbox")
    return render(request, "leads/erase_contact.html", {"contact": contact})


def took(form: Form, act: Any) -> bool:
    """Whether the form was fit, and the action did not refuse it."""
    if form.is_valid():
        try:
            act()
        except DomainError as error:
            add_refusal(form, error)
    return not form.errors
