"""Two leads that are one person: merged by hand, the one into the other.

The journal has it first, without a word of what the two say: played again, its older records bring nobody back, for the
id of the one that went leads to the other.
"""

from collections.abc import Collection
from typing import Any

from django.db.models import F

from accounts.models import User
from config import times
from config.db import atomic
from config.errors import Conflict
from config.paging import millis
from leads import journal, records
from leads.actions import duplicates, statuses
from leads.actions.lead_deletion import note_deletion
from leads.actions.lead_values import REQUIRED, tag_line
from leads.actions.merging import joined, united
from leads.models import Contact, ConversationSession, Lead, LeadAlias, LeadNote, LeadPair, StatusChange
from leads.records import Kind, Record

CHOSEN = {  # field by field: what a person calls it
    "name": "Name",
    "email": "E-mail",
    "company": "Company",
    "interest": "Interest",
    "phone": "Phone",
    "job_title": "Job title",
    "budget": "Budget",
    "timeline": "Timeline",
    "message": "Message",
    "source": "Source",
    "status": "Status",
    "owner": "Owner",
}
ONE = "These two are one lead by now: somebody has merged them."
CHANGED = "One of the two was changed, merged or deleted since you looked. Look at them again."


def mark_of(kept: Lead, other: Lead) -> str:
    """What a page keeps of the two, to tell whether they have changed since."""
    return f"{millis(kept.updated_at)}-{millis(other.updated_at)}"


def merge_leads(*, by: User, kept: Lead, other: Lead, taken: Collection[str], seen: str) -> None:
    """Merge `other` into `kept`, with those fields of CHOSEN taken from it: notes, history, tags, aliases,
    conversations and contacts of both are the kept one's then, and what it doesn't say any more is a note.

    Conflict when they are one already, or when one of them isn't as it was `seen` any more.
    """
    if kept.pk == other.pk:
        raise Conflict(ONE)
    if seen != mark_of(kept, other):
        raise Conflict(CHANGED)
    ids = [other.pk, *LeadAlias.objects.filter(lead=other).values_list("pk", flat=True)]
    data = {"kept": kept.pk, "ids": ids, "taken": sorted(taken)}
    record = records.make(Kind.LEADS_MERGED, by=by, data=data)
    note_deletion(record)
    try:
        join(kept, other, taken, by_id=by.pk)
    except BaseException:
        journal.drop(record)
        raise
    journal.settle(record)
    kept.refresh_from_db()


def merge_again(record: Record) -> None:
    """Do what the journal says, if both are there."""
    rows = Lead.objects.filter(team=record.team_id)
    kept = rows.known_as(record.data["kept"]).first()
    other = rows.filter(pk=record.data["ids"][0]).first()
    if kept and other and kept.pk != other.pk:
        by = User.objects.filter(pk=record.by_id).first()
        join(kept, other, record.data["taken"], by_id=by.pk if by else None)


def join(kept: Lead, other: Lead, taken: Collection[str], *, by_id: str | None) -> None:
    for lead in (kept, other):
        statuses.mark_days(lead, kept.timestamp, other.timestamp)
    join_rows(kept, other, values_from(kept, other, taken), by_id)
    duplicates.forget([other.pk])


def values_from(kept: Lead, other: Lead, taken: Collection[str]) -> dict[str, Any]:
    """What changes of the kept lead; what a lead has to have is never blanked."""
    fields = [field for field in CHOSEN if field in taken and (getattr(other, field) or field not in REQUIRED)]
    return {field: getattr(other, field) for field in fields if getattr(kept, field) != getattr(other, field)}


@atomic
def join_rows(kept: Lead, other: Lead, values: dict[str, Any], by_id: str | None) -> None:
    """What belongs to the other goes first: it would be deleted with it, and its e-mail is free only then."""
    move_rows(kept, other)
    if not Lead.objects.filter(pk=other.pk, updated_at=other.updated_at).delete()[1].get(Lead._meta.label):
        raise Conflict(CHANGED)
    rows = Lead.objects.filter(pk=kept.pk, updated_at=kept.updated_at)
    plain = {field: value for field, value in values.items() if field != "status"}
    if not rows.update(**plain, **combined(kept, other), compared=0, updated_at=times.now()):
        raise Conflict(CHANGED)
    former = statuses.move(kept, values["status"], by_id=by_id) if "status" in values else ""
    LeadAlias.objects.create(pk=other.pk, team_id=kept.team_id, lead=kept)
    LeadNote.objects.create(team_id=kept.team_id, lead=kept, by_id=by_id, text=said(kept, other, values))
    kept.refresh_from_db()
    statuses.tell_update(kept, by_id=by_id, former=former)


def move_rows(kept: Lead, other: Lead) -> None:
    for model in (LeadNote, StatusChange, LeadAlias, Contact):
        model.objects.filter(lead=other).update(lead=kept)
    ConversationSession.objects.filter(lead=other).update(lead=kept, revision=F("revision") + 1)
    for pair in LeadPair.objects.filter(is_dismissed=True, second=other) | LeadPair.objects.filter(
        is_dismissed=True, first=other
    ):
        keep_apart(kept, pair.second_id if pair.first_id == other.pk else pair.first_id, pair)


def keep_apart(kept: Lead, third: str, pair: LeadPair) -> None:
    """Whom somebody has told from the other one is none with the kept lead either."""
    first, second = sorted((kept.pk, third))
    known = LeadPair.objects.filter(first=first, second=second)
    if third != kept.pk and not known.update(is_dismissed=True, by=pair.by_id):
        fields = {"team_id": kept.team_id, "kinds": pair.kinds, "is_dismissed": True, "by_id": pair.by_id}
        LeadPair.objects.create(first_id=first, second_id=second, **fields)


def combined(kept: Lead, other: Lead) -> dict[str, Any]:
    """What both say: the earlier time, all tags, the metadata of both, where the kept one's stands."""
    return {
        "timestamp": min(kept.timestamp, other.timestamp),
        "tag_line": tag_line(united(other.tags, kept.tags)),
        "metadata": joined(other.metadata, kept.metadata),
        "session_id": kept.session_id or other.session_id,
    }


def said(kept: Lead, other: Lead, values: dict[str, Any]) -> str:
    """A note of what the merged lead says no more."""
    lines = [f"Merged with {other.name} ({other.email})."]
    for field, label in CHOSEN.items():
        lost, stays = (kept, other) if field in values else (other, kept)
        if (value := getattr(lost, field)) and value != getattr(stays, field):
            lines.append(f"{label}: {value}")
    return "\n".join(lines)
