from django.contrib import auth, messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters, sensitive_variables
from django.views.decorators.http import require_http_methods

from accounts.actions import passwords
from accounts.forms import AskResetForm, ResetPasswordForm
from config.errors import DomainError
from config.forms import add_refusal
from config.http import client_address

ASKED = (
    "If there is an account with this e-mail, a link is on its way. It works once, for a day. "
    "Nothing after some minutes? Look among the unwanted mail, or ask an administrator of your team for a link."
)


@login_not_required
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def ask_reset(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect("settings")
    form = AskResetForm(request.POST or None)
    if form.is_valid():
        try:
            passwords.ask_reset(**form.cleaned_data, address=client_address(request))
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, ASKED)
            return redirect("login")
    return render(request, "accounts/ask_reset.html", {"form": form})


@login_not_required
@never_cache
@sensitive_variables("token")
@sensitive_post_parameters("new")
@require_http_methods(["GET", "HEAD", "POST"])
def reset_password(request: HttpRequest, user_id: str, token: str) -> HttpResponse:
    form = ResetPasswordForm(request.POST or None)
    try:
        user = passwords.user_of_link(user_id, token)
        if form.is_valid():
            passwords.reset_password(user=user, **form.cleaned_data, address=client_address(request))
            auth.logout(request)
            messages.success(request, "Your password is set. Sign in with it.")
            return redirect("login")
    except passwords.LinkVoid as error:
        return render(request, "accounts/reset_password.html", {"error": error}, status=error.status)
    except DomainError as error:
        add_refusal(form, error)
    return render(request, "accounts/reset_password.html", {"form": form, "email": user.email})
