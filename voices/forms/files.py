from typing import Any

from django import forms

from voices.containers import CONTAINERS

ACCEPTED = ",".join(["audio/*", *(f".{extension}" for kind in CONTAINERS.values() for extension in kind.extensions)])


class FilesInput(forms.ClearableFileInput):
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """One or several files."""

    widget = FilesInput

    def clean(self, data: list[Any], initial: object = None) -> list[Any]:
        return [super(FilesField, self).clean(file) for file in data or [None]]


class UploadForm(forms.Form):
    file = FilesField(
        label="Sounds",
        allow_empty_file=True,  # the action has the sentence
        error_messages={"required": "Choose a sound to upload.", "invalid": "Choose a sound to upload."},
        widget=FilesInput(attrs={"accept": ACCEPTED}),
    )
    encrypted = forms.BooleanField(
        label="I have encrypted them myself",
        required=False,
        help_text="They are kept as they are: we can't read or play them.",
    )
