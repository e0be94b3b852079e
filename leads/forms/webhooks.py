from typing import Any

from django import forms

from accounts.models import User
from config.addresses import URL_MAX_CHARACTERS
from leads.happenings import Happening
from leads.models import WEBHOOK_SECRET_MAX_CHARACTERS, Webhook

EVENTS = (
    (Happening.LEAD_CREATED.value, "A lead comes in (lead.created)"),
    (Happening.LEAD_UPDATED.value, "A lead changes, its status too (lead.updated)"),
    (Happening.SESSION_ENDED.value, "A conversation ends (session.ended)"),
    (Happening.JOB_COMPLETED.value, "A member's job is completed (job.completed)"),
    (Happening.JOB_FAILED.value, "A member's job has failed (job.failed)"),
)


class WebhookForm(forms.Form):
    url = forms.CharField(
        label="Address",
        max_length=URL_MAX_CHARACTERS,
        widget=forms.TextInput(
            attrs={"autocomplete": "off", "autocapitalize": "none", "inputmode": "url", "spellcheck": "false"}
        ),
        error_messages={"required": "Enter the address that is called."},
        help_text="Of a program of yours, such as https://example.com/echodesk. It can't be in a private network.",
    )
    events = forms.MultipleChoiceField(
        label="What it is told",
        choices=EVENTS,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": "Choose at least one.", "invalid_choice": "Choose from the list."},
    )

    def __init__(self, *args: Any, webhook: Webhook | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if webhook:
            self.initial = {"url": webhook.url, "events": webhook.events}


class NewWebhookForm(WebhookForm):
    def __init__(self, *args: Any, by: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.by = by

    def clean_events(self) -> list[str]:
        """A page that is loaded again, and so sent again, makes no second webhook."""
        url, events = self.cleaned_data.get("url"), self.cleaned_data["events"]
        made = Webhook.objects.owned_by(self.by).kept().filter(url=url).values_list("events", flat=True)
        if any(set(each) == set(events) for each in made):
            raise forms.ValidationError("There is a webhook already that tells this address the same.")
        return events

    secret = forms.CharField(
        required=False,
        max_length=WEBHOOK_SECRET_MAX_CHARACTERS,
        widget=forms.PasswordInput(attrs={"autocomplete": "new-password", "spellcheck": "false"}),
        help_text="Signs the deliveries. Empty: one is made for you, and shown once.",
    )
