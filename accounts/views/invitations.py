from django.conf import settings
from django.contrib import auth, messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods

from accounts.actions import invitations
from accounts.forms import RegisterForm
from accounts.models import Invitation
from config.errors import Conflict, DomainError
from config.forms import add_refusal
from config.http import PageRequest, client_address


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation's link leads: 404 for a forged one, 410 for one that is used or has expired."""
    found = invitations.find(token)
    return join(request, found, token) if request.user.is_authenticated else register(request, found, token)


def join(request: PageRequest, found: Invitation, token: str) -> HttpResponse:
    """With an account: a button, or why it can't be."""
    try:
        if request.method == "POST":
            team = invitations.accept_invitation(by=request.user, token=token)
            messages.success(request, f"You are in the team {team} now.")
            return redirect("team")
        invitations.check_may_join(request.user, found)
    except Conflict as error:
        return render(request, "accounts/invitation.html", {"invitation": found, "error": error.message})
    return render(request, "accounts/invitation.html", {"invitation": found})


def register(request: HttpRequest, found: Invitation, token: str) -> HttpResponse:
    """Without one: the form that makes it."""
    form = RegisterForm(request.POST or None, initial={"email": found.email})
    if form.is_valid():
        try:
            user = invitations.register_with_invitation(
                token=token, **form.cleaned_data, address=client_address(request)
            )
        except DomainError as error:
            add_refusal(form, error)
        else:
            auth.login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect("team")
    return render(request, "accounts/invitation.html", {"invitation": found, "form": form})
