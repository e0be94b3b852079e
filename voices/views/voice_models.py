"""The pages of one voice model: what it is, its training, its owner's changes."""

from typing import Any

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_http_methods, require_POST, require_safe
from django.views.decorators.vary import vary_on_headers

from config import times
from config.errors import DomainError
from config.forms import add_refusal
from config.hooks import losses
from config.http import PageRequest
from voices import engines
from voices.actions import voice_models as actions
from voices.forms.voice_models import VoiceModelForm, values_of
from voices.models import Visibility, VoiceModel, VoiceModelQuerySet

POLL_MILLISECONDS = ((20, 1_000), (120, 3_000))  # a model of up to so many seconds is looked at every so many ms
POLL_SLOWEST = 10_000
PAGE = "voices/voice_model.html"


@vary_on_headers("HX-Request")
@require_safe
def voice_model(request: PageRequest, model_id: str) -> HttpResponse:
    """The page, or only the part that changes while the model is in training."""
    model = actions.find_usable(by=request.user, model_id=model_id)
    is_on = engines.is_on(model.engine)
    context: dict[str, Any] = {"model": model, "is_owner": model.user == request.user, "engine_is_on": is_on}
    context |= {"can_speak": model.is_ready and is_on, "poll_ms": poll_milliseconds(model)}
    if request.htmx:
        return render(request, f"{PAGE}#training", context)
    return render(request, PAGE, context | {"versions": versions(request, model)})


def versions(request: PageRequest, model: VoiceModel) -> VoiceModelQuerySet:
    """The one it was made after, and those that were made after it."""
    rows = VoiceModel.objects.usable_by(request.user).filter(Q(pk=model.previous_id) | Q(previous=model))
    return rows.in_list().order_by("version", "created_at")


def poll_milliseconds(model: VoiceModel) -> int:
    age = (times.now() - model.created_at).total_seconds()
    return next((pause for seconds, pause in POLL_MILLISECONDS if age < seconds), POLL_SLOWEST)


@require_http_methods(["GET", "HEAD", "POST"])
def change_voice_model(request: PageRequest, model_id: str) -> HttpResponse:
    model = actions.find_own(by=request.user, model_id=model_id)
    form = VoiceModelForm(request.POST or None, initial=values_of(model))
    if form.is_valid():
        try:
            actions.change_model(by=request.user, model=model, **form.cleaned_data)
        except DomainError as error:
            add_refusal(form, error)
        else:
            messages.success(request, f"{model} is changed.")
            return redirect("voice-model", model_id=model.pk)
    return render(request, "voices/change_voice_model.html", {"model": model, "form": form})


@require_POST
def share_voice_model(request: PageRequest, model_id: str) -> HttpResponse:
    """With the team, or with nobody any more."""
    model = actions.find_own(by=request.user, model_id=model_id)
    is_shared = request.POST.get("visibility") == Visibility.SHARED
    visibility = Visibility.SHARED if is_shared else Visibility.PRIVATE
    actions.change_model(by=request.user, model=model, visibility=visibility)
    messages.success(request, f"{model} is {'shared with your team' if is_shared else 'yours alone again'}.")
    return redirect("voice-model", model_id=model.pk)


@require_http_methods(["GET", "HEAD", "POST"])
def delete_voice_model(request: PageRequest, model_id: str) -> HttpResponse:
    """Ask first, and say what stops working; then delete."""
    model = actions.find_own(by=request.user, model_id=model_id)
    if request.method == "POST":
        actions.delete_model(by=request.user, model=model)
        messages.success(request, f"The voice model {model} is deleted.")
        return redirect("voices")
    return render(request, "voices/delete_voice_model.html", {"model": model, "losses": losses(model)})
