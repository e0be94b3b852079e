"""Counting rows: of today, of marked days, of parts of days, and of a day that becomes a rollup."""

from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from itertools import islice

from django.db.models import Count
from django.db.models.functions import TruncDate

from leads.analytics.period import Period
from leads.analytics.tallies import Tally
from leads.models import Contact, ConversationSession, EventRole, Lead, LeadStatus, Message, TranscriptEvent

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
ENGAGED = 2  # events of the user, or items
QUALIFIED = (LeadStatus.QUALIFIED, LeadStatus.CONVERTED)


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
        tally.measure(round(seconds * 1000))
        for group, name in (("channel", channel), ("country", country), ("hour", start.hour)):
            tally.count(group, name)
        tally.count("day", start.date().isoformat())
        tally.numbers["engaged"] += bool(has_lead or spoken >= ENGAGED or items >= ENGAGED)
        tally.numbers["with_leads"] += bool(has_lead)
        if has_lead and lead_id:
            of_lead[lead_id] += 1
    for status, number in statuses(of_lead):
        tally.numbers["qualified"] += number * (status in QUALIFIED)
        tally.numbers["converted"] += number * (status == LeadStatus.CONVERTED)
    return tally


def statuses(of_lead: Counter[str]) -> Iterator[tuple[str, int]]:
    """The status of each lead, and how many sessions it came out of."""
    for pks in batches(of_lead):
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


def count_chats(team_id: str, period: Period) -> Tally:
    """Messages by their time, and contacts by that of their first one."""
    tally = Tally()
    rows = Message.objects.filter(team=team_id, **period.within("created_at")).order_by()
    by_day = rows.annotate(day=TruncDate("created_at")).values("role", "day").annotate(number=Count("pk"))
    for role, day, number in by_day.values_list("role", "day", "number"):
        tally.numbers["messages"] += number
        tally.count("role", role, number)
        tally.count("day", day.isoformat(), number)
    tally.numbers["contacts"] = Contact.objects.filter(team=team_id, **period.within("created_at")).count()
    return tally


def batches(names: Iterable[str]) -> Iterator[list[str]]:
    left = iter(names)
    while batch := list(islice(left, BATCH_ROWS)):
        yield batch


COUNTERS: dict[str, Callable[[str, Period], Tally]] = {
    "leads": count_leads,
    "sessions": count_sessions,
    "events": count_events,
    "chats": count_chats,
}
