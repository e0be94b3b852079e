"""Leads, conversations and transcripts that come from another system, each whole or not at all."""

import json
from collections import defaultdict
from collections.abc import Sequence
from itertools import count
from typing import Any

from django.db import IntegrityError

from accounts.models import User
from config import times
from config.db import atomic
from config.errors import Conflict
from config.ids import parse_id
from leads.actions import events as logged
from leads.actions import idle, rollups, session_counts, session_rows, sessions, statuses
from leads.actions.lead_values import LINES, compared_again
from leads.models import ConversationSession, Lead, LeadAlias, LeadNote, StatusChange, TranscriptEvent
from leads.records import Kind, Record
from voices.models import AudioFile

TAKEN = "Its id or its e-mail was taken this moment by another row. Run the import again."
TEXTS = (*LINES, "message", "session_id")
SAID = (*TEXTS, "status")
Key = tuple[str, str]  # of an event: its session_id and event_id


def lead_known_as(*, team_id: str, lead_id: str) -> str | None:
    """The team's lead that has this id, or to which it leads."""
    return Lead.objects.filter(team=team_id).known_as(lead_id).values_list("pk", flat=True).first()


def is_lead_elsewhere(*, team_id: str, lead_id: str) -> bool:
    """Whether another team has a lead of this id."""
    return any(model.objects.filter(pk=lead_id).exclude(team=team_id).exists() for model in (Lead, LeadAlias))


def import_lead(*, by: User, lead: Lead, dry_run: bool = False) -> None:
    """Save a lead with its old id. A dry run writes nothing, here and below."""
    if dry_run:
        return
    rollups.mark(lead.team_id, [lead.timestamp])
    try:
        save_lead(lead, by)
    except IntegrityError as error:
        raise Conflict(TAKEN) from error
    sessions.link_lead(lead=lead)


@atomic
def save_lead(lead: Lead, by: User) -> None:
    lead.save(force_insert=True)
    change = StatusChange(team_id=lead.team_id, lead=lead, by=by, to_status=lead.status, created_at=lead.created_at)
    change.save(force_insert=True)


def merge_lead(*, by: User, lead: Lead, other: Lead, dry_run: bool = False) -> bool:
    """Take what `other`, a row of the same e-mail, says more; its id leads to the lead. Whether it said anything new.

    What is here stays: blanks are filled, and what it says otherwise becomes a note.
    """
    filled = {name: getattr(other, name) for name in TEXTS if getattr(other, name) and not getattr(lead, name)}
    metadata = {name: value for name, value in other.metadata.items() if name not in lead.metadata}
    if metadata:
        filled["metadata"] = lead.metadata | metadata
    otherwise = said_otherwise(lead, other)
    for name, value in filled.items():
        setattr(lead, name, value)
    if not dry_run:
        statuses.mark_days(lead)
        try:
            save_merged(lead, other, filled, otherwise, by)
        except IntegrityError as error:
            raise Conflict(TAKEN) from error
        sessions.link_lead(lead=lead)
        link_other(lead, other.session_id)
    return bool(filled or otherwise)


@session_rows.until_won
def link_other(lead: Lead, session_id: str) -> None:
    """A conversation that the row of a merged lead names, and that has no lead, is the lead's too."""
    rows = ConversationSession.objects.filter(team=lead.team_id, session_id=session_id, lead=None)
    session = rows.slim().first() if session_id else None
    if session:
        rollups.mark(lead.team_id, [session.start_time])
        session.lead_id, session.lead_generated = lead.pk, True
        session_rows.save(session)


def said_otherwise(lead: Lead, other: Lead) -> list[str]:
    """A line for each value of both that differs."""
    pairs = [(name, getattr(lead, name), getattr(other, name)) for name in SAID]
    pairs += [(name, lead.metadata.get(name, ""), value) for name, value in other.metadata.items()]
    return [f"{name}: {as_text(theirs)}" for name, ours, theirs in pairs if ours and theirs and ours != theirs]


def as_text(value: Any) -> str:
    return str(value) if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


@atomic
def save_merged(lead: Lead, other: Lead, filled: dict[str, Any], otherwise: list[str], by: User) -> None:
    if filled:
        Lead.objects.filter(pk=lead.pk).update(**filled, **compared_again(filled), updated_at=times.now())
    if otherwise:
        text = "\n".join([f"Imported for the same e-mail, of {times.iso(other.timestamp)}:", *otherwise])
        LeadNote.objects.create(team_id=lead.team_id, lead=lead, by=by, text=text)
    LeadAlias(pk=other.pk, team_id=lead.team_id, lead=lead).save(force_insert=True)


def session_called(session: ConversationSession) -> ConversationSession | None:
    """The one that is here under its session_id."""
    return ConversationSession.objects.filter(team=session.team_id, session_id=session.session_id).first()


def makes_lead(items: list[Any]) -> bool:
    return sessions.makes_lead(items)


def file_called(text: str, *, by: User) -> str | None:
    """The id of the person's audio file."""
    try:
        return AudioFile.objects.filter(user=by, pk=parse_id(text)).values_list("pk", flat=True).first()
    except ValueError:
        return None


def import_session(*, session: ConversationSession, dry_run: bool = False) -> None:
    """Save a session, or complete the one of which only its events are here."""
    if dry_run:
        return
    here = session_called(session)
    rollups.mark(session.team_id, [session.start_time, *([here.start_time] if here else [])])
    put_session(session)
    sessions.link(session.team_id, session.session_id)


@session_rows.until_won
def put_session(session: ConversationSession) -> None:
    here = session_called(session)
    if here is None:
        session.settle_duration()
        session.save(force_insert=True)
        return
    for name in session_rows.TOLD:
        setattr(here, name, getattr(session, name))
    here.lead_id = session.lead_id or here.lead_id
    here.lead_generated = session.lead_generated or here.lead_generated
    here.take_start(session.start_time, is_told=session.has_own_start)
    if not session.was_silent:
        here.take_end(session.end_time)
    session_rows.save(here, is_told=True)


def known_events(*, team_id: str, events: Sequence[TranscriptEvent]) -> set[Key]:
    """Which of them are here."""
    rows = TranscriptEvent.objects.filter(
        team=team_id,
        session_id__in={event.session_id for event in events},
        event_id__in={event.event_id for event in events},
    )
    return set(rows.values_list("session_id", "event_id"))


def loose_session(*, first: TranscriptEvent) -> str:
    """The session of the lines that name none, the first of which is this one: where that already is, or a new one."""
    for number in count(1):
        name = f"migrated_{first.timestamp:%Y%m%d}_{number}"
        rows = TranscriptEvent.objects.of_session(first.team_id, name)
        is_taken = ConversationSession.objects.filter(team=first.team_id, session_id=name).exists()
        if not is_taken or rows.filter(event_id=first.event_id).exists():
            return name
    raise AssertionError("unreachable")


def import_events(*, by: User, events: Sequence[TranscriptEvent], dry_run: bool = False) -> None:
    """Save events that are not here, with what their sessions say of them; sessions that are not here are made."""
    if dry_run or not events:
        return
    batches: logged.Batches = defaultdict(list)
    for event in events:
        batches[event.session_id].append(event)
    logged.write_batches(as_of(max(events, key=lambda event: event.timestamp), by), batches)


def mend_counts(*, by: User) -> None:
    """Count the sessions again whose events were stored by a run that was cut off before it counted them."""
    for session_id in session_counts.miscounted(by.team_id):
        rows = TranscriptEvent.objects.of_session(by.team_id, session_id)
        known = ConversationSession.objects.filter(team=by.team_id, session_id=session_id)
        first, last = rows.order_by("timestamp").first(), rows.order_by("timestamp").last()
        if first and last:
            rollups.mark(by.team_id, [first.timestamp, *known.values_list("start_time", flat=True)])
            session_counts.count_again(as_of(last, by), [first])


def as_of(last: TranscriptEvent, by: User) -> Record:
    """What stands for the events of an import: their sessions were heard of when the last was said."""
    heard_at = min(last.timestamp, times.now())
    return Record(Kind.EVENTS, by.team_id, by.pk, {}, arrival=int(heard_at.timestamp() * 1e9))


def end_sessions() -> None:
    """End those that have been silent for long, as the sweeper would."""
    idle.end_silent()
