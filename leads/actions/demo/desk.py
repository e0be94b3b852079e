"""Conversations and leads of the sample team, as if they had come in day by day."""

import datetime as dt

from accounts.models import User
from config import times
from config.db import atomic
from leads.actions import events, imports, rollups, sessions
from leads.actions.demo.sounds import Recordings
from leads.actions.lead_values import tag_line
from leads.countries import country_of
from leads.demo.leads import SampleLead, Step
from leads.demo.talks import Talk
from leads.models import Contact, ConversationSession, Lead, LeadNote, LeadStatus, StatusChange, TranscriptEvent
from leads.whatsapp.session_ids import session_id_of

SOURCES = {"voice": "phone", "web": "website"}
SAME = ("name", "email", "company", "interest", "phone", "job_title", "budget", "timeline", "message", "source")


def put_talks(people: list[User], talks: list[Talk], recordings: Recordings) -> None:
    by = people[0]
    talks = [recordings.get(talk.session_id, (talk, None))[0] for talk in talks]
    imports.import_events(by=by, events=[event for talk in talks for event in events_of(by, talk)])
    for talk in talks:
        file = recordings.get(talk.session_id, (talk, None))[1]
        imports.import_session(session=session_of(by, talk, audio_file=file))


def events_of(by: User, talk: Talk) -> list[TranscriptEvent]:
    return [
        TranscriptEvent(
            team_id=by.team_id,
            session_id=talk.session_id,
            event_id=f"{talk.session_id}-{number}",
            timestamp=(at := after(talk.start, turn.at)),
            arrival=round(at.timestamp() * 1000) * 1_000_000 + number,
            role=turn.role,
            content=turn.text,
            source=SOURCES[talk.channel],
            meta=events.with_intent({}, turn.role, turn.text),
            created_at=at,
        )
        for number, turn in enumerate(talk.turns)
    ]


def after(start: dt.datetime, seconds: float) -> dt.datetime:
    return times.to_millis(start + dt.timedelta(seconds=seconds))


def session_of(by: User, talk: Talk, **more: object) -> ConversationSession:
    return ConversationSession(
        team_id=by.team_id,
        session_id=talk.session_id,
        start_time=talk.start,
        has_own_start=True,
        end_time=times.to_millis(talk.end),
        channel=talk.channel,
        country=country_of(talk.metadata),
        metadata=talk.metadata,
        **more,
    )


def put_leads(people: list[User], samples: list[SampleLead], contacts: dict[str, Contact]) -> None:
    """`contacts`: by their numbers; some leads came out of their chats."""
    for sample in samples:
        lead = lead_of(people, sample, contacts.get(sample.of_chat))
        rollups.mark(lead.team_id, [lead.timestamp])
        save(lead, changes_of(people, lead, sample), notes_of(people, lead, sample))
        sessions.link_lead(lead=lead)
        if contact := contacts.get(sample.of_chat):
            Contact.objects.filter(pk=contact.pk).update(lead=lead)


def lead_of(people: list[User], sample: SampleLead, contact: Contact | None) -> Lead:
    of_chat = {"contact_id": contact.pk} if contact else {}
    return Lead(
        team_id=people[0].team_id,
        status=sample.status,
        owner=None if sample.owner is None else people[sample.owner],
        tag_line=tag_line(sample.tags),
        session_id=session_id_of(contact.pk, contact.last_message_at) if contact else sample.session_id,
        timestamp=times.to_millis(sample.timestamp),
        created_at=times.to_millis(sample.timestamp),
        updated_at=times.to_millis(max([sample.timestamp, *(step.at for step in (*sample.steps, *sample.notes))])),
        metadata=of_chat,
        **{name: getattr(sample, name) for name in SAME},
    )


def changes_of(people: list[User], lead: Lead, sample: SampleLead) -> list[StatusChange]:
    """From the moment it came up, which nobody of the team did."""
    steps = [Step(LeadStatus.NEW.value, sample.timestamp, None), *sample.steps]
    return [
        StatusChange(
            team_id=lead.team_id,
            lead=lead,
            by=None if step.by is None else people[step.by],
            from_status=before.text if before else "",
            to_status=step.text,
            created_at=times.to_millis(step.at),
        )
        for before, step in zip([None, *steps], steps, strict=False)
    ]


def notes_of(people: list[User], lead: Lead, sample: SampleLead) -> list[LeadNote]:
    return [
        LeadNote(
            team_id=lead.team_id, lead=lead, by=people[note.by], text=note.text, created_at=times.to_millis(note.at)
        )
        for note in sample.notes
    ]


@atomic
def save(lead: Lead, changes: list[StatusChange], notes: list[LeadNote]) -> None:
    lead.save(force_insert=True)
    StatusChange.objects.bulk_create(changes)
    LeadNote.objects.bulk_create(notes)
