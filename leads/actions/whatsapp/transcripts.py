"""Messages as events of conversation sessions, so that transcripts, searches and figures know them.

The message is the truth. Whoever writes an event looks at the message again afterwards, and whoever changes a message
changes its event afterwards: so the event says what the message says, whoever comes first.
"""

import threading
from typing import Any

from config import times
from leads.actions import events, rollups, session_counts, sessions
from leads.countries import country_of
from leads.models import Contact, ConversationSession, Message, SessionChannel, TranscriptEvent
from leads.records import Clock, Kind, Record
from leads.whatsapp import numbers
from leads.whatsapp.session_ids import session_id_of

SOURCE = "whatsapp"
TRIES = 10  # against others who change the message meanwhile
SESSIONS_MAX = 10_000


class Known:
    """Sessions of which this process has said whose they are: it need not say so again."""

    sessions: set[str] = set()
    lock = threading.Lock()


def log(message: Message) -> None:
    """Make its event, and its session if that is not there. Outside transactions; done again, it changes nothing."""
    session_id = session_of(message)
    start(message, session_id)
    if not is_logged(message, session_id):
        events.write_batches(record_of(message, Kind.EVENTS), {session_id: [event_of(message)]})
    refresh(message)


def start(message: Message, session_id: str) -> None:
    """Say of which channel the session is and with whom, once: order does not matter then."""
    if session_id in Known.sessions:
        return
    data = {"session_id": session_id, "channel": SessionChannel.WHATSAPP.value, "metadata": about(message.contact)}
    sessions.write_session(record_of(message, Kind.SESSION, data))
    with Known.lock:
        if len(Known.sessions) >= SESSIONS_MAX:
            Known.sessions.clear()
        Known.sessions.add(session_id)


def about(contact: Contact) -> dict[str, str]:
    told = {"contact_id": contact.pk, "phone": contact.number_words}
    country = country_of(told | {"country": numbers.country_told(contact.phone_number)})
    return told | ({"country": country} if country else {})


def record_of(message: Message, kind: Kind, data: dict[str, Any] | None = None) -> Record:
    """As if it had come in when it was written: a session is as silent as the chat is, however late it is told."""
    arrival = round(message.created_at.timestamp() * 1000) * 1_000_000
    return Record(kind, message.team_id, "", data or {}, arrival=arrival)


def event_of(message: Message) -> TranscriptEvent:
    return TranscriptEvent(
        team_id=message.team_id,
        session_id=session_of(message),
        event_id=message.pk,
        timestamp=message.created_at,
        arrival=Clock.tick(),
        role=message.role,
        source=SOURCE,
        created_at=times.now(),
        **said(message.role, message.content),
    )


def session_of(message: Message) -> str:
    return session_id_of(message.contact_id, message.created_at)


def said(role: str, content: str) -> dict[str, Any]:
    return {"content": content, "meta": events.with_intent({}, role, content)}


def is_logged(message: Message, session_id: str) -> bool:
    """Whether its event is there and counted. Who was killed between the two leaves it uncounted."""
    stored = TranscriptEvent.objects.of_session(message.team_id, session_id)
    if not stored.filter(event_id=message.pk).exists():
        return False
    session = ConversationSession.objects.filter(team=message.team_id, session_id=session_id).values("event_count")
    return stored.count() == (session.first() or {}).get("event_count")


def refresh(message: Message) -> None:
    """Let its event say what the message says by now."""
    stored = TranscriptEvent.objects.of_session(message.team_id, session_of(message)).filter(event_id=message.pk)
    written = stored.values_list("content", flat=True).first()
    for _ in range(TRIES):
        now = Message.objects.filter(pk=message.pk).values_list("content", flat=True).first()
        if now is None:
            forget(message)
        if now is None or written is None or now == written:
            return
        rollups.mark(message.team_id, [message.created_at])
        stored.update(**said(message.role, now))
        written = now


def forget(message: Message) -> None:
    """Its contact was erased while it was told: take its event away again, and its session when that has no other."""
    session_id = session_of(message)
    rollups.mark(message.team_id, [message.created_at])
    stored = TranscriptEvent.objects.of_session(message.team_id, session_id)
    stored.filter(event_id=message.pk).delete()
    found = ConversationSession.objects.filter(team=message.team_id, session_id=session_id)
    if stored.exists():
        for session in found.slim():
            session_counts.recount_session(session)
    else:
        found.delete()
