"""What is kept no longer goes: transcripts, conversations, messages with their files. Leads and contacts stay.

Days are closed first, oldest first: their figures stand from then on. A minute later, when nobody can be counting them
any more, their rows go, some hundred at a time and for a moment in each run. The session's row goes after its events,
so that whatever was cut off is found and done again.
"""

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterator
from typing import Any

from django.db.models import F, Q, QuerySet

from accounts.models import Team
from config import times
from config.db import BATCH_ROWS, atomic, delete_rows
from config.leases import OPEN, Status
from config.paging import EPOCH
from leads import search
from leads.actions import rollups, sessions
from leads.actions.whatsapp import media, speaking, suggestions
from leads.analytics.closed import horizon
from leads.analytics.counting import count_events, count_messages, count_sessions
from leads.analytics.period import Period
from leads.models import (
    ClosedDay,
    Contact,
    ConversationSession,
    Message,
    MessageMedia,
    Step,
    TranscriptEvent,
    WebhookDelivery,
)
from leads.privacy import retention

DATED: tuple[tuple[Any, str], ...] = (
    (ConversationSession, "start_time"),
    (TranscriptEvent, "timestamp"),
    (Message, "created_at"),
)
GRACE = dt.timedelta(seconds=60)  # in which whoever counts a day ends
RUN_SECONDS = 1.0  # of one run: other sweeps wait for it
REST_SECONDS = 600.0  # after a run that found nothing left
BATCH = 500  # rows that go in one statement
BATCH_LIVING = 20  # conversations that are counted anew in one step
OVER = tuple(set(Status) - set(OPEN))
FIRST = "0" * 24


class Seen:
    rests_until = 0.0
    team_id = ""  # at which the last run has ended
    has_deleted = False  # since the index of the search was merged


def sweep() -> int:
    """Delete some of what is too old. How many rows."""
    if (before := retention.cut()) is None or time.monotonic() < Seen.rests_until:
        return 0
    until, count = time.monotonic() + RUN_SECONDS, 0
    for team_id in Team.objects.filter(pk__gte=Seen.team_id or FIRST).order_by("pk").values_list("pk", flat=True):
        Seen.team_id = team_id
        for number in delete_old(team_id, before):
            count += number
            Seen.has_deleted |= number > 0
            if time.monotonic() >= until:
                return count
    Seen.team_id = ""
    if Seen.has_deleted and not search.forget_deleted(until):
        return count
    Seen.has_deleted = False
    if not ClosedDay.objects.filter(closed_at__gte=times.now() - GRACE).exists():
        Seen.rests_until = time.monotonic() + REST_SECONDS
    return count


def delete_old(team_id: str, before: dt.datetime) -> Iterator[int]:
    """Some rows at a time, until nothing of the team is older than that. How many went is told after each step."""
    while day := next_open_day(team_id, before):
        close(team_id, day)
        yield 0
    if ClosedDay.objects.filter(team=team_id, closed_at__gte=times.now() - GRACE).exists():
        return
    yield from in_steps(lambda: delete_messages(team_id, before))
    yield from in_steps(lambda: delete_events(team_id, before))
    yield from in_steps(lambda: delete_sessions(team_id, before))
    yield from in_steps(lambda: count_living(team_id, before))
    yield from in_steps(lambda: delete_deliveries(team_id, before))


def in_steps(step: Callable[[], int]) -> Iterator[int]:
    while number := step():
        yield number


def next_open_day(team_id: str, before: dt.datetime) -> dt.date | None:
    """The first day with rows that go, after those that are closed. What came in late for these just goes."""
    since = horizon(team_id) or EPOCH
    moments = (earliest(model, column, team_id, since, before) for model, column in DATED)
    found = [moment for moment in moments if moment]
    return min(found).astimezone(dt.UTC).date() if found else None


def earliest(model: Any, column: str, team_id: str, since: dt.datetime, before: dt.datetime) -> dt.datetime | None:
    rows = model.objects.filter(team=team_id, **{f"{column}__gte": since, f"{column}__lt": before})
    return rows.order_by(column, "pk").values_list(column, flat=True).first()


def close(team_id: str, day: dt.date) -> None:
    """Keep the figures of the day. The mark comes after: whoever was counting the day counts it again."""
    period = Period.of_days(day, 1)
    counts = {"sessions": count_sessions, "events": count_events, "chats": count_messages}
    figures = {kind: count(team_id, period).as_json() for kind, count in counts.items()}
    ClosedDay.objects.get_or_create(team_id=team_id, day=day, defaults=figures)
    rollups.mark(team_id, [period.start])


def delete_events(team_id: str, before: dt.datetime) -> int:
    rows = TranscriptEvent.objects.filter(team=team_id, timestamp__lt=before).order_by("timestamp", "pk")
    return delete_some(rows, TranscriptEvent.objects.all())


def delete_sessions(team_id: str, before: dt.datetime) -> int:
    """That were over by then, whenever they came in. Looked at again as they are deleted: one that goes on stays."""
    silent = Q(last_event_at=None) | Q(last_event_at__lt=before)
    over = Q(end_time__lt=before) | Q(end_time=None, active_at__lt=before)
    rows = ConversationSession.objects.filter(silent, over, team=team_id, start_time__lt=before)
    return delete_some(rows.order_by("start_time", "pk"), rows.order_by())


def delete_some(rows: QuerySet[Any], checked: QuerySet[Any]) -> int:
    pks = list(rows.values_list("pk", flat=True)[:BATCH])
    return checked.filter(pk__in=pks).delete()[0] if pks else 0


def count_living(team_id: str, before: dt.datetime) -> int:
    """Conversations that go on, and have lost their older part."""
    rows = ConversationSession.objects.filter(team=team_id, first_event_at__lt=before).slim()
    living = list(rows.order_by("pk")[:BATCH_LIVING])
    for session in living:
        rollups.mark(team_id, [session.start_time])
        sessions.recount_session(session)
    return len(living)


def delete_messages(team_id: str, before: dt.datetime) -> int:
    """With their files. What their contact's row says of them goes first, so that nothing is left of it."""
    rows = Message.objects.filter(team=team_id, created_at__lt=before).order_by("created_at", "pk")
    found = dict(rows.values_list("pk", "contact_id")[:BATCH_ROWS])
    if not found:
        return 0
    for contact in Contact.objects.filter(pk__in=sorted(set(found.values()))):
        suggestions.forget_before(contact, before)
    Contact.objects.filter(pk__in=sorted(set(found.values())), last_message_at__lt=before).update(
        last_message_id="", unread_count=0
    )
    for step in Step.objects.filter(message__in=list(found)):
        speaking.forget(step)
    media.discard_all(MessageMedia.objects.filter(message__in=list(found)))
    delete_rows_of(found)
    return len(found)


@atomic
def delete_rows_of(found: dict[str, str]) -> None:
    """`found`: the contact of each message."""
    delete_rows(Step.objects.filter(message__in=list(found)))
    for contact_id, number in Counter(found.values()).items():
        rows = Contact.objects.filter(pk=contact_id, message_count__gte=number)
        rows.update(message_count=F("message_count") - number)
    Message.objects.filter(pk__in=list(found)).delete()


def delete_deliveries(team_id: str, before: dt.datetime) -> int:
    """What WhatsApp has sent, and nobody could read."""
    rows = WebhookDelivery.objects.filter(team=team_id, status__in=OVER, created_at__lt=before)
    return delete_some(rows.order_by("created_at", "pk"), WebhookDelivery.objects.all())
