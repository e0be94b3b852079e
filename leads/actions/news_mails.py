"""The desk's news by mail: what has come together since a person's last mail goes into one.

A person's row says how far their news have been mailed. It moves on when the mail server has taken a mail, so that
nothing is left out; a worker that dies just then sends one twice.
"""

import datetime as dt
import logging

from django.conf import settings

from accounts import mail
from accounts.models import User
from config import queue, times
from config.db import in_batches
from leads.models import MailChoice, NewLeads, Notice
from leads.notices import mails
from leads.notices.mails import Digest
from leads.notices.news import with_leads

logger = logging.getLogger(__name__)
TASK, QUEUE = "leads.tasks.mail_news", "network-upkeep"
WAIT = dt.timedelta(seconds=30)  # in which more may come, for the same mail
APART = dt.timedelta(minutes=5)  # between two mails to a person
SETTLED = dt.timedelta(seconds=10)  # after which a notice's transaction has surely ended
HELD = dt.timedelta(minutes=2)  # after which a worker that sends has surely ended
PAUSES = tuple(dt.timedelta(minutes=minutes) for minutes in (1, 5, 30, 120, 360))  # between tries
OLDEST = dt.timedelta(days=2)
ROWS = 1_000


def make_due(choice: MailChoice) -> None:
    """After a while in which more may come, and no sooner than some minutes after the last mail."""
    now = times.now()
    earliest = choice.mailed_at + APART if choice.mailed_at else now
    choice.change({"due_at": None}, due_at=max(now + WAIT, earliest))


def sweep() -> None:
    """Hand out what is due, and what a worker has left."""
    for choice in MailChoice.objects.left()[:ROWS]:
        choice.change({"held_until": choice.held_until}, held_until=None, due_at=times.now())
    due = MailChoice.objects.due().values_list("pk", flat=True)[:ROWS]
    queue.enqueue_missing(TASK, [(pk, QUEUE) for pk in due])


def mail_news(*, choice: MailChoice) -> None:
    """One mail with all that is new, unless somebody else sends it."""
    now = times.now()
    held = now + HELD
    if choice.due_at is None or choice.due_at > now:
        return
    # What is gathered from here on makes the row due again.
    if not choice.change({"due_at": choice.due_at, "held_until": None}, due_at=None, held_until=held):
        return
    until = now - SETTLED
    digest = digest_for(choice, until)
    is_done = not digest.count or not may_send(choice.user) or send(choice.user, digest)
    settle(choice, held, until, is_done=is_done, is_sent=bool(digest.count))


def may_send(user: User) -> bool:
    return bool(settings.EMAIL_URL) and user.is_active and user.deleted_at is None


def digest_for(choice: MailChoice, until: dt.datetime) -> Digest:
    """What the person wants to know and has not done by hand; of many thousands only the newest stay in memory."""
    start, digest = max(choice.mailed_until, times.now() - OLDEST), Digest()
    for batch in in_batches(Notice.objects.filter(team=choice.team_id, created_at__gt=start, created_at__lte=until)):
        digest.add([each for each in with_leads(batch) if is_wanted(each, choice)])
    return digest


def is_wanted(notice: Notice, choice: MailChoice) -> bool:
    is_mine = notice.lead.owner_id == choice.user_id
    if notice.was_done_by(choice.user):
        return False
    if notice.is_new_lead:
        return choice.new_leads == NewLeads.ALL or (choice.new_leads == NewLeads.MINE and is_mine)
    return choice.status_changes and is_mine


def send(user: User, digest: Digest) -> bool:
    return mail.send("news", app="leads", to=user.email, has_html=True, **mails.of_news(user, digest))


def settle(choice: MailChoice, held: dt.datetime, until: dt.datetime, *, is_done: bool, is_sent: bool) -> None:
    """Move on; or try again later, until it was tried often enough."""
    where, now = {"held_until": held}, times.now()
    if not is_done and choice.tries < len(PAUSES):
        pause = PAUSES[choice.tries]
        choice.change(where, held_until=None, due_at=now + pause, tries=choice.tries + 1)
        return
    if not is_done:
        logger.warning("News are not mailed to %s: the mail server has refused them for hours.", choice.user_id)
    mailed = {"mailed_at": now} if is_done and is_sent else {}
    choice.change(where, held_until=None, mailed_until=max(until, choice.mailed_until), tries=0, **mailed)
    if Notice.objects.filter(team=choice.team_id, created_at__gt=until).exists():
        make_due(choice)
