"""The figures of the team's desk."""

from typing import Any

from django.http import HttpRequest
from ninja import Query, Router

from accounts.models import Scope
from accounts.tokens import Credential
from config.schemas import errors
from leads import analytics
from leads.analytics import Period
from leads.schemas.analytics import ConversationFigures, LeadFigures, TranscriptFigures
from leads.schemas.periods import PeriodIn

router = Router(tags=["desk"], by_alias=True)
READ = Credential(Scope.READ, Scope.DESK)


@router.get("/api/analytics/leads", auth=READ, response={200: LeadFigures, **errors(401, 403, 422)})
def lead_analytics(request: HttpRequest, query: Query[PeriodIn]) -> dict[str, Any]:
    """Of leads by their `timestamp`. What is empty is left out."""
    return analytics.lead_figures(request.auth, Period.asked(query.start, query.end))


@router.get("/api/analytics/conversations", auth=READ, response={200: ConversationFigures, **errors(401, 403, 422)})
def conversation_analytics(request: HttpRequest, query: Query[PeriodIn]) -> dict[str, Any]:
    """Of sessions by their `start_time`.

    The funnel: of all sessions those that got going (two events of the user, two items, or a lead), those out of which
    a lead came, and those whose lead is qualified, or converted, now.
    """
    return analytics.conversation_figures(request.auth, Period.asked(query.start, query.end))


@router.get("/api/analytics/transcripts", auth=READ, response={200: TranscriptFigures, **errors(401, 403, 422)})
def transcript_analytics(request: HttpRequest, query: Query[PeriodIn]) -> dict[str, Any]:
    """Of events by their `timestamp`; `unique_sessions` are those that have any of them."""
    return analytics.transcript_figures(request.auth, Period.asked(query.start, query.end))
