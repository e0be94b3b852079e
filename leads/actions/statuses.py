"""The status of a lead, and its history."""

import datetime as dt

from accounts.models import User
from config import times
from config.db import atomic
from config.errors import Conflict, NotFound
from leads.actions import rollups
from leads.actions.lead_values import check_status
from leads.models import ConversationSession, Lead, StatusChange

GONE = "This lead was deleted in the meantime."
OVERTAKEN = "Somebody changed this lead at the same moment. Look at it again."


def set_status(*, by: User, lead: Lead, status: str) -> None:
    """Any status may follow any other; the same one again is no change. Unprocessable for one that is unknown."""
    status = check_status(status)
    mark_days(lead)
    atomic(move)(lead, status, by_id=by.pk)
    lead.refresh_from_db(fields=["status", "updated_at"])


def move(lead: Lead, status: str, *, by_id: str | None) -> None:
    """Within a transaction: from the status that the row has now, noted in the history."""
    rows = Lead.objects.filter(pk=lead.pk)
    now = rows.values_list("status", flat=True).first()
    if now is None:
        raise NotFound(GONE)
    if now == status:
        return
    if not rows.filter(status=now).update(status=status, updated_at=times.now()):
        raise Conflict(OVERTAKEN)
    note(lead, by_id=by_id, start=now, end=status)


def note(lead: Lead, *, by_id: str | None, start: str, end: str) -> None:
    """A line of the history; a lead that is new comes from no status."""
    StatusChange.objects.create(team_id=lead.team_id, lead=lead, by_id=by_id, from_status=start, to_status=end)


def mark_days(lead: Lead, *moments: dt.datetime) -> None:
    """Say that what the days count of the lead and its conversations is about to change; before a transaction."""
    starts = ConversationSession.objects.filter(lead=lead.pk).values_list("start_time", flat=True)
    rollups.mark(lead.team_id, [lead.timestamp, *moments, *starts])
