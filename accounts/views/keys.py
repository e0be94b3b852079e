from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods

from accounts.actions import keys as actions
from accounts.actions import signing
from accounts.forms import KeyForm
from accounts.models import KEYS_MAX, ApiKey, Scope
from config.errors import DomainError
from config.forms import add_refusal
from config.http import PageRequest, client_address


@require_http_methods(["GET", "HEAD", "POST"])
def keys(request: PageRequest) -> HttpResponse:
    """The keys; a posted form makes one. Its text is in that answer alone: nothing keeps it for a page after it."""
    form, made, text = KeyForm(request.POST or None), None, ""
    if form.is_valid():
        try:
            made, text = actions.create_key(by=request.user, address=client_address(request), **form.cleaned_data)
        except DomainError as error:
            add_refusal(form, error)
    rows = ApiKey.objects.owned_by(request.user).order_by("-created_at", "-pk")[:KEYS_MAX]
    context = {"form": form, "keys": rows, "made": made, "text": text}
    return render(request, "accounts/keys.html", context | (example(made) if made else {}))


def example(key: ApiKey) -> dict[str, str]:
    """What the examples say, and which of them this key may run."""
    kind = "speak" if key.allows([Scope.SPEAK]) else "look" if key.allows([Scope.READ, Scope.VOICES]) else ""
    return {"example": kind, "site": settings.SITE_URL, "voice": settings.DEFAULT_VOICE}


@require_http_methods(["GET", "HEAD", "POST"])
def revoke_key(request: PageRequest, key_id: str) -> HttpResponse:
    """Ask first, then revoke."""
    key = get_object_or_404(ApiKey.objects.owned_by(request.user), pk=key_id)
    if request.method == "POST":
        actions.revoke_key(by=request.user, key=key, address=client_address(request))
        messages.success(request, f"The key {key} is revoked. Nobody is let in with it any more.")
        return redirect("keys")
    return render(request, "accounts/revoke_key.html", {"key": key})


@require_http_methods(["GET", "HEAD", "POST"])
def make_secret(request: PageRequest) -> HttpResponse:
    """Ask first, then make a new signing secret."""
    if request.method == "POST":
        signing.make_secret(by=request.user, address=client_address(request))
        messages.success(request, "There is a new signing secret. Give it to the programs that check our calls.")
        return redirect("keys")
    return render(request, "accounts/make_secret.html")
