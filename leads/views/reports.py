"""The weekly report as a page."""

import datetime as dt
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from config import times
from config.errors import Unprocessable
from config.http import PageRequest, asked_words
from leads import analytics
from leads.analytics.weekly import name_of_week
from leads.report_page import shown

WEEK = dt.timedelta(days=7)


@require_safe
def weekly_report(request: PageRequest) -> HttpResponse:
    """Of a week (`?week=2026-W47`), or of the last seven days."""
    week, problem = asked_words(request, "week"), ""
    try:
        report = analytics.weekly_report(request.user, week)
    except Unprocessable as error:
        problem, week = error.message, ""
        report = analytics.weekly_report(request.user)
    context = shown(request.user, report) | around(report) | {"week": week, "problem": problem}
    return render(request, "leads/weekly_report.html", context)


def around(report: dict[str, Any]) -> dict[str, str]:
    """The weeks before and after; after the last seven days none, before them the last whole one."""
    week = report["period"]["week"]
    start = dt.datetime.fromisoformat(report["period"]["from"])
    if not week:
        return {"before": name_of_week(start.date()), "after": ""}
    after = start + WEEK
    return {"before": before(start), "after": name_of_week(after.date()) if after <= times.now() else ""}


def before(start: dt.datetime) -> str:
    """'' before the first week there is."""
    try:
        return name_of_week((start - WEEK).date())
    except OverflowError:
        return ""
