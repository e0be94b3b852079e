from typing import Any

from django import forms

from accounts.models import User
from voices.actions import making
from voices.forms.files import ACCEPTED
from voices.models import NAME_MAX_CHARACTERS, Echo

SHOWN_ECHOS = 200
VIDEO = "video/mp4,video/quicktime,video/webm,video/x-matroska"


class NewVersionForm(forms.Form):
    audio = forms.FileField(
        label="Recording",
        allow_empty_file=True,  # the action has the sentence
        error_messages={"required": "Choose or make a recording.", "invalid": "Choose or make a recording."},
        widget=forms.FileInput(attrs={"accept": f"{ACCEPTED},{VIDEO}"}),
    )
    consent = forms.BooleanField(label="I have the right to clone this voice", required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by
        self.fields["consent"].initial = bool(by.cloning_consent_at)

    def clean_consent(self) -> bool:
        """The action's own rule, asked here too so that all that is missing is told at once."""
        try:
            making.consent(self.by, self.cleaned_data["consent"])
        except making.ConsentNeeded as error:
            raise forms.ValidationError(error.message) from error
        return self.cleaned_data["consent"]


class CloneFileForm(NewVersionForm):
    audio = None
    name = forms.CharField(
        label="Name of the voice",
        max_length=NAME_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        error_messages={"required": "Give the voice a name."},
    )
    echo_id = forms.ChoiceField(
        label="Echo that speaks with it",
        required=False,
        error_messages={"invalid_choice": "Choose an echo of the list."},
    )
    save = forms.BooleanField(label="Keep it in my library", required=False, initial=True)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, by=by, **kwargs)
        echos = Echo.objects.owned_by(by).order_by("-created_at", "-pk")
        self.echos = {echo.pk: echo for echo in echos[:SHOWN_ECHOS]}
        self.fields["echo_id"].choices = [("", "None"), *((pk, echo.name) for pk, echo in self.echos.items())]

    def values(self) -> dict[str, Any]:
        """What the actions take."""
        fields = dict(self.cleaned_data)
        fields["echo"] = self.echos.get(fields.pop("echo_id"))
        fields["has_consent"] = fields.pop("consent")
        return fields


class ReferenceForm(CloneFileForm):
    audio = NewVersionForm.base_fields["audio"]
