from django import forms

from accounts.models import EMAIL_MAX_CHARACTERS, NAME_MAX_CHARACTERS
from leads.forms.leads import line
from leads.models import FIELD_MAX_CHARACTERS, INTEREST_MAX_CHARACTERS, MESSAGE_TEXT_MAX_CHARACTERS, TAGS_MAX


class WriteForm(forms.Form):
    """A message to a contact. The action says how long it may be: no browser counts as it does."""

    text = forms.CharField(
        label="Message",
        widget=forms.Textarea(
            attrs={"id": "text", "rows": 2, "dir": "auto", "data-limit": MESSAGE_TEXT_MAX_CHARACTERS}
        ),
        error_messages={"required": "Write a message."},
    )
    is_spoken = forms.BooleanField(required=False, label="As a voice note")


class LabelForm(forms.Form):
    labels = line("Labels", 2_000, help_text=f"Words to find the chat by, with commas between; at most {TAGS_MAX}.")

    def clean_labels(self) -> list[str]:
        return [label for label in self.cleaned_data["labels"].split(",") if label.strip()]


class RenameForm(forms.Form):
    name = line("Name", NAME_MAX_CHARACTERS, help_text="Leave it empty for the name that they have on WhatsApp.")


class AcceptForm(forms.Form):
    """What a lead is made of. What is left empty is taken from the chat."""

    name = line("Name", NAME_MAX_CHARACTERS)
    email = forms.EmailField(
        label="E-mail",
        max_length=EMAIL_MAX_CHARACTERS,
        widget=forms.EmailInput(attrs={"autocomplete": "off", "autocapitalize": "none"}),
        error_messages={"required": "Say the lead's e-mail."},
    )
    phone = line("Phone", FIELD_MAX_CHARACTERS, inputmode="tel")
    company = line("Company", FIELD_MAX_CHARACTERS)
    interest = line("Interest", INTEREST_MAX_CHARACTERS, help_text="What they would buy.")
