"""The status of a lead, and its history."""

import datetime as dt

from accounts.models import User
from config import times
from config.db import atomic
from config.errors import Conflict, NotFound
from leads.actions import rollups
from leads.actions.lead_values import check_status
from leads.happenings import Happening, News, tell
from leads.models import ConversationSession, Lead, LeadStatus, StatusChange

GONE = "This lead was deleted in the meantime."
OVERTAKEN = "Somebody changed this lead at the same moment. Look at it again."


class Moved(Conflict):
    """Somebody else was first; says who, and where the lead is now."""

    code = "moved"


def set_status(*, by: User, lead: Lead, status: str, shown: str = "") -> None:
    """Any status may follow any other; the same one again is no change. Unprocessable for one that is unknown.

    `shown`: the status that the person saw. Moved, without any change, when the lead has neither that nor `status`.
    """
    status = check_status(status)
    mark_days(lead)
    change_status(lead, status, by_id=by.pk, shown=shown)


@atomic
def change_status(lead: Lead, status: str, *, by_id: str, shown: str = "") -> None:
    if former := move(lead, status, by_id=by_id, shown=shown):
        lead.refresh_from_db(fields=["status", "updated_at"])
        tell_update(lead, by_id=by_id, former=former)


def tell_update(lead: Lead, *, by_id: str | None, former: str = "") -> None:
    """Within the transaction of the change. `former`: the status that it had, when that has changed."""
    tell(News(Happening.LEAD_UPDATED, lead.team_id, lead, by_id, former))


def move(lead: Lead, status: str, *, by_id: str | None, shown: str = "") -> str:
    """Within a transaction: from the status that the row has now, noted in the history. That one, or "" if it stays."""
    rows = Lead.objects.filter(pk=lead.pk)
    now = rows.values_list("status", flat=True).first()
    if now is None:
        raise NotFound(GONE)
    if now == status:
        return ""
    if shown and shown != now:
        raise moved(lead, now, by_id)
    if not rows.filter(status=now).update(status=status, updated_at=times.now()):
        raise Conflict(OVERTAKEN)
    note(lead, by_id=by_id, start=now, end=status)
    return now


def moved(lead: Lead, now: str, by_id: str | None) -> Moved:
    """The refusal of a move from where the lead is no more."""
    change = lead.changes.prefetch_related("by").order_by("-created_at", "-pk").first()
    who = (change.by.name or change.by.email) if change and change.by else "Somebody"
    who = "You" if change and change.by_id == by_id else who
    first = f"{who} moved {lead} to {LeadStatus(now).label} in the meantime"
    return Moved(f"{first}, so it stayed there. Move it again if it has to go on.")


def note(lead: Lead, *, by_id: str | None, start: str, end: str) -> None:
    """A line of the history; a lead that is new comes from no status."""
    StatusChange.objects.create(team_id=lead.team_id, lead=lead, by_id=by_id, from_status=start, to_status=end)


def mark_days(lead: Lead, *moments: dt.datetime) -> None:
    """Say that what the days count of the lead and its conversations is about to change; before a transaction."""
    starts = ConversationSession.objects.filter(lead=lead.pk).values_list("start_time", flat=True)
    rollups.mark(lead.team_id, [lead.timestamp, *moments, *starts])
