from typing import Any

from django import forms

from accounts.models import User
from jobs import choices

DEFAULT_VOICE = "The default voice"
GONE = "This echo is not there any more. Choose another one."


class SpeakReplyForm(forms.Form):
    """With which of the person's echos a reply is spoken, if with any."""

    echo = forms.ChoiceField(required=False, label="Speak replies as", error_messages={"invalid_choice": GONE})
    event = forms.CharField(max_length=24, widget=forms.HiddenInput, required=False)

    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        named = [(value.removeprefix("echo:"), words) for value, words in choices.by_name(choices.echos(by))]
        self.fields["echo"].choices = [("", DEFAULT_VOICE), *named]

    def source(self) -> dict[str, str]:
        """As a job is started with."""
        return {"echo_id": self.cleaned_data["echo"]} if self.cleaned_data["echo"] else {}
