from typing import Any

from django import forms

from config.text import plain_lines
from voices.models import DESCRIPTION_MAX_CHARACTERS, NAME_MAX_CHARACTERS, TAGS_MAX, VoiceModel


class VoiceModelForm(forms.Form):
    name = forms.CharField(
        max_length=NAME_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        error_messages={"required": "Name the voice model."},
    )
    description = forms.CharField(
        required=False,
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "maxlength": DESCRIPTION_MAX_CHARACTERS}),
        help_text="Whose voice it is, and what it is for.",
    )
    tags = forms.CharField(
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        help_text=f"Words to find it by, with commas between them; at most {TAGS_MAX}.",
    )

    def clean_description(self) -> str:
        return plain_lines(self.cleaned_data["description"])

    def clean_tags(self) -> list[str]:
        return [tag for tag in self.cleaned_data["tags"].split(",") if tag.strip()]


def values_of(model: VoiceModel) -> dict[str, Any]:
    return {"name": model.name, "description": model.description, "tags": ", ".join(model.tags)}
