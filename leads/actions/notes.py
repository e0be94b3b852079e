"""What the team writes down about a lead."""

from accounts.models import User
from config import times
from config.db import atomic
from config.errors import NotFound, Unprocessable
from config.text import forbidden_character, plain_lines
from leads.actions.statuses import GONE
from leads.models import NOTE_MAX_CHARACTERS, Lead, LeadNote


def add_note(*, by: User, lead: Lead, text: str) -> LeadNote:
    """Unprocessable when nothing is written, too much, or a character that is not taken."""
    text = plain_lines(text).strip()
    if not 1 <= len(text) <= NOTE_MAX_CHARACTERS:
        raise Unprocessable(f"Write a note of 1 to {NOTE_MAX_CHARACTERS:,} characters.", field="text")
    if character := forbidden_character(text):
        raise Unprocessable(f"The note holds a character that is not taken ({character}). Remove it.", field="text")
    return insert(by, lead, text)


@atomic
def insert(by: User, lead: Lead, text: str) -> LeadNote:
    """The lead is touched first: a deletion at the same time takes the note along, or leaves no room for it."""
    if not Lead.objects.filter(pk=lead.pk).update(updated_at=times.now()):
        raise NotFound(GONE)
    return LeadNote.objects.create(team_id=lead.team_id, lead=lead, by=by, text=text)


def delete_note(*, by: User, note: LeadNote) -> None:
    """Anybody of the team may."""
    LeadNote.objects.owned_by(by).filter(pk=note.pk).delete()
