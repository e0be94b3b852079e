from collections.abc import Iterable
from typing import Any

from django import forms

from config.templatetags.show import language
from jobs.audio import FORMATS
from jobs.models import TEXT_MAX_CHARACTERS, TITLE_MAX_CHARACTERS
from voices.engines import MAX_SPEED, MIN_SPEED
from voices.models import Voice

SPEEDS = (0.5, 0.75, 0.9, 1.0, 1.1, 1.25, 1.5, 2.0)
FORMAT = "mp3"
NOT_LISTED = {"invalid_choice": "Choose one of the list."}


class SpeakForm(forms.Form):
    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 5, "autofocus": True, "dir": "auto"}),
        strip=False,
        help_text=f"Up to {TEXT_MAX_CHARACTERS:,} characters.",
    )
    title = forms.CharField(required=False, max_length=TITLE_MAX_CHARACTERS)
    voice_id = forms.ChoiceField(label="Voice", error_messages=NOT_LISTED)
    speaker = forms.CharField(required=False, widget=forms.HiddenInput)
    speed = forms.FloatField(min_value=MIN_SPEED, max_value=MAX_SPEED, initial=1.0, widget=forms.Select)
    format = forms.ChoiceField(
        choices=[(name, name.upper()) for name in FORMATS], initial=FORMAT, error_messages=NOT_LISTED
    )

    def __init__(self, *args: Any, voices: Iterable[Voice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.voices = {voice.voice_id: voice for voice in voices}
        self.fields["voice_id"].choices = [(name, label(voice)) for name, voice in self.voices.items()]
        speeds = {*SPEEDS, self.initial.get("speed", 1.0)}
        self.fields["speed"].widget.choices = [(speed, f"{speed} ×") for speed in sorted(speeds)]

    def clean_text(self) -> str:
        """Browsers send line ends as two characters; people, and our count, take them for one."""
        return self.cleaned_data["text"].replace("\r\n", "\n")

    def clean_speaker(self) -> str:
        """The speaker of the job that is spoken again; another voice may not have it."""
        voice = self.voices.get(self.cleaned_data.get("voice_id", ""))
        return self.cleaned_data["speaker"] if voice and self.cleaned_data["speaker"] in voice.speakers else ""


def label(voice: Voice) -> str:
    return f"{voice.name}, {language(voice.language)}"
