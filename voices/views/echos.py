from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.views.decorators.http import require_http_methods, require_safe
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRefresh

from config.errors import DomainError
from config.forms import add_refusal
from config.hooks import losses
from config.http import PageRequest, asked_words
from config.paging import page
from voices import engines
from voices.actions import echos as actions
from voices.forms.echos import MODEL, VOICE, EchoForm
from voices.models import Echo


@vary_on_headers("HX-Request")
@require_safe
def echos(request: PageRequest) -> HttpResponse:
    q = asked_words(request)
    rows = Echo.objects.owned_by(request.user).matching(q).in_list()
    found = page(rows, cursor=request.GET.get("cursor"))
    context = {"echos": found.items, "next": found.next, "q": q}
    return render(request, "voices/echos.html#rows" if request.htmx else "voices/echos.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
def new_echo(request: PageRequest) -> HttpResponse:
    form = EchoForm(request.POST or None, by=request.user, initial=first_values(request))
    if form.is_valid():
        try:
            echo = actions.create_echo(by=request.user, **form.values())
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"{echo} is made.")
            return redirect("echo", echo_id=echo.pk)
    return render(request, "voices/new_echo.html", {"form": form})


def first_values(request: PageRequest) -> dict[str, str]:
    """What the form starts with: a voice model (`?model=`) or a voice (`?voice=`) that was chosen elsewhere."""
    asked = ((kind, asked_words(request, kind)) for kind in (MODEL, VOICE))
    return next(({"voice": f"{kind}:{name}"} for kind, name in asked if name), {})


@vary_on_headers("HX-Request")
@require_safe
def echo(request: PageRequest, echo_id: str) -> HttpResponse:
    """The page, or only the part that changes while its voice model is in training."""
    echo = find(request, echo_id)
    model = echo.linked_model
    if not request.htmx:
        can_speak = not model or (model.is_ready and engines.is_on(model.engine))
        return render(request, "voices/echo.html", {"echo": echo, "can_speak": can_speak})
    if echo.is_waiting:
        return render(request, "voices/echo.html#voice", {"echo": echo})
    return HttpResponseClientRefresh()


@require_http_methods(["GET", "HEAD", "POST"])
def change_echo(request: PageRequest, echo_id: str) -> HttpResponse:
    echo = find(request, echo_id)
    form = EchoForm(request.POST or None, by=request.user, echo=echo)
    if form.is_valid():
        try:
            actions.change_echo(by=request.user, echo=echo, **form.values())
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"{echo} is changed.")
            return redirect("echo", echo_id=echo.pk)
    return render(request, "voices/change_echo.html", {"form": form, "echo": echo})


@require_http_methods(["GET", "HEAD", "POST"])
def delete_echo(request: PageRequest, echo_id: str) -> HttpResponse:
    """Ask first, and say what stops working; then delete."""
    echo = find(request, echo_id)
    if request.method == "POST":
        actions.delete_echo(by=request.user, echo=echo)
        messages.success(request, f"{echo} is deleted.")
        return redirect("echos")
    return render(request, "voices/delete_echo.html", {"echo": echo, "losses": losses(echo)})


def find(request: PageRequest, echo_id: str) -> Echo:
    return get_object_or_404(Echo.objects.owned_by(request.user).with_models(), pk=echo_id)
