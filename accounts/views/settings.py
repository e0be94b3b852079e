from collections.abc import Callable
from functools import partial
from typing import Any

from django import forms
from django.contrib import auth, messages
from django.http import HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.actions import consent, deletion, exports, passwords, users
from accounts.forms import Card, CloningConsentForm, CloseForm, EmailForm, NameForm, PasswordForm
from accounts.models import DataExport
from config.errors import DomainError, NotFound
from config.forms import add_refusal
from config.http import PageRequest, client_address
from config.serving import file_response
from config.telling import told

CARD_METHODS = ["GET", "HEAD", "POST"]  # a card's address that is opened or reloaded shows the page


@vary_on_headers("HX-Request")
@require_safe
def settings(request: PageRequest) -> HttpResponse:
    return show(request)


def show(request: PageRequest, **cards: Card) -> HttpResponse:
    """The page, or only the part that moves; `cards` are the forms that were filled in wrongly."""
    for form in cards.values():
        form.focus_error()
    context = empty_cards(request) | cards
    context["export"] = DataExport.objects.owned_by(request.user).order_by("-created_at", "-pk").first()
    return render(request, "accounts/settings.html#data" if request.htmx else "accounts/settings.html", context)


def empty_cards(request: PageRequest) -> dict[str, Any]:
    return {
        "name_form": NameForm(initial={"name": request.user.name}),
        "email_form": EmailForm(),
        "password_form": PasswordForm(),
        "cloning_form": CloningConsentForm(initial={"consent": request.user.cloning_consent_at is not None}),
        "close_form": CloseForm(),
    }


def is_done(form: forms.Form, action: Callable[..., object]) -> bool:
    """Whether the form holds what it should and the action has taken it; else the form says why not."""
    if not form.is_valid():
        return False
    try:
        action(**form.cleaned_data)
    except DomainError as error:
        add_refusal(form, error)
        return False
    return True


@require_http_methods(CARD_METHODS)
def change_name(request: PageRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("settings")
    form = NameForm(request.POST)
    if not is_done(form, partial(users.change_name, by=request.user)):
        return show(request, name_form=form)
    messages.success(request, "Your name is changed.")
    return redirect("settings")


@sensitive_post_parameters("password")
@require_http_methods(CARD_METHODS)
def change_email(request: PageRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("settings")
    form = EmailForm(request.POST)
    if not is_done(form, partial(users.change_email, by=request.user, address=client_address(request))):
        return show(request, email_form=form)
    messages.success(request, f"From now on you sign in as {request.user.email}.")
    return redirect("settings")


@sensitive_post_parameters("old", "new")
@require_http_methods(CARD_METHODS)
def change_password(request: PageRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("settings")
    form = PasswordForm(request.POST)
    if not is_done(form, partial(passwords.change_password, by=request.user, address=client_address(request))):
        return show(request, password_form=form)
    auth.update_session_auth_hash(request, request.user)
    messages.success(request, "Your password is changed. Everywhere else you are signed out.")
    return redirect("settings")


@require_http_methods(CARD_METHODS)
def change_cloning_consent(request: PageRequest) -> HttpResponse:
    form = CloningConsentForm(request.POST)
    if request.method == "POST" and form.is_valid():
        if form.cleaned_data["consent"]:
            consent.give_consent(by=request.user, address=client_address(request))
            messages.success(request, "Noted: you have the right to use every voice that you upload.")
        else:
            consent.withdraw_consent(by=request.user, address=client_address(request))
            messages.success(request, "Noted: each upload needs a consent of its own.")
    return redirect("settings")


@require_http_methods(CARD_METHODS)
def start_export(request: PageRequest) -> HttpResponse:
    if request.method == "POST":
        with told(request):
            exports.start_export(by=request.user, address=client_address(request))
    return redirect("settings")


@require_safe
def download_export(request: PageRequest, export_id: str) -> HttpResponseBase:
    export = get_object_or_404(DataExport.objects.owned_by(request.user), pk=export_id)
    if not export.is_ready:
        raise NotFound("This file is not ready, or its week is over. Make a new one on the settings page.")
    name = f"echodesk-{export.created_at:%Y-%m-%d}.zip"
    return file_response(request, export.path, content_type="application/zip", filename=name)


@sensitive_post_parameters("password")
@require_http_methods(CARD_METHODS)
def close_account(request: PageRequest) -> HttpResponse:
    if request.method != "POST":
        return redirect("settings")
    form = CloseForm(request.POST)
    if not is_done(form, partial(deletion.close_account, by=request.user)):
        return show(request, close_form=form)
    auth.logout(request)
    messages.success(request, "Your account is closed, and its data is being deleted.")
    return redirect("login")
