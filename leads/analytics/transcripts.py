"""What is known of the events of a period."""

from typing import Any

from django.db.models import Q, QuerySet

from accounts.models import User
from config.db import batches
from leads.analytics import closed, recent
from leads.analytics.counting import BATCH_ROWS
from leads.analytics.days import gather
from leads.analytics.period import Period
from leads.analytics.shapes import by_number
from leads.analytics.tallies import Tally
from leads.models import ConversationSession, EventRole, SessionQuerySet, TranscriptEvent


def transcript_figures(user: User, period: Period) -> dict[str, Any]:
    """Of the events whose `timestamp` lies in it."""
    tally = gather(user.team_id, "events", period)
    return {
        "total_events": tally.numbers["events"],
        "recent_events_24h": recent.count(along_roles(user), "timestamp", recent.DAY),
        "unique_sessions": unique_sessions(user.team_id, period, tally),
        "events_by_role": dict(by_number(tally.groups["role"])),
    }


def along_roles(user: User) -> QuerySet[TranscriptEvent]:
    """All events, said so that they are counted within the index of roles, which is the smallest to walk.

    DocumentDB takes that index anyway, and without the roles it walks all of it.
    """
    return TranscriptEvent.objects.owned_by(user).filter(role__in=EventRole.values)


def unique_sessions(team_id: str, period: Period, tally: Tally) -> int:
    """How many sessions have events in it.

    Over everything each session counts on the day it began, which adds up. Within a period it doesn't: a session may
    speak on many days, so the sessions are asked when their first and last event were. On closed days, whose rows are
    gone, each counts where it began.
    """
    if period == Period():
        return tally.numbers["sessions"]
    since = closed.horizon(team_id)
    if since is None or (period.start and period.start >= since):
        return unique_in(ConversationSession.objects.filter(team=team_id, event_count__gt=0), team_id, period)
    past = Tally()
    for figures in closed.kept(team_id, "events", period, since):
        past.add(figures)
    if closed.is_before(period, since):
        return past.numbers["sessions"]
    began_in = {"start_time__lt": since} | ({"start_time__gte": period.start} if period.start else {})
    rows = ConversationSession.objects.filter(team=team_id, event_count__gt=0).exclude(**began_in)
    return past.numbers["sessions"] + unique_in(rows, team_id, closed.after(period, since))


def unique_in(rows: SessionQuerySet, team_id: str, period: Period) -> int:
    """How many of these sessions have events in a period of which no day is closed."""
    rows = rows.filter(**{name: bound for name, bound in touching(period).items() if bound is not None})
    if period.start is None or period.end is None:
        return rows.count()
    inside = Q(first_event_at__gte=period.start) | Q(last_event_at__lt=period.end)
    spanning = rows.filter(first_event_at__lt=period.start, last_event_at__gte=period.end)
    return rows.filter(inside).count() + heard(team_id, period, list(spanning.values_list("session_id", flat=True)))


def touching(period: Period) -> dict[str, Any]:
    """Of sessions that may have an event in it."""
    return {"last_event_at__gte": period.start, "first_event_at__lt": period.end}


def heard(team_id: str, period: Period, session_ids: list[str]) -> int:
    """How many of these sessions, which began before the period and went on after it, have an event in it."""
    events = TranscriptEvent.objects.filter(team=team_id, **period.within("timestamp"))
    parts = batches(session_ids, BATCH_ROWS)
    return sum(events.filter(session_id__in=part).values("session_id").distinct().count() for part in parts)
