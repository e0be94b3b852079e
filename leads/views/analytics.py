"""The page of the desk's figures."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config import times
from config.errors import Unprocessable
from config.http import PageRequest, asked_words
from leads import analytics, bars
from leads.analytics import Period

SPANS = {"7": "7 days", "30": "30 days", "90": "90 days", "all": "All"}
USUAL = "30"


@require_safe
def analytics_page(request: PageRequest) -> HttpResponse:
    """Of the last days (`?days=`), of everything, or of own dates (`?from=&to=`)."""
    asked, problem = {name: asked_words(request, name) for name in ("from", "to")}, ""
    span = "" if any(asked.values()) else known_span(asked_words(request, "days"))
    dates = dates_of(span) if span else asked
    try:
        period = Period.read(dates["from"], dates["to"])
    except Unprocessable as error:
        problem, span = error.message, USUAL
        dates = dates_of(span)
        period = Period.read(dates["from"], dates["to"])
    context = {"asked": asked, "span": span, "spans": list(SPANS.items()), "problem": problem}
    return render(request, "leads/analytics.html", context | figures(request, period, dates))


def known_span(text: str) -> str:
    return text if text in SPANS else USUAL


def dates_of(span: str) -> dict[str, str]:
    """The days from which to which it goes, today being the last; all are without."""
    if span == "all":
        return {"from": "", "to": ""}
    today = times.now().date()
    return {"from": f"{today - dt.timedelta(days=int(span) - 1)}", "to": f"{today}"}


def figures(request: PageRequest, period: Period, dates: dict[str, str]) -> dict[str, Any]:
    leads = analytics.lead_figures(request.user, period)
    conversations = analytics.conversation_figures(request.user, period)
    transcripts = analytics.transcript_figures(request.user, period)
    return {
        "leads": leads,
        "conversations": conversations,
        "transcripts": transcripts,
        "lead_tables": bars.lead_tables(leads, dates),
        "conversation_tables": bars.conversation_tables(conversations, dates),
        "transcript_tables": bars.transcript_tables(transcripts),
        "is_empty": not (leads["total_leads"] or conversations["total_sessions"] or transcripts["total_events"]),
    }
