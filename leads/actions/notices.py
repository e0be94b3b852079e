"""Notices: what listeners keep of a lead that came in or moved, for open pages and for mails."""

import datetime as dt

from config import browsers, times
from config.db import delete_rows
from leads.actions import news_mails
from leads.happenings import Happening, News
from leads.models import MailChoice, Notice
from leads.notices import marks

KEPT = dt.timedelta(days=3)  # longer than any page or mail looks back
ROWS = 1_000  # gathered at once


def note(news: News) -> None:
    """Keep that a lead is new, or that its status has moved; what else changes of it is no news."""
    is_new = news.happening is Happening.LEAD_CREATED
    if not is_new and not (news.happening is Happening.LEAD_UPDATED and news.from_status):
        return
    Notice.objects.create(
        team_id=news.team_id,
        lead=news.row,
        by_id=news.by_id,
        browser=browsers.current(),
        from_status=news.from_status,
        to_status=news.row.status,
    )
    marks.raise_mark(news.team_id)


def gather() -> None:
    """Say to all who want mails of their desk's news that there are some. Done twice, it changes nothing."""
    while rows := list(Notice.objects.fresh().values_list("pk", "team_id")[:ROWS]):
        wanting = MailChoice.objects.wanting_news().filter(team__in=list({team_id for _, team_id in rows}))
        for choice in wanting.filter(due_at=None):
            news_mails.make_due(choice)
        Notice.objects.filter(pk__in=[pk for pk, _ in rows]).update(is_gathered=True)


def purge() -> None:
    delete_rows(Notice.objects.filter(created_at__lt=times.now() - KEPT))
