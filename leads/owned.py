"""The rows of this app in the registry of owned data. A deletion goes from the last entry to the first.

They are the team's: the download of a person's data leaves them out.
"""

from collections.abc import Callable
from typing import Any

from accounts.models import Team
from config.db import delete_rows
from config.hooks import OwnedData, owned_data, team_holds
from leads.actions.whatsapp import channels, media
from leads.models import (
    Channel,
    Contact,
    ConversationSession,
    DailyRollup,
    DirtyDay,
    EarlyNews,
    ErasedContact,
    Lane,
    Lead,
    LeadAlias,
    LeadNote,
    Message,
    MessageMedia,
    MonthlyRollup,
    StatusChange,
    Step,
    TranscriptEvent,
    WebhookDelivery,
)


def of_team(model: type[Any]) -> Callable[[Team], None]:
    """The deletion of a model's rows of a team."""
    return lambda team: delete_rows(model.objects.filter(team=team))


ENTRIES = (
    OwnedData(DirtyDay, "team", delete=of_team(DirtyDay)),
    OwnedData(MonthlyRollup, "team", delete=of_team(MonthlyRollup)),
    OwnedData(DailyRollup, "team", delete=of_team(DailyRollup)),
    OwnedData(Lead, "team", delete=of_team(Lead)),
    OwnedData(LeadAlias, "team", delete=of_team(LeadAlias)),
    OwnedData(StatusChange, "team", delete=of_team(StatusChange)),
    OwnedData(LeadNote, "team", delete=of_team(LeadNote)),
    OwnedData(ConversationSession, "team", delete=of_team(ConversationSession)),
    OwnedData(TranscriptEvent, "team", delete=of_team(TranscriptEvent)),
    OwnedData(Channel, "team", delete=of_team(Channel), stop=channels.shut),
    OwnedData(Contact, "team", delete=of_team(Contact)),
    OwnedData(ErasedContact, "team", delete=of_team(ErasedContact)),
    OwnedData(Message, "team", delete=of_team(Message)),
    OwnedData(MessageMedia, "team", delete=media.delete_of_team),
    OwnedData(EarlyNews, "team", delete=of_team(EarlyNews)),
    OwnedData(WebhookDelivery, "team", delete=of_team(WebhookDelivery)),
    OwnedData(Lane, "team", delete=of_team(Lane)),
    OwnedData(Step, "team", delete=of_team(Step)),
)
HELD = (Lead, ConversationSession, TranscriptEvent, Channel)


def holds_rows(team: Team) -> bool:
    """Whether the team has something on its desk."""
    return any(model.objects.filter(team=team).exists() for model in HELD)


def register() -> None:
    for entry in ENTRIES:
        owned_data.register(entry)
    team_holds.register(holds_rows)
