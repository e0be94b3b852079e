"""What is a lead's: the conversations it came out of, the chats with it, their sound."""

from collections.abc import Iterator
from dataclasses import dataclass

from django.db.models import Q

from config.db import BATCH_ROWS, batches, in_batches
from leads.models import (
    Contact,
    ConversationSession,
    DeskQuerySet,
    Lead,
    LeadAlias,
    Message,
    MessageMedia,
    TranscriptEvent,
)
from leads.whatsapp.session_ids import contact_id_of, talk_with
from voices.models import AudioFile


@dataclass(frozen=True)
class Belongings:
    """`session_ids`: of conversations of this lead alone; `shared_ids`: of those of other leads too."""

    lead: Lead
    session_ids: list[str]
    shared_ids: list[str]
    contacts: list[Contact]
    audio_ids: list[str]

    def sessions(self) -> Iterator[ConversationSession]:
        """One after the other, whole."""
        for batch in in_batches(ConversationSession.objects.filter(team=self.lead.team_id, pk__in=self.session_pks())):
            yield from batch

    def session_pks(self) -> list[str]:
        rows = ConversationSession.objects.filter(team=self.lead.team_id)
        parts = batches(self.session_ids, BATCH_ROWS)
        return [pk for part in parts for pk in rows.filter(session_id__in=part).values_list("pk", flat=True)]

    def messages(self) -> DeskQuerySet:
        return Message.objects.filter(contact__in=[contact.pk for contact in self.contacts])

    def counts(self) -> dict[str, int]:
        """How much there is of each kind."""
        events = TranscriptEvent.objects
        said = (events.of_session(self.lead.team_id, session_id).count() for session_id in self.session_ids)
        return {
            "notes": self.lead.notes.count(),
            "changes": self.lead.changes.count(),
            "aliases": LeadAlias.objects.filter(lead=self.lead).count(),
            "sessions": len(self.session_ids),
            "shared": len(self.shared_ids),
            "events": sum(said),
            "contacts": len(self.contacts),
            "messages": self.messages().count(),
            "files": self.files().count(),
            "recordings": len(self.audio_ids),
        }

    def files(self) -> DeskQuerySet:
        """Of its messages, as far as they are kept here."""
        contacts = [contact.pk for contact in self.contacts]
        return MessageMedia.objects.filter(team=self.lead.team_id, message__contact__in=contacts).exclude(path="")


def belongings_of(lead: Lead) -> Belongings:
    linked = set(ConversationSession.objects.filter(lead=lead).values_list("session_id", flat=True))
    contacts = contacts_of(lead, linked)
    own = [contact.pk for contact in contacts]
    shared = {each for each in linked if is_of_another(lead, each, own)}
    for contact in contacts:
        talks = ConversationSession.objects.filter(team=lead.team_id, **talk_with(contact.pk))
        linked |= set(talks.values_list("session_id", flat=True))
    session_ids = sorted(linked - shared)
    return Belongings(lead, session_ids, sorted(shared), contacts, audio_of(lead.team_id, session_ids))


def contacts_of(lead: Lead, session_ids: set[str]) -> list[Contact]:
    """Whose chat it was made of, unless another lead came out of that too."""
    named = sorted({contact_id for each in session_ids if (contact_id := contact_id_of(each))})
    rows = Contact.objects.kept().filter(Q(lead=lead) | Q(lead=None, pk__in=named), team=lead.team_id)
    return [each for each in rows.prefetch_related("channel").order_by("pk") if not has_another(lead, each)]


def has_another(lead: Lead, contact: Contact) -> bool:
    """Whether another lead came out of some conversation with the contact."""
    talks = ConversationSession.objects.filter(team=lead.team_id, lead__isnull=False, **talk_with(contact.pk))
    return talks.exclude(lead=lead.pk).exists()


def is_of_another(lead: Lead, session_id: str, contact_ids: list[str]) -> bool:
    """Whether another lead came out of the conversation too, or it is a chat with somebody else."""
    contact_id = contact_id_of(session_id)
    if contact_id and Contact.objects.filter(team=lead.team_id, pk=contact_id).exclude(pk__in=contact_ids).exists():
        return True
    return Lead.objects.filter(team=lead.team_id, session_id=session_id).exclude(pk=lead.pk).exists()


def audio_of(team_id: str, session_ids: list[str]) -> list[str]:
    """The recordings of these conversations that no other one has."""
    rows = ConversationSession.objects.filter(team=team_id)
    parts = batches(session_ids, BATCH_ROWS)
    found = {pk for part in parts for pk in rows.filter(session_id__in=part).values_list("audio_file", flat=True) if pk}
    own = set(session_ids)
    users = ConversationSession.objects.filter(audio_file__in=found).values_list("audio_file", "team", "session_id")
    others = {pk for pk, team, session_id in users if team != team_id or session_id not in own}
    return sorted(AudioFile.objects.filter(pk__in=found - others).values_list("pk", flat=True))
