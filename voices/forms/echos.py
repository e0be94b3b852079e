from typing import Any

from django import forms

from accounts.models import User
from config.templatetags.show import language, voice
from config.text import plain_lines
from voices.engines import MAX_SPEED, MIN_SPEED
from voices.forms.speeds import speed_choices
from voices.models import ECHO_DESCRIPTION_MAX_CHARACTERS, ECHO_NAME_MAX_CHARACTERS, Echo, Voice, VoiceModel

SHOWN_MODELS = 200  # the newest
MODEL, VOICE = "model", "voice"  # what a choice of the list is of
Choice = tuple[str, str]


class EchoForm(forms.Form):
    name = forms.CharField(
        max_length=ECHO_NAME_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        error_messages={"required": "Name the echo."},
    )
    description = forms.CharField(
        required=False,
        max_length=ECHO_DESCRIPTION_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        help_text="What it is for, in a few words.",
    )
    persona_prompt = forms.CharField(
        label="Persona",
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 8, "dir": "auto"}),
        help_text="Who it is and how it talks, as you would tell an actor.",
    )
    voice = forms.ChoiceField(
        required=False,
        error_messages={"invalid_choice": "Choose one of the list."},
        help_text="A voice model speaks for one echo: choosing it here takes it from its former one.",
    )
    speed = forms.FloatField(min_value=MIN_SPEED, max_value=MAX_SPEED, initial=1.0, widget=forms.Select)

    def __init__(self, *args: Any, by: User, echo: Echo | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.initial = (values_of(echo) if echo else {}) | self.initial
        self.fields["voice"].choices = choices(by, echo)
        self.fields["speed"].widget.choices = speed_choices(self.initial.get("speed", 1.0))

    def clean_persona_prompt(self) -> str:
        return plain_lines(self.cleaned_data["persona_prompt"])

    def values(self) -> dict[str, Any]:
        """What the actions take. A voice model leaves the voice as it is, for the time when the model is gone."""
        fields = dict(self.cleaned_data)
        kind, _, chosen = fields.pop("voice").partition(":")
        return fields | ({"model_id": chosen} if kind == MODEL else {"model_id": None, "voice_id": chosen})


def values_of(echo: Echo) -> dict[str, Any]:
    fields = {name: getattr(echo, name) for name in ("name", "description", "persona_prompt", "speed")}
    return fields | {"voice": choice_of(echo)}


def choice_of(echo: Echo) -> str:
    if echo.linked_model:
        return f"{MODEL}:{echo.linked_model.pk}"
    return f"{VOICE}:{echo.voice_id}" if echo.voice_id else ""


def choices(by: User, echo: Echo | None) -> list[Any]:
    """The default voice, the person's models, the voices that can speak; and what the echo has, whatever its state."""
    groups = [("My voice models", model_choices(by, echo)), ("Voices", voice_choices(echo))]
    return [("", "The default voice"), *(group for group in groups if group[1])]


def model_choices(by: User, echo: Echo | None) -> list[Choice]:
    newest = VoiceModel.objects.owned_by(by).order_by("-created_at", "-pk").prefetch_related("echo")
    models = list(newest.defer("peaks", "search")[:SHOWN_MODELS])
    linked = echo.linked_model if echo else None
    if linked and linked not in models:
        models.append(linked)
    return [(f"{MODEL}:{model.pk}", model_label(model, echo)) for model in models]


def model_label(model: VoiceModel, echo: Echo | None) -> str:
    label = model.name if model.version == 1 else f"{model.name}, version {model.version}"
    label = label if model.is_ready else f"{label}, {model.state_words}"
    return f"{label} (now of {model.echo})" if model.echo and model.echo != echo else label


def voice_choices(echo: Echo | None) -> list[Choice]:
    voices = Voice.objects.available().order_by("name")
    found = [(f"{VOICE}:{each.voice_id}", f"{each.name}, {language(each.language)}") for each in voices]
    own = f"{VOICE}:{echo.voice_id}" if echo and echo.voice_id else ""
    if own and own not in dict(found):
        found.append((own, f"{voice(echo.voice_id)}, not ready"))
    return found
