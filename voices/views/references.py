"""The page on which voice models are made: of a new recording, of a kept file, or as a new version."""

from functools import partial
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.views.decorators.http import require_http_methods, require_POST
from django.views.decorators.vary import vary_on_headers
from django_htmx.http import HttpResponseClientRedirect

from config.errors import DomainError
from config.forms import add_refusal
from config.http import PageRequest
from voices import engines
from voices.actions import references, voice_models
from voices.actions.making import Made
from voices.engines.fish_errors import EngineFailure
from voices.forms.references import CloneFileForm, NewVersionForm, ReferenceForm
from voices.models import ENGINE, NAME_MAX_CHARACTERS, AudioFile, UnsavedModel, VoiceModel
from voices.reference_check import LONGEST_SECONDS, REFERENCE_MAX_BYTES

PAGE = "voices/new_voice_model.html"


@vary_on_headers("HX-Request")
@require_http_methods(["GET", "HEAD", "POST"])
def new_voice_model(request: PageRequest) -> HttpResponse:
    """`?version_of=` names a voice model, `?file=` a kept file, `?made=` one that was made and not saved."""
    if made_id := request.GET.get("made"):
        made = get_object_or_404(UnsavedModel.objects.owned_by(request.user).with_id(made_id))
        return render(request, "voices/new_voice_model_unsaved.html", {"model": made})
    source = find_source(request)
    if request.method != "POST":
        return show(request, form_for(request, source), source)
    form = form_for(request, source, request.POST, request.FILES)
    return (form.is_valid() and attempt(request, form, source)) or show(request, form, source)


def find_source(request: PageRequest) -> VoiceModel | AudioFile | None:
    if model_id := request.GET.get("version_of"):
        return voice_models.find_own(by=request.user, model_id=model_id)
    if not (file_id := request.GET.get("file")):
        return None
    file = get_object_or_404(AudioFile.objects.owned_by(request.user).with_id(file_id))
    references.check_readable(file)
    return file


def form_for(request: PageRequest, source: VoiceModel | AudioFile | None, *sent: Any) -> forms.Form:
    if isinstance(source, VoiceModel):
        return NewVersionForm(*sent, by=request.user)
    if isinstance(source, AudioFile):
        has_consent = bool(source.consent_at or request.user.cloning_consent_at)
        return CloneFileForm(*sent, by=request.user, initial={"name": name_of(source), "consent": has_consent})
    return ReferenceForm(*sent, by=request.user, initial={"echo_id": request.GET.get("echo_id", "")})


def name_of(file: AudioFile) -> str:
    return (file.name.rpartition(".")[0] or file.name)[:NAME_MAX_CHARACTERS]


@require_POST
def clone_file(request: PageRequest, file_id: str) -> HttpResponse:
    """One click for a recording that waits for the engine: whoever sent it has confirmed the right to clone it."""
    file = get_object_or_404(AudioFile.objects.owned_by(request.user), pk=file_id)
    try:
        made = references.clone_file(by=request.user, file=file, name=name_of(file), has_consent=False)
    except DomainError as error:
        messages.warning(request, error.message)
        return redirect("files")
    return redirect(after(request, made))


def attempt(request: PageRequest, form: forms.Form, source: VoiceModel | AudioFile | None) -> HttpResponse | None:
    """The way on; None when the form says what is wrong. After an upload that is kept, the way is to the files."""
    try:
        return go(request, after(request, make(request, form, source)))
    except EngineFailure as failure:
        if not isinstance(source, AudioFile):
            messages.warning(request, failure.message)
            return go(request, reverse("files"))
        add_refusal(form, failure)
    except DomainError as error:
        add_refusal(form, error)
    return None


def make(request: PageRequest, form: forms.Form, source: VoiceModel | AudioFile | None) -> Made:
    if isinstance(source, VoiceModel):
        file, has_consent = form.cleaned_data["audio"], form.cleaned_data["consent"]
        return references.new_version(by=request.user, model=source, file=file, has_consent=has_consent)
    if isinstance(source, AudioFile):
        return references.clone_file(by=request.user, file=source, **form.values())
    values = form.values()
    return references.upload_reference(by=request.user, file=values.pop("audio"), **values)


def after(request: PageRequest, made: Made) -> str:
    """Where to go on; its message is shown there."""
    say = partial(messages.warning if made.problem else messages.success, request)
    if made.saved:
        say(" ".join(filter(None, ("The voice model is in your library.", made.problem))))
        return reverse("voice-model", kwargs={"model_id": made.saved.pk})
    say(" ".join(filter(None, ("The voice is made.", *made.advice, made.problem))))
    return f"{reverse('new-voice-model')}?made={made.model.pk}"


def go(request: PageRequest, address: str) -> HttpResponse:
    return HttpResponseClientRedirect(address) if request.htmx else redirect(address)


def show(request: PageRequest, form: forms.Form, source: VoiceModel | AudioFile | None) -> HttpResponse:
    """The page, or only what is wrong with what was sent."""
    context = {
        "form": form,
        "previous": source if isinstance(source, VoiceModel) else None,
        "file": source if isinstance(source, AudioFile) else None,
        "is_on": engines.get(ENGINE).is_on(),
        "max_bytes": REFERENCE_MAX_BYTES,
        "longest_seconds": LONGEST_SECONDS,
    }
    return render(request, f"{PAGE}#problems" if request.htmx else PAGE, context)
