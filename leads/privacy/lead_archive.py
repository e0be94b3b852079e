"""All that is known of a lead as a zip file that is made while it is read: JSON, and the files beside it."""

import json
from collections import Counter
from collections.abc import Generator, Iterable, Iterator
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile

from django.db.models import Model

from accounts.archive import MISSING, plain, safe_name
from config import times, zip_stream
from config.db import in_batches
from config.files import NO_FILE
from config.zip_stream import Outlet, entry
from leads.models import (
    Contact,
    ConversationSession,
    EventQuerySet,
    Lead,
    LeadAlias,
    Message,
    MessageMedia,
    TranscriptEvent,
)
from leads.privacy.belongings import Belongings, belongings_of
from voices.models import AudioFile

LEAD = (
    *("pk", "name", "email", "company", "interest", "phone", "job_title", "budget", "timeline", "message", "status"),
    *("source", "session_id", "tags", "timestamp", "created_at", "updated_at", "metadata"),
)
NOTE, CHANGE = ("created_at", "text"), ("created_at", "from_status", "to_status")
SESSION = (
    *("session_id", "channel", "country", "start_time", "end_time", "duration_seconds", "event_count"),
    *("metadata", "items", "audio_file_id", "created_at", "updated_at"),
)
EVENT = ("event_id", "timestamp", "role", "content", "source", "meta", "created_at")
CONTACT = ("pk", "phone_number", "name", "labels", "suggestion", "is_active", "created_at", "updated_at")
MESSAGE = (
    *("pk", "created_at", "role", "kind", "content", "status", "status_at", "edited_at", "deleted_at"),
    *("meta_message_id", "metadata"),
)
Parts = Generator[bytes, None, None]


def parts(lead: Lead) -> Parts:
    """The bytes of the zip, some at a time: no more of it is in memory."""
    outlet = Outlet()
    with ZipFile(outlet, "w", ZIP_DEFLATED) as zipped:
        archive = Archive(zipped, belongings_of(lead))
        for _ in archive.write():
            yield from outlet.fetch()
    yield from outlet.fetch(1)


class Archive:
    """Each method gives way now and then, so that what is written can be fetched."""

    def __init__(self, zipped: ZipFile, theirs: Belongings) -> None:
        self.zipped, self.theirs = zipped, theirs
        self.missing: list[str] = []
        self.names = Counter[str]()

    def write(self) -> Iterator[None]:
        yield from self.add("lead.json", [json_of(self.lead())])
        for session in self.theirs.sessions():
            yield from self.add_session(session)
        for contact in self.theirs.contacts:
            yield from self.add_chat(contact)
        if self.missing:
            yield from self.add("missing.txt", [MISSING, *(f"{name}\n" for name in self.missing)])

    def lead(self) -> dict[str, Any]:
        lead, by = self.theirs.lead, lambda rows: rows.order_by("created_at", "pk")
        return {
            "made_at": times.now(),
            "lead": shown(lead, LEAD),
            "aliases": list(LeadAlias.objects.filter(lead=lead).values_list("pk", flat=True)),
            "notes": [shown(note, NOTE) for note in by(lead.notes.all())],
            "history": [shown(change, CHANGE) for change in by(lead.changes.all())],
            "conversations": self.theirs.session_ids,
            "conversations_shared_with_other_leads": self.theirs.shared_ids,
            "chats": [contact.pk for contact in self.theirs.contacts],
        }

    def add_session(self, session: ConversationSession) -> Iterator[None]:
        events = TranscriptEvent.objects.of_session(session.team_id, session.session_id)
        folder = self.own_name(f"conversations/{safe_name(session.session_id)}")
        yield from self.add(f"{folder}.json", with_rows(shown(session, SESSION), "events", in_time(events), EVENT))
        file = AudioFile.objects.filter(pk=session.audio_file_id).first() if session.audio_file_id else None
        if file and file.is_stored:
            yield from self.copy(f"{folder}/{file.pk}-{safe_name(file.download_name)}", file.s3_key)

    def own_name(self, name: str) -> str:
        """Another one for each, also where `A` and `a` are one name."""
        self.names[name.casefold()] += 1
        number = self.names[name.casefold()]
        return name if number == 1 else f"{name} ({number})"

    def add_chat(self, contact: Contact) -> Iterator[None]:
        rows = Message.objects.filter(contact=contact).order_by("created_at", "pk").iterator(100)
        yield from self.add(f"chats/{contact.pk}.json", with_rows(shown(contact, CONTACT), "messages", rows, MESSAGE))
        for batch in in_batches(MessageMedia.objects.filter(message__contact=contact).exclude(path="")):
            for media in batch:
                name = safe_name(media.file_name or media.path.rpartition("/")[2])
                yield from self.copy(f"chats/{contact.pk}/{media.message_id}-{name}", media.path)

    def add(self, name: str, texts: Iterable[str]) -> Iterator[None]:
        with self.zipped.open(entry(name, ZIP_DEFLATED), "w", force_zip64=True) as file:
            for text in texts:
                file.write(text.encode())
                yield

    def copy(self, name: str, stored: str) -> Iterator[None]:
        try:
            yield from zip_stream.copy(self.zipped, name, stored)
        except NO_FILE:
            self.missing.append(name)


def shown(row: Model, columns: tuple[str, ...]) -> dict[str, Any]:
    return {"_id" if column == "pk" else column: getattr(row, column) for column in columns}


def json_of(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, indent=2, default=plain)


def with_rows(head: dict[str, Any], name: str, rows: Iterable[Model], columns: tuple[str, ...]) -> Iterator[str]:
    """An object with an array in it, which is written row by row."""
    yield f'{json_of(head)[:-2]},\n  "{name}": ['
    mark = "\n    "
    for row in rows:
        yield mark + json.dumps(shown(row, columns), ensure_ascii=False, default=plain)
        mark = ",\n    "
    yield "\n  ]\n}\n"


def in_time(events: EventQuerySet) -> Iterator[TranscriptEvent]:
    return events.order_by("timestamp", "arrival", "pk").iterator(100)
