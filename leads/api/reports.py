"""Reports of a week and of a day."""

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from ninja import Query, Router

from accounts.models import Scope
from accounts.tokens import Credential
from config.schemas import errors
from leads import analytics
from leads.analytics.weekly import plain_rows
from leads.exports.cells import csv_text
from leads.pages.report import shown
from leads.schemas.reports import DailyIn, DailyReport, WeeklyIn, WeeklyReport

router = Router(tags=["desk"], by_alias=True)
READ = Credential(Scope.READ, Scope.DESK)
AS_TEXT = {
    "text/csv": {"schema": {"type": "string"}, "example": "name,value\r\nsummary.total_leads,42\r\n"},
    "text/html": {"schema": {"type": "string"}, "example": "<!doctype html>…"},
}


@router.get(
    "/api/reports/weekly",
    auth=READ,
    response={200: WeeklyReport, **errors(401, 403, 422)},
    openapi_extra={"responses": {200: {"content": AS_TEXT}}},
)
def weekly(request: HttpRequest, query: Query[WeeklyIn]) -> Any:
    """A week's figures as JSON, as CSV (`name,value`), or as a page to print."""
    report = analytics.weekly_report(request.auth, query.week)
    if query.format == "html":
        return render(request, "leads/printed_report.html", shown(request.auth, report) | {"team": request.auth.team})
    return as_csv(report) if query.format == "csv" else report


@router.get("/api/reports/daily", auth=READ, response={200: DailyReport, **errors(401, 403, 422)})
def daily(request: HttpRequest, query: Query[DailyIn]) -> dict[str, Any]:
    """A day's figures and its rows, without their long texts."""
    return analytics.daily_report(request.auth, query.date)


def as_csv(report: dict[str, Any]) -> HttpResponse:
    text = csv_text([("name", "value"), *plain_rows(report)])
    name = f"weekly-{report['period']['week'] or report['period']['to'][:10]}.csv"
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(text, content_type="text/csv; charset=utf-8", headers=headers)
