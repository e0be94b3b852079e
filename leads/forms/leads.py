from typing import Any

from django import forms

from accounts.models import EMAIL_MAX_CHARACTERS, NAME_MAX_CHARACTERS
from config.text import plain_lines
from leads.models import (
    FIELD_MAX_CHARACTERS,
    INTEREST_MAX_CHARACTERS,
    MESSAGE_MAX_CHARACTERS,
    NOTE_MAX_CHARACTERS,
    TAGS_MAX,
    Lead,
    LeadStatus,
)

SHOWN = ("name", "email", "company", "interest", "phone", "job_title", "budget", "timeline", "message", "source")


def line(label: str, most: int, *, required: bool = False, help_text: str = "", **attrs: str) -> forms.CharField:
    return forms.CharField(
        label=label,
        required=required,
        max_length=most,
        help_text=help_text,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"} | attrs),
        error_messages={"required": f"Say the lead's {label.lower()}."},
    )


class LeadForm(forms.Form):
    name = line("Name", NAME_MAX_CHARACTERS, required=True)
    email = forms.EmailField(
        label="E-mail",
        max_length=EMAIL_MAX_CHARACTERS,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        error_messages={"required": "Say the lead's e-mail."},
    )
    company = line("Company", FIELD_MAX_CHARACTERS, required=True)
    interest = line("Interest", INTEREST_MAX_CHARACTERS, required=True, help_text="What they would buy.")
    phone = line("Phone", FIELD_MAX_CHARACTERS, inputmode="tel")
    job_title = line("Job title", FIELD_MAX_CHARACTERS)
    budget = line("Budget", FIELD_MAX_CHARACTERS)
    timeline = line("Timeline", FIELD_MAX_CHARACTERS, help_text="When they want it.")
    message = forms.CharField(
        required=False, max_length=MESSAGE_MAX_CHARACTERS, widget=forms.Textarea(attrs={"rows": 4, "dir": "auto"})
    )
    source = line("Source", FIELD_MAX_CHARACTERS, help_text="Where they came from.")
    tags = line("Tags", 2_000, help_text=f"Words to find them by, with commas between; at most {TAGS_MAX}.")

    def clean_message(self) -> str:
        return plain_lines(self.cleaned_data["message"])

    def clean_tags(self) -> list[str]:
        return [tag for tag in self.cleaned_data["tags"].split(",") if tag.strip()]


def values_of(lead: Lead) -> dict[str, Any]:
    return {name: getattr(lead, name) for name in SHOWN} | {"tags": ", ".join(lead.tags)}


class StatusForm(forms.Form):
    status = forms.ChoiceField(choices=LeadStatus.choices, error_messages={"invalid_choice": "Choose one of the list."})
    shown = forms.CharField(required=False)  # the status that the page showed


class NoteForm(forms.Form):
    text = forms.CharField(
        label="New note",
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto", "maxlength": NOTE_MAX_CHARACTERS}),
        error_messages={"required": "Write something first."},
    )
