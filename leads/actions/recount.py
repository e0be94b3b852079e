"""All figures of a team made again from its rows, and compared with them."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from django.db.models import F
from django.db.models.functions import TruncDate

from accounts.models import Team
from config import times
from config.db import in_batches
from leads.actions import counting, session_counts
from leads.actions.sessions import recount_session
from leads.analytics.counting import COUNTERS, COUNTING
from leads.analytics.days import gather
from leads.analytics.period import Period
from leads.analytics.tallies import Tally
from leads.models import (
    ClosedDay,
    Contact,
    ConversationSession,
    DailyRollup,
    DirtyDay,
    Lead,
    Message,
    MonthlyRollup,
    TranscriptEvent,
)

DATED = ((Lead, "timestamp"), (ConversationSession, "start_time"), (TranscriptEvent, "timestamp"))
DATED += ((Message, "created_at"), (Contact, "created_at"))


@dataclass(frozen=True)
class Recounted:
    """How many sessions and days were counted again, and how many days wait: somebody has just written to them."""

    sessions: int
    days: int
    waiting: int


def recount(*, team: Team) -> Recounted:
    """Count the sessions of a team, its past days and its months again. People may write meanwhile."""
    sessions = recount_sessions(team)
    MonthlyRollup.objects.filter(team=team).update(is_ready=False, version=F("version") + 1)
    for day in past_days(team):
        counting.mark_anew(team.pk, day)
    days = 0
    while counted := counting.count_days(counting.settled().filter(team=team)):
        days += counted
    while counting.count_months(MonthlyRollup.objects.outdated().filter(team=team)):
        pass
    return Recounted(sessions, days, DirtyDay.objects.filter(team=team, day__lt=times.now().date()).count())


def recount_sessions(team: Team) -> int:
    number = 0
    for sessions in in_batches(ConversationSession.objects.filter(team=team).defer("items", "metadata")):
        for session in sessions:
            recount_session(session)
            number += 1
    return number


def past_days(team: Team) -> list[dt.date]:
    """The past days that have rows, or figures."""
    days = set(DailyRollup.objects.filter(team=team).values_list("day", flat=True))
    days.update(ClosedDay.objects.filter(team=team).values_list("day", flat=True))
    for model, column in DATED:
        rows = model.objects.filter(team=team).order_by()
        days.update(rows.values_list(TruncDate(column), flat=True).distinct())
    today = times.now().date()
    return sorted(day for day in days if day < today)


def differences(*, team: Team) -> Iterator[str]:
    """What is kept and isn't what the rows come to: by day, by month, over everything, and by session; in words."""
    miscounted = session_counts.miscounted(team.pk)
    for day in past_days(team):
        period = Period.of_days(day, 1)
        yield from compare(team, f"{day}", period, DailyRollup.objects.filter(team=team, day=day))
    ready = MonthlyRollup.objects.filter(team=team, is_ready=True, last_day__isnull=False)
    for month, last_day in ready.order_by("month").values_list("month", "last_day"):
        period = Period.of_days(month, (last_day - month).days + 1)
        yield from compare(team, f"{month:%Y-%m}", period, MonthlyRollup.objects.filter(team=team, month=month))
    for kind, count in COUNTERS.items():
        told, counted = gather(team.pk, kind, Period()).as_json(), count(team.pk, Period()).as_json()
        if told != counted:
            yield f"Everything, {kind}: told {told}, counted {counted}"
    yield from still_miscounted(team, miscounted)


def still_miscounted(team: Team, before: dict[str, tuple[int | None, int]]) -> Iterator[str]:
    """Where nothing has changed since: whoever was about to count then has done so by now."""
    now = session_counts.miscounted(team.pk) if before else {}
    for session_id, (said, there) in before.items():
        if now.get(session_id) == (said, there):
            told = "is missing" if said is None else f"says {said:,} events"
            yield f"Session {session_id}: {told}, has {there:,}"


def compare(team: Team, name: str, period: Period, rows: Any) -> Iterator[str]:
    """Of days that are marked or outdated nothing is read, so nothing can be wrong."""
    kept = rows.values(*COUNTERS).first() or {}
    found = []
    for kind, count in COUNTERS.items():
        tally = Tally()
        tally.add(kept.get(kind, {}))
        told, counted = tally.as_json(), count(team.pk, period).as_json()
        if told != counted:
            found.append(f"{name}, {kind}: kept {told}, counted {counted}")
    if found and not is_marked(team, period) and not is_outdated(team, period):
        yield from found


def is_outdated(team: Team, period: Period) -> bool:
    days = DailyRollup.objects.filter(team=team, day__gte=period.start.date(), day__lt=period.end.date())
    return days.outdated(COUNTING).exists()


def is_marked(team: Team, period: Period) -> bool:
    """Asked after counting: whoever wrote to it meanwhile has marked it first."""
    return DirtyDay.objects.filter(team=team, day__gte=period.start.date(), day__lt=period.end.date()).exists()
