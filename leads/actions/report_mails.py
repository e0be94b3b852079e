"""Reports by mail: on a schedule to whoever subscribed, and once more whenever somebody asks.

A row stands for one report to one person of one period, and the database takes it once: two sweepers make one mail. A
worker that dies before the mail server has the mail is followed by another one; one that dies just then leaves a doubt,
and what is in doubt is not sent a second time.
"""

import datetime as dt
import logging
from dataclasses import dataclass

from django.conf import settings

from accounts import mail
from accounts.models import User
from config import queue, times
from config.errors import Conflict, TooMany
from config.ids import new_id
from leads import analytics
from leads.actions.news_mails import HELD, PAUSES, may_send
from leads.analytics.daily import day_of
from leads.analytics.weekly import name_of_week
from leads.models import MailChoice, ReportKind, ReportMail, ReportMailState
from leads.notices import mails

logger = logging.getLogger(__name__)
TASK = "leads.tasks.mail_report"
HOUR = 6  # of the day, in UTC, from which on reports are sent
ROWS = 1_000
ASKED_AN_HOUR = 10
KEPT = dt.timedelta(days=60)
NO_SERVER = "No mail can be sent here: no mail server is set up. Ask whoever runs this installation to set EMAIL_URL."


@dataclass(frozen=True)
class Schedule:
    kind: str
    column: str  # of MailChoice: since when a person wants it
    late: dt.timedelta  # after which one that was missed is let be


WEEKLY = Schedule(ReportKind.WEEKLY, "weekly_since", dt.timedelta(days=4))
DAILY = Schedule(ReportKind.DAILY, "daily_since", dt.timedelta(hours=18))


# Due


def due_moment(schedule: Schedule, now: dt.datetime) -> dt.datetime:
    """The last one at which such a report was to be sent."""
    moment = now.replace(hour=HOUR, minute=0, second=0, microsecond=0)
    if schedule.kind == ReportKind.WEEKLY:
        moment -= dt.timedelta(days=moment.weekday())
    step = dt.timedelta(days=7 if schedule.kind == ReportKind.WEEKLY else 1)
    return moment if moment <= now else moment - step


def period_before(schedule: Schedule, moment: dt.datetime) -> str:
    """The whole week, or day, before: what the report of that moment is of."""
    day = moment.date() - dt.timedelta(days=1)
    return name_of_week(day) if schedule.kind == ReportKind.WEEKLY else day.isoformat()


def schedule_reports() -> None:
    """Make the rows of the reports whose time has come, for whoever wanted them by then."""
    now = times.now()
    for schedule in (WEEKLY, DAILY) if settings.EMAIL_URL else ():
        moment = due_moment(schedule, now)
        if now - moment <= schedule.late:
            add_missing(schedule, moment)


def add_missing(schedule: Schedule, moment: dt.datetime) -> None:
    period = period_before(schedule, moment)
    have = set(ReportMail.objects.filter(kind=schedule.kind, period=period, asked="").values_list("user_id", flat=True))
    wanting = MailChoice.objects.of_living().filter(**{f"{schedule.column}__lte": moment})
    for user_id, team_id in list(wanting.values_list("user_id", "team_id")):
        if user_id not in have:
            add(user_id, team_id, schedule.kind, period)


def add(user_id: str, team_id: str, kind: str, period: str) -> None:
    """Of two sweepers one does."""
    once = {"user_id": user_id, "kind": kind, "period": period, "asked": ""}
    ReportMail.objects.get_or_create(**once, defaults={"team_id": team_id})


def ask_for_report(*, by: User, kind: str, period: str = "") -> None:
    """Send the person a report now. Unprocessable for a period that there is not, TooMany after ten in an hour."""
    if not settings.EMAIL_URL:
        raise Conflict(NO_SERVER)
    if kind == ReportKind.WEEKLY and period:
        analytics.week(period)
    if kind == ReportKind.DAILY:
        period = day_of(period).isoformat()
    check_asked(by)
    row = ReportMail.objects.create(user=by, team_id=by.team_id, kind=kind, period=period.strip(), asked=new_id())
    queue.enqueue(TASK, row.pk, queue="network")  # somebody waits for it


def check_asked(user: User) -> None:
    lately = ReportMail.objects.filter(user=user, created_at__gt=times.now() - dt.timedelta(hours=1)).exclude(asked="")
    if lately.count() >= ASKED_AN_HOUR:
        raise TooMany("You have asked for many reports by mail. Wait an hour and try again.", retry_after=3600)


# Sent


def sweep() -> None:
    """Hand out what is due, and see to what a worker has left."""
    for row in ReportMail.objects.left()[:ROWS]:
        follow_up(row)
    due = ReportMail.objects.due().values_list("pk", flat=True)[:ROWS]
    queue.enqueue_missing(TASK, [(pk, "network-upkeep") for pk in due])


def follow_up(row: ReportMail) -> None:
    if row.state == ReportMailState.MAKING:
        row.change(row.held, state=ReportMailState.WAITING, due_at=times.now())
    else:
        logger.warning("It is not known whether %s was mailed to %s: a worker died meanwhile.", row, row.user_id)
        row.change(row.held, state=ReportMailState.DOUBTFUL, due_at=None)


def mail_report(*, row: ReportMail) -> None:
    """Make it and send it, unless somebody else does."""
    if not take(row):
        return
    if row.user.team_id != row.team_id or not may_send(row.user):
        give_up(row)
        return
    if not is_wanted(row):
        row.delete()
        return
    content = mails.of_report(row)
    if step(row, ReportMailState.SENDING):
        is_sent = mail.send(f"{row.kind}_report", app="leads", to=row.user.email, has_html=True, **content)
        settle(row, is_sent=is_sent)


def is_wanted(row: ReportMail) -> bool:
    """Whether it was asked for, or its person has not switched such reports off since it was due."""
    column = {schedule.kind: schedule.column for schedule in (WEEKLY, DAILY)}[ReportKind(row.kind)]
    return bool(row.asked) or MailChoice.objects.filter(user=row.user_id, **{f"{column}__isnull": False}).exists()


def take(row: ReportMail) -> bool:
    if row.due_at is None or row.due_at > times.now():
        return False
    where = {"state": ReportMailState.WAITING, "due_at": row.due_at}
    return row.change(where, state=ReportMailState.MAKING, due_at=times.now() + HELD, tries=row.tries + 1)


def step(row: ReportMail, state: str) -> bool:
    """Go on, with as much time again; False when somebody has taken the row meanwhile."""
    return row.change(row.held, state=state, due_at=times.now() + HELD)


def give_up(row: ReportMail) -> None:
    row.change(row.held, state=ReportMailState.FAILED, due_at=None)


def settle(row: ReportMail, *, is_sent: bool) -> None:
    now = times.now()
    if is_sent:
        row.change(row.held, state=ReportMailState.SENT, due_at=None, sent_at=now)
    elif row.tries > len(PAUSES):
        give_up(row)
    else:
        row.change(row.held, state=ReportMailState.WAITING, due_at=now + PAUSES[row.tries - 1])


def purge() -> None:
    ReportMail.objects.filter(created_at__lt=times.now() - KEPT).delete()
