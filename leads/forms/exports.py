from django import forms

from leads.models import ExportEvery, ExportFormat, ExportKind, ExportSpan

CHOOSE = {"required": "Choose one.", "invalid_choice": "Choose one of the list."}


class ScheduleForm(forms.Form):
    """An export that is made again and again."""

    kind = forms.ChoiceField(choices=ExportKind.choices, label="What", error_messages=CHOOSE)
    format = forms.ChoiceField(choices=ExportFormat.choices, error_messages=CHOOSE)
    every = forms.ChoiceField(choices=ExportEvery.choices, label="When", error_messages=CHOOSE)
    span = forms.ChoiceField(choices=ExportSpan.choices, label="Rows", error_messages=CHOOSE)
