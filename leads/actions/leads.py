"""Leads: how they come in, are merged by their e-mail, change and go."""

import datetime as dt
from typing import Any, Unpack

from django.db import IntegrityError

from accounts.models import User
from config import times
from config.db import atomic
from config.errors import Conflict, NotFound, Unprocessable
from config.ids import parse_id
from leads import records
from leads.actions import intake, rollups, sessions, statuses
from leads.actions.intake import Taken
from leads.actions.lead_deletion import delete_lead, erase_deleted
from leads.actions.lead_values import LeadFields, checked, compared_again, tag_line
from leads.actions.merging import earlier_message, merged
from leads.happenings import Happening, News, tell
from leads.incoming import read_time
from leads.models import Lead, LeadAlias, LeadNote, LeadStatus
from leads.records import Kind, Record

__all__ = ["change_lead", "create_lead", "delete_lead", "erase_deleted", "let_go", "set_status", "write_lead"]
TRIES = 5


class Overtaken(Exception):
    """The lead went while it was being merged with."""


class EmailTaken(Conflict):
    code = "email_taken"

    def __init__(self, other: Lead | None) -> None:
        whose = f"{other.name} ({other.pk})" if other else "Another lead"
        super().__init__(f"{whose} has this e-mail. Change that lead, or delete it first.")
        self.field = "email"


def create_lead(*, by: User, record_id: str = "", **fields: Unpack[LeadFields]) -> Taken[tuple[Lead, bool]]:
    """Take a lead: a new one, or merged with the one that the team knows by its e-mail. The bool: it is new.

    Unprocessable, before anything is kept, for what a lead can't be made of.
    """
    data = checked({"name": "", "email": "", "company": "", "interest": ""} | fields)
    return intake.take(records.make(Kind.LEAD, by=by, data=data, record_id=record_id), write_lead)


def write_lead(record: Record) -> tuple[Lead, bool]:
    """Do what the record says, once however often it is called. NotFound when nobody is left in its team."""
    if not User.objects.filter(team=record.team_id, deleted_at=None).exists():
        raise NotFound("The team of this lead is not here any more.")
    lead, is_new = put(record)
    if lead.session_id:
        sessions.link_lead(lead=lead)
    return lead, is_new


def put(record: Record) -> tuple[Lead, bool]:
    """Of two with the same new e-mail one is made, and the other comes here again and is merged."""
    for _ in range(TRIES):
        mark_before(record)
        try:
            return put_once(record)
        except (IntegrityError, Overtaken):
            continue
    raise Conflict("This lead can't be kept: its id belongs to another one.")


def mark_before(record: Record) -> None:
    known = with_email(record)
    if known:
        statuses.mark_days(known)
    else:
        rollups.mark(record.team_id, [came_up(record)])


def with_email(record: Record) -> Lead | None:
    return Lead.objects.filter(team=record.team_id, email=record.data["email"]).first()


def came_up(record: Record) -> dt.datetime:
    given = record.data.get("timestamp")
    return read_time(given) if given else record.at


@atomic
def put_once(record: Record) -> tuple[Lead, bool]:
    if lead := Lead.objects.filter(team=record.team_id).known_as(record.id).first():
        return lead, lead.pk == record.id
    by_id = record.by_id if User.objects.filter(pk=record.by_id).exists() else None
    if lead := with_email(record):
        merge(lead, record, by_id)
        return lead, False
    return insert(record, by_id), True


def insert(record: Record, by_id: str | None) -> Lead:
    lead = row_of(record)
    lead.save(force_insert=True)
    statuses.note(lead, by_id=by_id, start="", end=lead.status)
    tell(News(Happening.LEAD_CREATED, lead.team_id, lead, by_id))
    return lead


def row_of(record: Record) -> Lead:
    """The lead that a record makes, not saved."""
    values = dict(record.data)
    lead = Lead(
        pk=record.id,
        team_id=record.team_id,
        timestamp=came_up(record),
        created_at=record.at,
        updated_at=record.at,
        status=values.pop("status", LeadStatus.NEW.value),
        tag_line=tag_line(values.pop("tags", ())),
    )
    values.pop("timestamp", None)
    for field, value in values.items():
        setattr(lead, field, value)
    return lead


def merge(lead: Lead, record: Record, by_id: str | None) -> None:
    is_changed, former = absorb(lead, record, by_id)
    lead.refresh_from_db()
    if is_changed:
        statuses.tell_update(lead, by_id=by_id, former=former)


def absorb(lead: Lead, record: Record, by_id: str | None) -> tuple[bool, str]:
    """Within a transaction: write what a record says of a known lead. Whether that was new, and the former status."""
    changes, former = merged(lead, record.data), ""
    if not Lead.objects.filter(pk=lead.pk).update(**changes, **compared_again(changes), updated_at=times.now()):
        raise Overtaken
    if text := earlier_message(lead, changes):
        LeadNote.objects.create(team_id=lead.team_id, lead=lead, by=None, text=text)
    if status := record.data.get("status"):
        former = statuses.move(lead, status, by_id=by_id)
    LeadAlias.objects.create(pk=record.id, team_id=lead.team_id, lead=lead)
    return bool(changes or former), former


def change_lead(*, by: User, lead: Lead, **changes: Any) -> None:
    """Change what is named, all of it or nothing: what LeadFields has, and `owner`, the id of a member or None.

    An empty text blanks what is not required. EmailTaken when another lead of the team has the e-mail.
    """
    values, status = columns(by, lead, dict(changes))
    statuses.mark_days(lead, *(values[name] for name in ("timestamp",) if name in values))
    try:
        write_changes(by, lead, values, status)
    except IntegrityError as error:
        raise EmailTaken(None) from error
    if "session_id" in values:
        follow_session(lead)
    elif "timestamp" in values:  # another may be the newest that names its conversation now
        sessions.link_lead(lead=lead)


def columns(by: User, lead: Lead, changes: dict[str, Any]) -> tuple[dict[str, Any], str | None]:
    """The columns that change, with their new values; the status apart."""
    owner = {"owner_id": owner_id(by, lead, changes.pop("owner"))} if "owner" in changes else {}
    values = checked(changes) | owner
    status = values.pop("status", None)
    if "timestamp" in values:
        values["timestamp"] = read_time(values["timestamp"])
    if "tags" in values:
        values["tag_line"] = tag_line(values.pop("tags"))
    values = {name: value for name, value in values.items() if value != getattr(lead, name)}
    if "email" in values:
        check_free(lead, values["email"])
    return values, status


def owner_id(by: User, lead: Lead, member_id: str | None) -> str | None:
    """Of a member of the team; whoever has the lead already may keep it. None: nobody."""
    if not member_id or member_id == lead.owner_id:
        return member_id or None
    try:
        return User.objects.in_team_of(by).get(pk=parse_id(member_id), is_active=True).pk
    except (ValueError, User.DoesNotExist) as error:
        raise Unprocessable("Nobody in your team has this id. Choose a member.", field="owner") from error


def check_free(lead: Lead, email: str) -> None:
    if other := Lead.objects.filter(team=lead.team_id, email=email).exclude(pk=lead.pk).first():
        raise EmailTaken(other)


@atomic
def write_changes(by: User, lead: Lead, values: dict[str, Any], status: str | None) -> None:
    rows = Lead.objects.filter(pk=lead.pk)
    # Tags are one line: without the comparison, whoever adds one would undo what another adds at the same moment.
    same = rows.filter(tag_line=lead.tag_line) if "tag_line" in values else rows
    if values and not same.update(**values, **compared_again(values), updated_at=times.now()):
        raise Conflict(statuses.OVERTAKEN) if rows.exists() else NotFound(statuses.GONE)
    former = statuses.move(lead, status, by_id=by.pk) if status else ""
    lead.refresh_from_db()
    if values or former:
        statuses.tell_update(lead, by_id=by.pk, former=former)


def follow_session(lead: Lead) -> None:
    """A lead that names another conversation now belongs to that one too; one that names none, to none."""
    if lead.session_id:
        sessions.link_lead(lead=lead)
    else:
        sessions.unlink_lead(lead=lead)


def set_status(*, by: User, lead: Lead, status: str, shown: str = "") -> None:
    statuses.set_status(by=by, lead=lead, status=status, shown=shown)


def let_go(user: User) -> None:
    """Nobody keeps a lead of a team that they leave; the row at hand still names it."""
    Lead.objects.filter(team=user.team_id, owner=user).update(owner=None)
