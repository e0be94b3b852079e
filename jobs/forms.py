from collections.abc import Iterable
from typing import Any

from django import forms
from django.conf import settings

from accounts.models import User
from config.errors import DomainError
from config.forms import add_refusal
from config.templatetags.show import language
from config.text import plain_lines
from jobs import choices
from jobs.actions import pronunciations
from jobs.audio import FORMATS
from jobs.documents.kinds import EXTENSIONS
from jobs.models import TEXT_MAX_CHARACTERS, TITLE_MAX_CHARACTERS, Pronunciation, language_code
from voices.engines import MAX_SPEED, MIN_SPEED
from voices.forms.speeds import speed_choices
from voices.models import Voice

FORMAT = "mp3"
TEXT_ATTRIBUTES = {"rows": 5, "autofocus": True, "dir": "auto", "aria-describedby": "id_text_helptext marks"}
DOCUMENTS = ",".join(f".{extension}" for extension in EXTENSIONS)
NOT_LISTED = {"invalid_choice": "Choose one of the list."}
PLAIN = {"autocomplete": "off", "autocapitalize": "none", "spellcheck": "false", "dir": "auto"}
ANOTHER = "The one that was chosen can't speak now. This is another."


class VoiceForm(forms.Form):
    """What speaks, and how fast."""

    voice_id = forms.ChoiceField(label="Voice", error_messages=NOT_LISTED)
    speed = forms.FloatField(required=False, min_value=MIN_SPEED, max_value=MAX_SPEED, widget=forms.Select)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.voices = {voice.voice_id: voice for voice in Voice.objects.available().order_by("name")}
        chosen = choices.find(by, self.data.get("voice_id") or self.initial.get("voice_id", ""))
        if not chosen and self.initial.get("voice_id", settings.DEFAULT_VOICE) != settings.DEFAULT_VOICE:
            self.fields["voice_id"].help_text = ANOTHER
        self.initial["voice_id"] = chosen[0] if chosen else settings.DEFAULT_VOICE
        self.fields["voice_id"].choices = choices.groups(by, voice_labels(self.voices.values()), chosen)
        speeds = speed_choices(self.initial.get("speed") or 1.0)
        self.fields["speed"].widget.choices = [("", "Its own"), *speeds]

    def values(self) -> dict[str, Any]:
        """What the action takes."""
        fields = dict(self.cleaned_data)
        return fields | choices.named(fields.pop("voice_id"))


class SpeakForm(VoiceForm):
    text = forms.CharField(
        widget=forms.Textarea(attrs=TEXT_ATTRIBUTES),
        strip=False,
        help_text=f"Up to {TEXT_MAX_CHARACTERS:,} characters.",
        error_messages={"required": "Write the text to speak."},
    )
    title = forms.CharField(required=False, max_length=TITLE_MAX_CHARACTERS)
    speaker = forms.CharField(required=False, widget=forms.HiddenInput)
    format = forms.ChoiceField(
        choices=[(name, name.upper()) for name in FORMATS], initial=FORMAT, error_messages=NOT_LISTED
    )
    keep = forms.BooleanField(required=False, label="Keep the sound", help_text="It goes after a day otherwise.")

    def clean_text(self) -> str:
        return plain_lines(self.cleaned_data["text"])

    def clean_speaker(self) -> str:
        """The speaker of the job that is spoken again; another voice may not have it."""
        voice = self.voices.get(self.cleaned_data.get("voice_id", ""))
        return self.cleaned_data["speaker"] if voice and self.cleaned_data["speaker"] in voice.speakers else ""


class DocumentForm(forms.Form):
    file = forms.FileField(
        label="Document",
        allow_empty_file=True,  # the action has the sentence
        error_messages={"required": "Choose a document to open.", "invalid": "Choose a document to open."},
        widget=forms.FileInput(attrs={"accept": DOCUMENTS}),
    )


class ReviewForm(VoiceForm):
    """What of a document is spoken, and how. The chapters are ticked in a table of their own."""

    title = forms.CharField(max_length=TITLE_MAX_CHARACTERS, error_messages={"required": "Give the book a title."})
    author = forms.CharField(required=False, max_length=TITLE_MAX_CHARACTERS)
    keep = forms.BooleanField(
        required=False, label="Keep the sound", help_text="Until you delete it; it goes after a day otherwise."
    )


class PronunciationForm(forms.Form):
    word = forms.CharField(
        widget=forms.TextInput(attrs=PLAIN), error_messages={"required": "Write the word as it stands in texts."}
    )
    said = forms.CharField(
        label="How it is said",
        widget=forms.TextInput(attrs=PLAIN),
        help_text="Like sequel, or in IPA between slashes: /ˈsiːkwəl/",
        error_messages={"required": "Write how it is said."},
    )
    language = forms.ChoiceField(required=False, label="For voices of", error_messages=NOT_LISTED)
    is_case_sensitive = forms.BooleanField(required=False, label="Only in these capitals", help_text="US, but not us.")

    def __init__(self, *args: Any, entry: Pronunciation | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if entry:
            self.initial = {name: getattr(entry, name) for name in self.fields}
        self.fields["language"].choices = language_choices(entry.language if entry else "")

    def values(self) -> dict[str, Any]:
        """What the actions take."""
        fields = dict(self.cleaned_data)
        return fields | pronunciations.as_said(fields.pop("said"))

    def refuse(self, error: DomainError) -> None:
        """Both ways to say it stand in one field."""
        if getattr(error, "field", "") in ("replacement", "ipa"):
            error.field = "said"
        add_refusal(self, error)


class ImportPronunciationsForm(forms.Form):
    text = forms.CharField(
        label="Words",
        strip=False,
        widget=forms.Textarea(attrs={**PLAIN, "rows": 12, "placeholder": "SQL, sequel\nEchodesk, /ˈɛkoʊdɛsk/, en"}),
        help_text="A word, a comma, how it is said; then, if you like, a comma and a language such as en or en_US.",
        error_messages={"required": "Write the words, one on each line."},
    )


class TitleForm(forms.Form):
    title = forms.CharField(
        max_length=TITLE_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "autofocus": True, "dir": "auto"}),
        error_messages={"required": "Give the job a title."},
    )


def language_choices(chosen: str) -> list[tuple[str, str]]:
    """Those that voices speak here, with their countries and without, and the chosen one."""
    spoken = {language_code(code) for code in Voice.objects.available().languages()}
    codes = spoken | {code.partition("_")[0] for code in spoken} | {chosen}
    named = sorted(((code, language(code)) for code in codes - {""}), key=lambda choice: choice[1].casefold())
    return [("", "All languages"), *named]


def voice_labels(voices: Iterable[Voice]) -> dict[str, str]:
    """Voices as lists name them, by their ids."""
    return {voice.voice_id: f"{voice.name}, {language(voice.language)}" for voice in voices}
