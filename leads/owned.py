"""The rows of this app in the registry of owned data. A deletion goes from the last entry to the first.

They are the team's: the download of a person's data leaves them out.
"""

import time
from collections.abc import Callable
from typing import Any

from accounts.models import Team
from config.db import delete_rows
from config.hooks import OwnedData, owned_data, team_holds
from leads import search
from leads.actions import export_files, lead_imports, webhooks
from leads.actions.whatsapp import channels, media
from leads.models import (
    Channel,
    ClosedDay,
    Contact,
    ConversationSession,
    DailyRollup,
    DirtyDay,
    EarlyNews,
    ErasedContact,
    Erasure,
    ExportFile,
    ExportSchedule,
    Lane,
    Lead,
    LeadAlias,
    LeadImport,
    LeadKey,
    LeadNote,
    LeadPair,
    MailChoice,
    Message,
    MessageMedia,
    MonthlyRollup,
    Notice,
    ReportMail,
    SavedFilter,
    StatusChange,
    Step,
    TranscriptEvent,
    Webhook,
    WebhookDelivery,
    WebhookPost,
)

INDEX_SECONDS = 10.0  # in which a million events are through


def of_team(model: type[Any]) -> Callable[[Team], None]:
    """The deletion of a model's rows of a team."""
    return lambda team: delete_rows(model.objects.filter(team=team))


def delete_events(team: Team) -> None:
    """And their words, which the index of the search keeps for longer."""
    rows = TranscriptEvent.objects.filter(team=team)
    has_any = rows.exists()
    delete_rows(rows)
    if has_any:
        search.forget_deleted(time.monotonic() + INDEX_SECONDS)


ENTRIES = (
    OwnedData(DirtyDay, "team", delete=of_team(DirtyDay)),
    OwnedData(MonthlyRollup, "team", delete=of_team(MonthlyRollup)),
    OwnedData(DailyRollup, "team", delete=of_team(DailyRollup)),
    OwnedData(ClosedDay, "team", delete=of_team(ClosedDay)),
    OwnedData(Lead, "team", delete=of_team(Lead)),
    OwnedData(LeadAlias, "team", delete=of_team(LeadAlias)),
    OwnedData(StatusChange, "team", delete=of_team(StatusChange)),
    OwnedData(LeadNote, "team", delete=of_team(LeadNote)),
    OwnedData(LeadKey, "team", delete=of_team(LeadKey)),
    OwnedData(LeadPair, "team", delete=of_team(LeadPair)),
    OwnedData(LeadImport, "team", delete=lead_imports.delete_of_team),
    OwnedData(SavedFilter, "team", delete=of_team(SavedFilter)),
    OwnedData(ConversationSession, "team", delete=of_team(ConversationSession)),
    OwnedData(TranscriptEvent, "team", delete=delete_events),
    OwnedData(ExportSchedule, "team", delete=of_team(ExportSchedule)),
    OwnedData(ExportFile, "team", delete=export_files.delete_of_team),
    OwnedData(Channel, "team", delete=of_team(Channel), stop=channels.shut),
    OwnedData(Contact, "team", delete=of_team(Contact)),
    OwnedData(ErasedContact, "team", delete=of_team(ErasedContact)),
    OwnedData(Erasure, "team", delete=of_team(Erasure)),
    OwnedData(Message, "team", delete=of_team(Message)),
    OwnedData(MessageMedia, "team", delete=media.delete_of_team),
    OwnedData(EarlyNews, "team", delete=of_team(EarlyNews)),
    OwnedData(Webhook, "team", delete=of_team(Webhook), stop=webhooks.shut),
    OwnedData(WebhookPost, "team", delete=of_team(WebhookPost)),
    OwnedData(WebhookDelivery, "team", delete=of_team(WebhookDelivery)),
    OwnedData(Lane, "team", delete=of_team(Lane)),
    OwnedData(Step, "team", delete=of_team(Step)),
    OwnedData(Notice, "team", delete=of_team(Notice)),
    OwnedData(MailChoice, "team", delete=of_team(MailChoice)),
    OwnedData(ReportMail, "team", delete=of_team(ReportMail)),
)
HELD = (Lead, ConversationSession, TranscriptEvent, Channel, Webhook)


def holds_rows(team: Team) -> bool:
    """Whether the team has something on its desk."""
    return any(model.objects.filter(team=team).exists() for model in HELD)


def register() -> None:
    for entry in ENTRIES:
        owned_data.register(entry)
    team_holds.register(holds_rows)
