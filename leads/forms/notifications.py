"""Which mails a person wants."""

from typing import Any

from django import forms

from leads.models import MailChoice, NewLeads


class NotificationsForm(forms.Form):
    new_leads = forms.ChoiceField(label="New leads", choices=NewLeads, widget=forms.RadioSelect)
    status_changes = forms.BooleanField(
        label="Changes of status", required=False, help_text="When somebody else moves a lead that is mine."
    )
    weekly = forms.BooleanField(
        label="Weekly report", required=False, help_text="On Monday morning, of the week before."
    )
    daily = forms.BooleanField(label="Daily report", required=False, help_text="Every morning, of the day before.")


def values_of(choice: MailChoice) -> dict[str, Any]:
    return {
        "new_leads": choice.new_leads,
        "status_changes": choice.status_changes,
        "weekly": choice.weekly_since is not None,
        "daily": choice.daily_since is not None,
    }
