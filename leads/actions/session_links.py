"""Which lead came out of which session.

All of this is called outside transactions: of a lead and a session that are saved at once, the later one must see the
other.
"""

from typing import Any

from leads.actions import rollups, session_rows
from leads.models import ConversationSession, Lead, LeadQuerySet

LEAD_ITEM = {"type": "function_call", "name": "create_lead"}


def link_lead(*, lead: Lead) -> None:
    """Link a saved lead to the session it names, if that is there; a session that is made later looks for its lead."""
    if lead.session_id:
        link(lead.team_id, lead.session_id)


@session_rows.until_won
def link(team_id: str, session_id: str) -> bool:
    """Link the newest lead that names a session. Whether it had another one, or none."""
    lead = naming(team_id, session_id).first()
    rows = ConversationSession.objects.filter(team=team_id, session_id=session_id)
    session = rows.slim().first() if lead else None
    if session is None or (session.lead_id == lead.pk and session.lead_generated):
        return False
    rollups.mark(team_id, [session.start_time])
    session.lead_id, session.lead_generated = lead.pk, True
    session_rows.save(session)
    return True


def naming(team_id: str, session_id: str) -> LeadQuerySet:
    """The leads that name a session, newest first."""
    return Lead.objects.filter(team=team_id, session_id=session_id).order_by("-timestamp", "-pk")


def unlink_lead(*, lead: Lead) -> None:
    """Take a lead that is about to be deleted off its sessions; another that names one of them takes its place."""
    for pk in list(ConversationSession.objects.filter(lead=lead).values_list("pk", flat=True)):
        unlink(lead, pk)


@session_rows.until_won
def unlink(lead: Lead, session_pk: str) -> None:
    session = ConversationSession.objects.filter(pk=session_pk, lead=lead).first()
    if session is None:
        return
    rollups.mark(session.team_id, [session.start_time])
    other = naming(lead.team_id, session.session_id).exclude(pk=lead.pk).first()
    session.lead_id = other.pk if other else None
    session.lead_generated = bool(other) or makes_lead(session.items)
    session_rows.save(session)


def makes_lead(items: list[Any]) -> bool:
    """Whether the assistant called the function that makes a lead."""
    return any(isinstance(item, dict) and LEAD_ITEM.items() <= item.items() for item in items)
