from typing import Any

from django import forms

from accounts.models import NAME_MAX_CHARACTERS, User
from config.text import plain_lines
from leads.actions.whatsapp.channel_fields import SECRETS
from leads.models import CONTEXT_MESSAGES_MAX, FALLBACK_MAX_CHARACTERS, Channel, Speaking
from leads.models.channels import CONTEXT_MESSAGES, FALLBACK
from voices.models import Echo

SHOWN_ECHOS = 200  # the newest
CREDENTIALS = ("phone_number_id", *SECRETS)
ASSISTANT = ("echo", "persona", "fallback", "replies", "speaking", "context_messages", "takes_leads")
NEEDED = {
    "phone_number_id": "Enter the phone number id.",
    "token": "Enter the access token.",
    "app_secret": "Enter the app secret.",
}
HOW_MANY = f"Enter a whole number from 1 to {CONTEXT_MESSAGES_MAX}."
KEPT = "Kept as it is when you leave this empty."


def secret(label: str, hint: str) -> forms.CharField:
    """A field that never shows what it holds."""
    widget = forms.PasswordInput(attrs={"autocomplete": "new-password", "spellcheck": "false"})
    return forms.CharField(label=label, required=False, widget=widget, help_text=hint)


class ChannelForm(forms.Form):
    """All of a channel. Of one from the settings of the installation the number and its secrets are left out."""

    name = forms.CharField(
        max_length=NAME_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        error_messages={"required": "Name the channel."},
        help_text="As your team calls the number, such as Sales or Support.",
    )
    phone_number_id = forms.CharField(
        label="Phone number id",
        required=False,
        widget=forms.TextInput(attrs={"autocomplete": "off", "inputmode": "numeric", "spellcheck": "false"}),
        help_text="At Meta under WhatsApp, API Setup. Digits alone; not the phone number itself.",
    )
    token = secret(
        "Access token",
        "Of a system user, so that it stays valid. The one that the API Setup page offers ends after a day.",
    )
    app_secret = secret("App secret", "At Meta under App settings, Basic. WhatsApp signs with it what it sends here.")
    verify_token = secret("Verify token", "Any word of yours, which Meta asks for once. Empty: one is made for you.")
    echo = forms.ChoiceField(
        required=False,
        error_messages={"invalid_choice": "Choose one of the list."},
        help_text="Whose persona the assistant has, and whose voice speaks. What it speaks counts as yours.",
    )
    persona = forms.CharField(
        required=False,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 6, "dir": "auto"}),
        help_text="Who the assistant is on this number, and what it knows. Empty: as the echo says.",
    )
    fallback = forms.CharField(
        label="When no language model answers",
        max_length=FALLBACK_MAX_CHARACTERS,
        initial=FALLBACK,
        widget=forms.TextInput(attrs={"autocomplete": "off", "dir": "auto"}),
        error_messages={"required": "Write what is answered when no language model does."},
        help_text="What is written instead.",
    )
    replies = forms.BooleanField(
        label="The assistant answers", required=False, help_text="Off: messages wait in the inbox for your team."
    )
    speaking = forms.ChoiceField(label="Spoken replies", choices=Speaking, initial=Speaking.NEVER)
    context_messages = forms.IntegerField(
        label="Messages it reads",
        min_value=1,
        max_value=CONTEXT_MESSAGES_MAX,
        initial=CONTEXT_MESSAGES,
        error_messages=dict.fromkeys(("required", "invalid", "min_value", "max_value"), HOW_MANY),
        help_text=f"How much of a chat the language model gets, 1 to {CONTEXT_MESSAGES_MAX}.",
    )
    takes_leads = forms.BooleanField(
        label="Leads are made without asking",
        required=False,
        help_text="Off: what is recognised in a chat is suggested, and somebody accepts it.",
    )

    def __init__(self, *args: Any, by: User, channel: Channel | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["echo"].choices = echo_choices(by, channel)
        if channel:
            self.initial = values_of(channel) | self.initial
            self.keep_secrets(channel)
        else:
            for name, message in NEEDED.items():
                self.fields[name].required = True
                self.fields[name].error_messages["required"] = message

    def keep_secrets(self, channel: Channel) -> None:
        for name in SECRETS:
            if getattr(channel, f"sealed_{name}"):
                self.fields[name].help_text = f"It is set. {KEPT}"
        if channel.is_from_environment:
            for name in CREDENTIALS:
                del self.fields[name]

    def clean_persona(self) -> str:
        return plain_lines(self.cleaned_data["persona"])


def values_of(channel: Channel) -> dict[str, Any]:
    """What the form starts with: no secrets."""
    values = {name: getattr(channel, name) for name in ("name", "phone_number_id", *ASSISTANT)}
    return values | {"echo": channel.echo_id or ""}


def echo_choices(by: User, channel: Channel | None) -> list[tuple[str, str]]:
    """The person's own, and the one that the channel has, whosever it is."""
    echos = list(Echo.objects.owned_by(by).order_by("-created_at", "-pk")[:SHOWN_ECHOS])
    chosen = [(echo.pk, echo.name) for echo in echos]
    current = channel.echo if channel else None
    if current and current not in echos:
        chosen.append((current.pk, f"{current.name}, of {channel.owner or 'somebody else'}"))
    return [("", "None"), *chosen]
