"""Counting rows: of today, of marked days, of parts of days, and of a day that becomes a rollup.

Whoever counts something more, or something else, raises COUNTING: what was kept before is counted again.
"""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterator

from django.db.models import Count
from django.db.models.functions import TruncDate

from config.db import batches
from leads.analytics.closed import with_closed
from leads.analytics.period import Period
from leads.analytics.ranges import LENGTHS, TURNS, begin_of
from leads.analytics.tallies import Tally
from leads.models import (
    ENGAGED,
    QUALIFIED,
    Contact,
    ConversationSession,
    EventRole,
    Lead,
    LeadStatus,
    Message,
    MessageRole,
    TranscriptEvent,
)

COUNTING = 2  # which figures a rollup has; 1 had no hours of the week, lengths, turns, or leads by day and channel
BATCH_ROWS = 1_000
LEAD_COLUMNS = ("timestamp", "status", "company", "interest", "source")
SESSION_COLUMNS = (
    "start_time",
    "duration_seconds",
    "channel",
    "country",
    "lead_generated",
    "lead_id",
    "user_count",
    "total_items",
)


def count_leads(team_id: str, period: Period) -> Tally:
    """By their time."""
    tally = Tally()
    rows = Lead.objects.filter(team=team_id, **period.within("timestamp")).values_list(*LEAD_COLUMNS)
    for timestamp, status, company, interest, source in rows.iterator(BATCH_ROWS):
        tally.numbers["leads"] += 1
        for group, name in (("status", status), ("company", company), ("interest", interest), ("source", source)):
            tally.count(group, name)
        tally.count("day", timestamp.date().isoformat())
    return tally


def count_sessions(team_id: str, period: Period) -> Tally:
    """By their start. A session is qualified when its lead is, now."""
    tally, of_lead = Tally(), Counter[str]()
    rows = ConversationSession.objects.filter(team=team_id, **period.within("start_time")).values_list(*SESSION_COLUMNS)
    for start, seconds, channel, country, has_lead, lead_id, spoken, items in rows.iterator(BATCH_ROWS):
        tally.numbers["sessions"] += 1
        tally.numbers["turns"] += spoken
        tally.measure(round(seconds * 1000))
        day = start.date().isoformat()
        groups = (("channel", channel), ("country", country), ("day", day), ("hour", hour_of_week(start)))
        groups += (("length", begin_of(LENGTHS, seconds)), ("turns", begin_of(TURNS, spoken)))
        groups += (("channel_lead", channel), ("day_lead", day)) if has_lead else ()
        for group, name in groups:
            tally.count(group, name)
        tally.numbers["engaged"] += bool(has_lead or spoken >= ENGAGED or items >= ENGAGED)
        tally.numbers["with_leads"] += bool(has_lead)
        if has_lead and lead_id:
            of_lead[lead_id] += 1
    for status, number in statuses(of_lead):
        tally.numbers["qualified"] += number * (status in QUALIFIED)
        tally.numbers["converted"] += number * (status == LeadStatus.CONVERTED)
    return tally


def hour_of_week(moment: dt.datetime) -> int:
    """0 to 167, from Monday's first hour on."""
    return 24 * moment.weekday() + moment.hour


def statuses(of_lead: Counter[str]) -> Iterator[tuple[str, int]]:
    """The status of each lead, and how many sessions it came out of."""
    for pks in batches(of_lead, BATCH_ROWS):
        for pk, status in Lead.objects.filter(pk__in=pks).values_list("pk", "status"):
            yield status, of_lead[pk]


def count_events(team_id: str, period: Period) -> Tally:
    """By their time; and the sessions that began then and have events.

    One question for each role: it is answered out of an index, and no row is read.
    """
    tally = Tally()
    rows = TranscriptEvent.objects.filter(team=team_id, **period.within("timestamp"))
    for role in EventRole.values:
        number = rows.filter(role=role).count()
        tally.numbers["events"] += number
        tally.count("role", role, number)
    sessions = ConversationSession.objects.filter(team=team_id, event_count__gt=0, **period.within("start_time"))
    tally.numbers["sessions"] = sessions.count()
    return tally


def count_messages(team_id: str, period: Period) -> Tally:
    """By their time; one question for each role, as above."""
    tally = Tally()
    rows = Message.objects.filter(team=team_id, **period.within("created_at")).order_by()
    for role in MessageRole.values:
        by_day = rows.filter(role=role).annotate(day=TruncDate("created_at")).values("day").annotate(number=Count("*"))
        for day, number in by_day.values_list("day", "number"):
            tally.numbers["messages"] += number
            tally.count("role", role, number)
            tally.count("day", day.isoformat(), number)
    return tally


def count_contacts(team_id: str, period: Period) -> Tally:
    """By the time of their first message."""
    tally = Tally()
    tally.numbers["contacts"] = Contact.objects.filter(team=team_id, **period.within("created_at")).count()
    return tally


COUNTERS: dict[str, Callable[[str, Period], Tally]] = {
    "leads": count_leads,
    "sessions": with_closed("sessions", count_sessions),
    "events": with_closed("events", count_events),
    "chats": with_closed("chats", count_messages, always=count_contacts),
}
