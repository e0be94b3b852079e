"""How a lead goes, and stays gone when the journal is played again."""

import logging

from accounts.models import User
from config.db import atomic, delete_rows
from config.errors import Unavailable
from leads import journal, records
from leads.actions import duplicates, sessions, statuses
from leads.models import Lead, LeadAlias, LeadNote, StatusChange
from leads.records import Kind, Record

logger = logging.getLogger(__name__)


def delete_lead(*, by: User, lead: Lead) -> None:
    """With its notes and its history; its conversations stay. Of two who do so at once one is noted."""
    ids = [lead.pk, *LeadAlias.objects.filter(lead=lead).values_list("pk", flat=True)]
    record = records.make(Kind.LEAD_DELETED, by=by, data={"ids": ids})
    note_deletion(record)
    try:
        is_ours = erase(lead)
    except BaseException:
        journal.drop(record)
        raise
    (journal.settle if is_ours else journal.drop)(record)


def note_deletion(record: Record) -> None:
    """In the journal first, whose older records would bring the lead back. Without it the lead goes all the same."""
    try:
        journal.append(record)
    except Unavailable as error:
        logger.warning("The deletion of %s is not in the journal: %s", record.data["ids"], error)


def erase_deleted(record: Record) -> None:
    """Delete again what was deleted, under whichever of its ids it is."""
    for lead in Lead.objects.filter(team=record.team_id, pk__in=record.data["ids"]):
        erase(lead)


def erase(lead: Lead) -> bool:
    """Whether the row was still there."""
    statuses.mark_days(lead)
    sessions.unlink_lead(lead=lead)
    is_ours = erase_rows(lead)
    duplicates.forget([lead.pk])
    return is_ours


@atomic
def erase_rows(lead: Lead) -> bool:
    for model in (LeadNote, StatusChange, LeadAlias):
        delete_rows(model.objects.filter(lead=lead))
    deleted, _ = Lead.objects.filter(pk=lead.pk).delete()
    return bool(deleted)
