"""What happened with an account, and what it used."""

import datetime as dt
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe
from django.views.decorators.vary import vary_on_headers

from accounts.models import AuditEntry, Event, UsageDay
from config import storage_quota, times
from config.http import PageRequest, asked_words
from config.paging import page

DAYS = 30
FIGURES = ("uploads", "upload_bytes", "jobs", "speech_seconds", "billed_bytes", "key_calls")
BAR_WIDTH, BAR_HEIGHT = 10, 60  # of the drawing, which the page stretches


@vary_on_headers("HX-Request")
@require_safe
def audit(request: PageRequest) -> HttpResponse:
    event = asked_words(request, "event")
    rows = AuditEntry.objects.owned_by(request.user).matching(event=event)
    found = page(rows, cursor=request.GET.get("cursor"))
    context = {"entries": found.items, "next": found.next, "event": event, "events": Event.choices}
    return render(request, "accounts/audit.html#rows" if request.htmx else "accounts/audit.html", context)


@require_safe
def usage(request: PageRequest) -> HttpResponse:
    last = times.now().date()
    first = last - dt.timedelta(days=DAYS - 1)
    rows = list(UsageDay.objects.owned_by(request.user).since(first).order_by("-day"))
    context = {
        "rows": rows,
        "totals": {name: sum(getattr(row, name) for row in rows) for name in FIGURES},
        "bars": bars(rows, first),
        "first": first,
        "last": last,
        "used_bytes": storage_quota.used_bytes(request.user),
        "limit_bytes": storage_quota.limit_bytes(),
    }
    return render(request, "accounts/usage.html", context)


def bars(rows: Sequence[UsageDay], first: dt.date) -> list[dict[str, Any]]:
    """A bar for each day with speech, as high as its share of the most on one day."""
    most = max((row.speech_seconds for row in rows), default=0.0)
    return [bar((row.day - first).days, row, row.speech_seconds / most) for row in rows if row.speech_seconds]


def bar(place: int, row: UsageDay, share: float) -> dict[str, Any]:
    height = max(1, round(share * BAR_HEIGHT))
    return {"x": place * BAR_WIDTH + 1, "y": BAR_HEIGHT - height, "height": height, "row": row}
