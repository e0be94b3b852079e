import datetime as dt
from typing import Any

from django import forms
from django.utils.html import format_html

from accounts.models import (
    EMAIL_MAX_CHARACTERS,
    NAME_MAX_CHARACTERS,
    PASSWORD_MAX_CHARACTERS,
    PASSWORD_MIN_CHARACTERS,
    Role,
    Scope,
)
from config import times

SCOPE_SENTENCES = {
    Scope.READ: "Look at your jobs, voices, files, team and desk, and listen to their sound.",
    Scope.SPEAK: "Have texts spoken, and look at the jobs and listen to them.",
    Scope.VOICES: "Upload, change and delete audio files and voices.",
    Scope.DESK: "Work with what belongs to your team: its members' names, leads, conversations and messages.",
    Scope.ALL: "All of these, and what is added later. Keys, the password and the account always need you.",
}
LIFETIMES = {"never": "Never", "30": "After 30 days", "90": "After 90 days", "365": "After 1 year"}  # days


def email_field(label: str = "E-mail") -> forms.EmailField:
    widget = forms.EmailInput(attrs={"autocomplete": "email", "autocapitalize": "none", "autofocus": True})
    return forms.EmailField(label=label, widget=widget, max_length=EMAIL_MAX_CHARACTERS)


def password_field(label: str = "Password") -> forms.CharField:
    widget = forms.PasswordInput(attrs={"autocomplete": "current-password"})
    return forms.CharField(label=label, max_length=1024, strip=False, widget=widget)


def new_password_field(label: str = "Password") -> forms.CharField:
    return forms.CharField(
        label=label,
        min_length=PASSWORD_MIN_CHARACTERS,
        max_length=PASSWORD_MAX_CHARACTERS,
        strip=False,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password"}),
        help_text=f"{PASSWORD_MIN_CHARACTERS} characters or more.",
    )


def name_field() -> forms.CharField:
    widget = forms.TextInput(attrs={"autocomplete": "name"})
    return forms.CharField(label="Name", required=False, max_length=NAME_MAX_CHARACTERS, widget=widget)


class SignInForm(forms.Form):
    email = email_field()
    password = password_field()

    def focus_password(self) -> None:
        """The e-mail stands there already; the password is what is typed again."""
        self.fields["email"].widget.attrs.pop("autofocus", None)
        self.fields["password"].widget.attrs["autofocus"] = True


class RegisterForm(forms.Form):
    email = email_field()
    name = name_field()
    password = new_password_field()


def role_field() -> forms.ChoiceField:
    return forms.ChoiceField(choices=Role.choices, initial=Role.MEMBER)


class InviteForm(forms.Form):
    email = forms.EmailField(label="E-mail", required=False, max_length=EMAIL_MAX_CHARACTERS)
    role = role_field()


class RoleForm(forms.Form):
    role = role_field()


class TeamNameForm(forms.Form):
    name = forms.CharField(label="Name", max_length=NAME_MAX_CHARACTERS)


class AskResetForm(forms.Form):
    email = email_field()


class ResetPasswordForm(forms.Form):
    new = new_password_field("New password")


class Card(forms.Form):
    """One of several forms on the settings page: the ids of its fields begin with its own name."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, auto_id=f"{type(self).__name__.lower()}-%s", **kwargs)
        for field in self.fields.values():
            field.widget.attrs.pop("autofocus", None)

    def focus_error(self) -> None:
        """The card may lie below what the window shows: the browser goes where something is to be put right."""
        name = next((name for name in self.fields if name in self.errors), next(iter(self.fields)))
        self.fields[name].widget.attrs["autofocus"] = True


class NameForm(Card):
    name = name_field()


class EmailForm(Card):
    email = email_field("New e-mail")
    password = password_field()


class PasswordForm(Card):
    old = password_field("Old password")
    new = new_password_field("New password")


class CloningConsentForm(Card):
    consent = forms.BooleanField(
        label="I have the right to use every voice that I upload",
        required=False,
        help_text="Each person whose voice it is has agreed, or the voice is my own.",
    )


class CloseForm(Card):
    password = password_field()


class KeyForm(forms.Form):
    name = forms.CharField(
        max_length=NAME_MAX_CHARACTERS,
        widget=forms.TextInput(attrs={"autocomplete": "off"}),
        help_text="What it is for, so that you know later which one to revoke.",
        error_messages={"required": "Name the key."},
    )
    scopes = forms.MultipleChoiceField(
        label="What may it do?",
        widget=forms.CheckboxSelectMultiple,
        initial=[Scope.READ, Scope.SPEAK],
        error_messages={"required": "Choose one thing at least.", "invalid_choice": "Choose from the list."},
        choices=[(scope, format_html("<b>{}</b> {}", scope.label, words)) for scope, words in SCOPE_SENTENCES.items()],
    )
    expires_at = forms.TypedChoiceField(
        label="When does it end?",
        choices=list(LIFETIMES.items()),
        coerce=lambda days: times.now() + dt.timedelta(days=int(days)) if days != "never" else None,
        error_messages={"invalid_choice": "Choose from the list."},
    )
