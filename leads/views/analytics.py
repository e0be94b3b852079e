"""The page of the desk's figures."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from accounts.models import User
from config import times
from config.errors import Unprocessable
from config.http import PageRequest, asked_words
from leads import analytics
from leads.analytics import Period
from leads.pages import analytics as shown

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
    context["those_days"] = shown.those_days(period)
    return render(request, "leads/analytics.html", context | figures(request.user, period, dates))


def known_span(text: str) -> str:
    return text if text in SPANS else USUAL


def dates_of(span: str) -> dict[str, str]:
    """The days from which to which it goes, today being the last; all are without."""
    if span == "all":
        return {"from": "", "to": ""}
    today = times.now().date()
    return {"from": f"{today - dt.timedelta(days=int(span) - 1)}", "to": f"{today}"}


def figures(user: User, period: Period, dates: dict[str, str]) -> dict[str, Any]:
    now, past = analytics.overview(user, period), analytics.period_before(period)
    if not now:
        return {"is_empty": True}
    before = analytics.overview(user, past) if past else None
    return shown.headlines(now, before, past, dates) | shown.parts(now, period, dates)
