"""What the desk's mails say: news, and the reports. Each as plain text and as HTML, from `templates/leads/mail/`."""

import datetime as dt
import math
from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.urls import reverse
from django.utils.http import urlencode

from accounts.models import User
from config.templatetags.show import seconds
from config.text import one_line
from leads import analytics
from leads.analytics.weekly import name_of_week
from leads.models import Lead, LeadStatus, Notice, ReportKind, ReportMail, SessionChannel
from leads.notices import mail_links
from leads.notices.news import short, words
from leads.pages.bars import STAGES

NEWS_ROWS = 20
LEAD_ROWS = 20
BAR_ROWS = 6


@dataclass(frozen=True)
class Figure:
    """A number with its name, and what it was before, if that is told."""

    words: str
    value: str
    before: str = ""


@dataclass(frozen=True)
class Bar:
    words: str
    count: int
    percent: int  # of the longest

    @property
    def rest(self) -> int:
        return 100 - self.percent


@dataclass(frozen=True)
class Line:
    """A row that leads to a page."""

    words: str
    more: str
    address: str


def whole(path: str, **query: str) -> str:
    """An address that works in a mail."""
    return f"{settings.SITE_URL}{path}{'?' if query else ''}{urlencode(query)}"


def frame(user: User, kind: str) -> dict[str, Any]:
    """What every mail of this kind needs."""
    link = mail_links.off_link(user, kind)
    return {
        "team": user.team.name,
        "off_link": link,
        "choices_link": whole(reverse("notifications")),
        "headers": mail_links.headers(link),
    }


# News


@dataclass
class Digest:
    """The newest of some notices, with their leads, and how many there are."""

    newest: list[Notice] = field(default_factory=list)
    new: int = 0
    moved: int = 0

    def add(self, notices: list[Notice]) -> None:
        new = len([each for each in notices if each.is_new_lead])
        self.new, self.moved = self.new + new, self.moved + len(notices) - new
        found = sorted([*self.newest, *notices], key=lambda each: (each.created_at, each.pk), reverse=True)
        self.newest = found[:NEWS_ROWS]

    @property
    def count(self) -> int:
        return self.new + self.moved


def of_news(user: User, digest: Digest) -> dict[str, Any]:
    prefetch_related_objects(digest.newest, "by")
    lines = [Line(words(each), short(each.lead.interest), lead_address(each.lead)) for each in digest.newest]
    context = {"title": news_title(digest), "lines": lines, "rest": digest.count - len(lines)}
    return frame(user, mail_links.NEWS) | context | {"leads_link": whole(reverse("leads"))}


def news_title(digest: Digest) -> str:
    """`New lead: Ann Lee, Acme`, or `3 new leads and 1 change of status`."""
    if digest.count == 1:
        return words(digest.newest[0])
    parts = [f"{digest.new} new {'lead' if digest.new == 1 else 'leads'}"] if digest.new else []
    parts += [f"{digest.moved} {'change' if digest.moved == 1 else 'changes'} of status"] if digest.moved else []
    return " and ".join(parts)


def lead_address(lead: Lead) -> str:
    return whole(reverse("lead", kwargs={"lead_id": lead.pk}))


# Reports


def of_report(row: ReportMail) -> dict[str, Any]:
    return weekly(row.user, row.period) if row.kind == ReportKind.WEEKLY else daily(row.user, row.period)


def weekly(user: User, name: str) -> dict[str, Any]:
    """Of a week, or without a name of the last seven days; with the figures of the week before it."""
    report = analytics.weekly_report(user, name)
    start, end = (dt.datetime.fromisoformat(report["period"][side]) for side in ("from", "to"))
    before = (
        analytics.weekly_report(user, name_of_week((start - dt.timedelta(days=7)).date()))["summary"] if name else {}
    )
    stats, last = report["detailed_stats"], end - dt.timedelta(milliseconds=1)
    address = whole(reverse("weekly-report"), **({"week": name} if name else {}))
    return frame(user, ReportKind.WEEKLY) | {
        "title": f"Week {name}" if name else "The last seven days",
        "days": f"{day_words(start)} to {day_words(last)}, in UTC",
        "figures": summary(report["summary"], before),
        "tables": weekly_tables(stats),
        "lines": lead_lines(user, start, end),
        "rest": max(0, report["summary"]["total_leads"] - LEAD_ROWS),
        "link": address,
        "is_empty": not (report["summary"]["total_leads"] or report["summary"]["total_sessions"]),
    }


def daily(user: User, text: str) -> dict[str, Any]:
    report = analytics.daily_report(user, text)
    start = dt.datetime.fromisoformat(report["date"]).replace(tzinfo=dt.UTC)
    figures = [
        Figure("Leads", f"{report['leads_generated']:,}"),
        Figure("Conversations", f"{report['conversation_sessions']:,}"),
        Figure("Brought a lead", f"{report['sessions_with_leads']:,}"),
        Figure("Transcript entries", f"{report['transcript_events']:,}"),
    ]
    return frame(user, ReportKind.DAILY) | {
        "title": day_words(start),
        "days": "in UTC",
        "figures": figures,
        "lines": lead_lines(user, start, start + dt.timedelta(days=1)),
        "rest": max(0, report["leads_generated"] - LEAD_ROWS),
        "link": whole(reverse("daily-report"), date=report["date"]),
        "is_empty": not (report["leads_generated"] or report["conversation_sessions"]),
    }


def summary(now: dict[str, Any], before: dict[str, Any]) -> list[Figure]:
    shown = (
        ("Leads", "total_leads", "{:,}".format),
        ("Conversations", "total_sessions", "{:,}".format),
        ("Brought a lead", "lead_conversion_rate", "{} %".format),
        ("Length on average", "average_session_duration_minutes", length),
    )
    return [Figure(words, form(now[name]), form(before[name]) if before else "") for words, name, form in shown]


def length(minutes: float) -> str:
    return seconds(60 * minutes)


def weekly_tables(stats: dict[str, Any]) -> list[tuple[str, list[Bar]]]:
    leads, talks = stats["leads"], stats["conversations"]
    funnel = [(STAGES.get(each["stage"], each["stage"]), each["count"]) for each in talks["funnel"]]
    tables = (
        ("Leads by status", [(LeadStatus(name).label, n) for name, n in leads["status_distribution"].items()]),
        ("Companies", pairs(leads["top_companies"])),
        ("Where they came from", pairs(leads["by_source"])),
        ("From conversation to customer", funnel if talks["total_sessions"] else []),
        ("Conversations by channel", [(SessionChannel(name).label, n) for name, n in pairs(talks["by_channel"])]),
    )
    return [(title, bars(rows)) for title, rows in tables if rows]


def pairs(entries: Iterable[dict[str, Any]]) -> list[tuple[str, int]]:
    return [(str(each["_id"]), each["count"]) for each in entries]


def bars(rows: list[tuple[str, int]]) -> list[Bar]:
    most = max(1, *(count for _, count in rows))
    return [Bar(short(words), count, math.ceil(100 * count / most)) for words, count in rows[:BAR_ROWS]]


def lead_lines(user: User, start: dt.datetime, end: dt.datetime) -> list[Line]:
    rows = Lead.objects.owned_by(user).filter(timestamp__gte=start, timestamp__lt=end).defer("message", "metadata")
    found = rows.order_by("-timestamp", "-pk")[:LEAD_ROWS]
    return [Line(short(lead.name or lead.email), described(lead), lead_address(lead)) for lead in found]


def described(lead: Lead) -> str:
    return " · ".join(one_line(part) for part in (short(lead.company), short(lead.interest), lead.status_words) if part)


def day_words(time: dt.datetime) -> str:
    """`Monday, 16 November 2026`."""
    return f"{time:%A}, {time.day} {time:%B} {time.year}"
