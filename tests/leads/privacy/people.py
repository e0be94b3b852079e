"""A person of whom much is known."""

import datetime as dt
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.db import connection

from accounts.models import User
from config.ids import new_id
from leads.actions import events, leads, notes, sessions
from leads.actions.whatsapp import message_rows
from leads.models import Contact, Erasure, Lead
from tests.leads.leads import PERSON, make_lead
from tests.leads.whatsapp.chats import make_channel, make_contact, make_media, make_message
from voices.models import AudioFile

EMAIL = PERSON["email"]
LONG_AGO = dt.timedelta(minutes=5)


def make_sound(user: User) -> AudioFile:
    name = default_storage.save(f"files/{new_id()}.wav", ContentFile(b"RIFF of a voice"))
    return AudioFile.objects.create(user=user, s3_key=name, name="call with Ann.wav", is_stored=True)


def make_person(user: User, session_id: str = "call:1", **fields: Any) -> Lead:
    """A lead with a note, a history, an alias, and a conversation with sound; all of it went through the journal."""
    sound = make_sound(user)
    sessions.start_session(by=user, session_id=session_id, audio_file_id=sound.pk, items=[{"content": "Ann speaks."}])
    events.log_events(by=user, events=[said("I am Ann.", session_id), said("Hello Ann.", session_id, role="assistant")])
    lead = make_lead(user, session_id=session_id, **fields)
    leads.create_lead(by=user, **PERSON | fields)
    notes.add_note(by=user, lead=lead, text="Ann called.")
    leads.set_status(by=user, lead=lead, status="closed")
    return Lead.objects.get(pk=lead.pk)


def said(content: str, session_id: str = "call:1", *, role: str = "user", **fields: Any) -> dict[str, Any]:
    return {"role": role, "content": content, "session_id": session_id, **fields}


def make_chat(user: User, lead: Lead, number: str = "4915112345678") -> Contact:
    """Of which the lead was made: a message with a file."""
    contact = make_contact(make_channel(user), number, name="Ann", lead=lead)
    message = make_message(contact, "Ann writes.", kind="image")
    path = default_storage.save("whatsapp/202611/ann.jpg", ContentFile(b"a face"))
    make_media(message, status="completed", path=path, file_name="Ann's face.jpg")
    message_rows.log(message)
    return contact


def words_in_index() -> bytes:
    """All that SQLite's index of the search has on its pages; nothing elsewhere."""
    if connection.vendor != "sqlite":
        return b""
    with connection.cursor() as asked:
        asked.execute("SELECT block FROM transcript_search_data")
        return b"".join(block for (block,) in asked.fetchall())


def as_if_later() -> None:
    """The erasures were made a while ago."""
    for row in Erasure.objects.all():
        Erasure.objects.filter(pk=row.pk).update(erased_at=row.erased_at - LONG_AGO)
