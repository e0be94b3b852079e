from django.conf import settings
from django.contrib import auth
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect, render, resolve_url
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_POST

from accounts.actions import sign_in, users
from accounts.forms import RegisterForm, SignInForm
from config.errors import DomainError
from config.forms import add_refusal
from config.http import THEMES, client_address

THEME_COOKIE_SECONDS = 365 * 24 * 3600


def asked_next(request: HttpRequest) -> str:
    """The `next` of the form or address if it is a page of ours, else ''."""
    target = request.POST.get("next") or request.GET.get("next", "")
    is_ours = url_has_allowed_host_and_scheme(target, {request.get_host()}, require_https=request.is_secure())
    return target if is_ours and target.startswith(("/", "http://", "https://")) else ""


def go_on(request: HttpRequest) -> HttpResponseRedirect:
    return HttpResponseRedirect(asked_next(request) or resolve_url(settings.LOGIN_REDIRECT_URL))


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def login(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return go_on(request)
    form = SignInForm(request.POST or None)
    if form.is_valid():
        try:
            user = sign_in.sign_in(**form.cleaned_data, address=client_address(request))
        except DomainError as error:
            add_refusal(form, error)
            form.focus_password()
        else:
            auth.login(request, user)
            return go_on(request)
    context = {"form": form, "next": asked_next(request), "registration_open": settings.REGISTRATION_OPEN}
    return render(request, "accounts/login.html", context)


@login_not_required
@never_cache
@sensitive_post_parameters("password")
@require_http_methods(["GET", "HEAD", "POST"])
def register(request: HttpRequest) -> HttpResponse:
    if request.user.is_authenticated:
        return redirect(settings.LOGIN_REDIRECT_URL)
    form = RegisterForm(request.POST or None)
    if form.is_valid():
        try:
            user = users.register(**form.cleaned_data, address=client_address(request))
        except DomainError as error:
            add_refusal(form, error)
        else:
            auth.login(request, user, backend=settings.AUTHENTICATION_BACKENDS[0])
            return redirect(settings.LOGIN_REDIRECT_URL)
    return render(request, "accounts/register.html", {"form": form, "registration_open": settings.REGISTRATION_OPEN})


@login_not_required
@require_POST
def logout(request: HttpRequest) -> HttpResponseRedirect:
    auth.logout(request)
    return redirect(settings.LOGOUT_REDIRECT_URL)


@login_not_required
@require_POST
def theme(request: HttpRequest) -> HttpResponseRedirect:
    """Keep the choice of light, dark or as the system has it, in a cookie."""
    response = go_on(request)
    chosen = request.POST.get("theme", "")
    if chosen in THEMES:
        response.set_cookie(
            "theme", chosen, THEME_COOKIE_SECONDS, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE
        )
    return response
