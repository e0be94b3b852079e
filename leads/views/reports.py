"""The weekly and the daily report as pages, and by mail."""

import datetime as dt
from typing import Any

from django.conf import settings
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import urlencode
from django.views.decorators.http import require_POST, require_safe

from config import times
from config.errors import Unprocessable
from config.http import SEARCH_MAX_CHARACTERS, PageRequest, asked_words
from config.telling import told
from leads import analytics
from leads.actions import report_mails
from leads.analytics.weekly import name_of_week
from leads.models import LeadStatus, ReportKind, SessionChannel
from leads.pages.report import ROWS_MAX, shown

WEEK = dt.timedelta(days=7)
DAY = dt.timedelta(days=1)


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
    return render(request, "leads/weekly_report.html", context | by_mail())


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


@require_safe
def daily_report(request: PageRequest) -> HttpResponse:
    """Of a day (`?date=2026-11-21`), or of today."""
    problem = ""
    try:
        report = analytics.daily_report(request.user, asked_words(request, "date"))
    except Unprocessable as error:
        problem = error.message
        report = analytics.daily_report(request.user)
    day = dt.date.fromisoformat(report["date"])
    context = {"report": report, "day": day, "problem": problem, "most": ROWS_MAX} | days_around(day) | by_mail()
    for rows, name, labels in (("lead_details", "status", LeadStatus), ("session_details", "channel", SessionChannel)):
        context[rows] = [row | {"words": labels(row[name]).label} for row in report[rows][:ROWS_MAX]]
    return render(request, "leads/daily_report.html", context)


def days_around(day: dt.date) -> dict[str, str]:
    """The days before and after, where there are any; none after today."""
    today = times.now().date()
    earlier = (day - DAY).isoformat() if day > dt.date.min else ""
    return {"before": earlier, "after": (day + DAY).isoformat() if day < today else "", "is_today": day == today}


def by_mail() -> dict[str, Any]:
    return {"has_mail": bool(settings.EMAIL_URL)}


@require_POST
def mail_weekly_report(request: PageRequest) -> HttpResponse:
    return mail_report(request, ReportKind.WEEKLY, "weekly-report", "week")


@require_POST
def mail_daily_report(request: PageRequest) -> HttpResponse:
    return mail_report(request, ReportKind.DAILY, "daily-report", "date")


def mail_report(request: PageRequest, kind: str, page: str, name: str) -> HttpResponse:
    """Send it to whoever asks, and go back to its page."""
    period = request.POST.get(name, "").replace("\0", "").strip()[:SEARCH_MAX_CHARACTERS]
    with told(request, f"The report is on its way to {request.user.email}."):
        report_mails.ask_for_report(by=request.user, kind=kind, period=period)
    return redirect(f"{reverse(page)}{'?' if period else ''}{urlencode({name: period}) if period else ''}")
