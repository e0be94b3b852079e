from django import forms


class ImportForm(forms.Form):
    file = forms.FileField(
        label="CSV file",
        allow_empty_file=True,  # the action has the sentence
        error_messages={"required": "Choose a CSV file first.", "invalid": "Choose a CSV file first."},
        widget=forms.FileInput(attrs={"accept": ".csv,.tsv,.txt,text/csv,text/plain"}),
    )
