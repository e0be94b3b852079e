from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings

from accounts.models import User
from config.templatetags.show import language
from config.text import plain_lines
from jobs import choices
from jobs.audio import FORMATS
from jobs.models import TEXT_MAX_CHARACTERS, TITLE_MAX_CHARACTERS
from voices.engines import MAX_SPEED, MIN_SPEED
from voices.forms.speeds import speed_choices
from voices.models import Voice

FORMAT = "mp3"
NOT_LISTED = {"invalid_choice": "Choose one of the list."}
ANOTHER = "The one that was chosen can't speak now. This is another."


class SpeakForm(forms.Form):
    text = forms.CharField(
        widget=forms.Textarea(attrs={"rows": 5, "autofocus": True, "dir": "auto"}),
        strip=False,
        help_text=f"Up to {TEXT_MAX_CHARACTERS:,} characters.",
        error_messages={"required": "Write the text to speak."},
    )
    title = forms.CharField(required=False, max_length=TITLE_MAX_CHARACTERS)
    voice_id = forms.ChoiceField(label="Voice", error_messages=NOT_LISTED)
    speaker = forms.CharField(required=False, widget=forms.HiddenInput)
    speed = forms.FloatField(required=False, min_value=MIN_SPEED, max_value=MAX_SPEED, widget=forms.Select)
    format = forms.ChoiceField(
        choices=[(name, name.upper()) for name in FORMATS], initial=FORMAT, error_messages=NOT_LISTED
    )
    keep = forms.BooleanField(required=False, label="Keep the sound", help_text="It goes after a day otherwise.")

    def __init__(self, *args: Any, by: User, voices: Iterable[Voice], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.voices = {voice.voice_id: voice for voice in voices}
        chosen = choices.find(by, self.data.get("voice_id") or self.initial.get("voice_id", ""))
        if not chosen and self.initial.get("voice_id", settings.DEFAULT_VOICE) != settings.DEFAULT_VOICE:
            self.fields["voice_id"].help_text = ANOTHER
        self.initial["voice_id"] = chosen[0] if chosen else settings.DEFAULT_VOICE
        self.fields["voice_id"].choices = choices.groups(by, voice_labels(self.voices.values()), chosen)
        speeds = speed_choices(self.initial.get("speed") or 1.0)
        self.fields["speed"].widget.choices = [("", "Its own"), *speeds]

    def clean_text(self) -> str:
        return plain_lines(self.cleaned_data["text"])

    def clean_speaker(self) -> str:
        """The speaker of the job that is spoken again; another voice may not have it."""
        voice = self.voices.get(self.cleaned_data.get("voice_id", ""))
        return self.cleaned_data["speaker"] if voice and self.cleaned_data["speaker"] in voice.speakers else ""

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        fields = dict(self.cleaned_data)
        return fields | choices.named(fields.pop("voice_id"))


class TitleForm(forms.Form):
    title = forms.CharField(
        max_length=TITLE_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True, "dir": "auto"}),
        error_messages={"required": "Give the job a title."},
    )


def voice_labels(voices: Iterable[Voice]) -> dict[str, str]:
    """Voices as lists name them, by their ids."""
    return {voice.voice_id: f"{voice.name}, {language(voice.language)}" for voice in voices}
