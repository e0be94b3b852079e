from django import forms

from config.errors import DomainError


def add_refusal(form: forms.Form, error: DomainError) -> None:
    """Show a refusal at the field it names, else above the form."""
    field = getattr(error, "field", "")
    form.add_error(field if field in form.fields else None, error.message)
