"""Whether the database has what a record of the journal says."""

import datetime as dt
from collections import defaultdict
from collections.abc import Callable

from accounts.models import User
from leads.models import Channel, ConversationSession, ErasedContact, Erasure, Lead, TranscriptEvent, WebhookDelivery
from leads.records import Kind, Record


def is_stored(record: Record) -> bool:
    """True for what was deleted later only if the record is the deletion itself: the caller knows of later ones."""
    return CHECKS[Kind(record.kind)](record)


def has_people(record: Record) -> bool:
    """Whether somebody is left in its team; the rows of other teams are deleted."""
    return User.objects.filter(team=record.team_id, deleted_at=None).exists()


def has_lead(record: Record) -> bool:
    """Itself, or as one that it was merged into."""
    return Lead.objects.filter(team=record.team_id).known_as(record.id).exists()


def has_no_lead(record: Record) -> bool:
    return not Lead.objects.filter(team=record.team_id, pk__in=record.data["ids"]).exists()


def has_events(record: Record) -> bool:
    events = defaultdict(set)
    for entry in record.data["events"]:
        events[entry["session_id"]].add(entry["event_id"])
    for session_id, ids in events.items():
        rows = TranscriptEvent.objects.of_session(record.team_id, session_id)
        if rows.filter(event_id__in=list(ids)).count() < len(ids):
            return False
    return True


def has_session(record: Record) -> bool:
    """One that was written since."""
    changed_at = session_changed_at(record.team_id, record.data["session_id"])
    return bool(changed_at) and changed_at >= record.at


def session_changed_at(team_id: str, session_id: str) -> dt.datetime | None:
    """None when it isn't there."""
    rows = ConversationSession.objects.filter(team=team_id, session_id=session_id)
    return rows.values_list("updated_at", flat=True).first()


def has_delivery(record: Record) -> bool:
    """Read or not: it stays as long as its record. There is none of a channel that is gone."""
    rows = WebhookDelivery.objects.filter(pk=record.id)
    return rows.exists() or not Channel.objects.kept().filter(pk=record.data["channel_id"]).exists()


def has_erasure(record: Record) -> bool:
    rows = ErasedContact.objects.filter(channel=record.data["channel_id"], digest=record.data["digest"])
    is_kept = rows.filter(erased_at__gte=dt.datetime.fromisoformat(record.data["erased_at"])).exists()
    return is_kept or not Channel.objects.filter(pk=record.data["channel_id"]).exists()


def has_lead_erasure(record: Record) -> bool:
    """Its row is kept longer than its record."""
    return Erasure.objects.filter(pk=record.id).exists()


CHECKS: dict[Kind, Callable[[Record], bool]] = {
    Kind.LEAD: has_lead,
    Kind.LEAD_DELETED: has_no_lead,
    Kind.LEADS_MERGED: has_no_lead,
    Kind.EVENTS: has_events,
    Kind.SESSION: has_session,
    Kind.SESSION_CHANGE: has_session,
    Kind.WEBHOOK: has_delivery,
    Kind.CONTACT_ERASED: has_erasure,
    Kind.LEAD_ERASED: has_lead_erasure,
}
