"""Conversations of the assistant: a file each, in one of two shapes, or rows of its database."""

from typing import Any

from config.importing import Context, Outcome, Row
from leads.actions import imports
from leads.countries import country_of
from leads.importing.conversations import read_session
from leads.importing.leads import Leads, own_id, pk_of
from leads.importing.reading import Reader, digest
from leads.models import ConversationSession

OTHER_ITEMS = "known, but its items are others than those of the session that is here, which stay"
ABSENT, BARE = "", "bare"  # else what tells the items of a session from others


class Sessions:
    """A run's conversations. One that is here stays, unless only its events are here so far."""

    def __init__(self, leads: Leads) -> None:
        self.leads = leads

    def import_session(self, row: Row, context: Context) -> Outcome:
        read = Reader(row)
        session = read_session(read, context.owner)
        self.find_lead(session, read, context)
        session.metadata = read.rest("metadata")
        session.country = country_of(session.metadata)
        here = imports.session_called(session)
        there = context.planned.get(("session", session.session_id)) or state_of(here)
        if there != ABSENT and (there != BARE or is_bare(session)):
            if there != state_of(session) and session.items:
                context.note(row, OTHER_ITEMS)
            return Outcome.KNOWN
        imports.import_session(session=session, dry_run=context.is_dry_run)
        context.plan("session", session.session_id, state_of(session))
        for sentence in read.notes:
            context.note(row, sentence)
        return Outcome.IMPORTED

    def find_lead(self, session: ConversationSession, read: Reader, context: Context) -> None:
        """The lead that the row names, or that names the session."""

        def known(value: Any) -> str | None:
            lead_id = own_id(read.row, value, session.team_id)
            return self.leads.known_as(pk_of(session.team_id, lead_id), context) if lead_id else None

        told = read.take_as(lambda value: value if isinstance(value, bool) else None, "lead_generated")
        session.lead_id = read.take_as(known, "lead_id") or self.leads.of_session.get(session.session_id)
        session.lead_generated = bool(told or session.lead_id or imports.makes_lead(session.items))


def state_of(session: ConversationSession | None) -> str:
    if session is None:
        return ABSENT
    return BARE if is_bare(session) else digest(session.items)


def is_bare(session: ConversationSession) -> bool:
    """Whether nothing is said of it but its events."""
    has_end = session.end_time is not None and not session.was_silent
    return not (session.has_own_start or has_end or session.items or session.metadata)
