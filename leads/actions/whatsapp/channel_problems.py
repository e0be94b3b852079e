"""What became of asking WhatsApp in the name of a channel, as its page shows it."""

from typing import Any

from leads.models import Channel

PROBLEM_MAX_CHARACTERS = 500


def note_problem(channel: Channel, sentence: str) -> None:
    """Why WhatsApp refuses the channel; it stands on its page until a test or a change."""
    note(channel, problem=sentence[:PROBLEM_MAX_CHARACTERS])


def note(channel: Channel, **fields: Any) -> None:
    """Of the channel as it was asked with: what was entered meanwhile is not spoken of."""
    asked = {"phone_number_id": channel.phone_number_id, "sealed_token": channel.sealed_token}
    if Channel.objects.filter(pk=channel.pk, **asked).update(**fields):
        for name, value in fields.items():
            setattr(channel, name, value)
