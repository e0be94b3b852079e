"""Figures as tables with bars: what was counted in words, how often, and where the rows behind it are."""

import datetime as dt
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.urls import reverse
from django.utils.http import urlencode

from leads.models import EventRole, LeadStatus, SessionChannel

DAYS_MAX, WEEKS_MAX = 31, 190  # of a table by days, and by weeks; longer ones go by months
WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
STAGES = {
    "sessions": "Conversations",
    "engaged": "Got going",
    "lead": "Brought a lead",
    "qualified": "Lead qualified",
    "converted": "Lead converted",
}
Entries = Iterable[dict[str, Any]]


@dataclass(frozen=True)
class Bar:
    words: str
    count: int
    address: str = ""


@dataclass(frozen=True)
class Bars:
    title: str
    head: str  # of the column of words
    rows: list[Bar]
    counted: str  # of the column of numbers

    @property
    def most(self) -> int:
        return max(row.count for row in self.rows)


def table(title: str, head: str, entries: Entries, counted: str, words: Callable[[Any], str] = str) -> Bars:
    return Bars(title, head, [Bar(words(each["_id"]), each["count"]) for each in entries], counted)


def lead_tables(figures: dict[str, Any], asked: dict[str, str]) -> list[Bars]:
    statuses = figures["status_distribution"].items()
    by_status = [Bar(LeadStatus(name).label, n, address("leads", asked, status=name)) for name, n in statuses]
    return filled(
        Bars("By status", "Status", by_status, "Leads"),
        table("Companies", "Company", figures["top_companies"], "Leads"),
        table("Interests", "Interest", figures["top_interests"], "Leads"),
        table("Where they came from", "Source", figures["by_source"], "Leads"),
        by_time("leads", figures["by_day"], "Leads"),
    )


def conversation_tables(figures: dict[str, Any], asked: dict[str, str]) -> list[Bars]:
    channels = [
        Bar(SessionChannel(each["_id"]).label, each["count"], address("conversations", asked, channel=each["_id"]))
        for each in figures["by_channel"]
    ]
    ways = {"sessions": address("conversations", asked), "lead": address("conversations", asked, lead="yes")}
    funnel = [Bar(STAGES[each["stage"]], each["count"], ways.get(each["stage"], "")) for each in figures["funnel"]]
    return filled(
        Bars("From conversation to customer", "Step", funnel if figures["total_sessions"] else [], "Conversations"),
        Bars("By channel", "SessionChannel", channels, "Conversations"),
        table("By country", "Country", figures["by_country"], "Conversations"),
        table("By hour", "From this hour on, in UTC", figures["hourly_distribution"], "Conversations", hour),
        table("By weekday", "Weekday, in UTC", figures["by_weekday"], "Conversations", lambda n: WEEKDAYS[n - 1]),
        by_time("conversations", figures["by_day"], "Conversations"),
    )


def transcript_tables(figures: dict[str, Any]) -> list[Bars]:
    roles = [Bar(EventRole(name).label, count) for name, count in figures["events_by_role"].items()]
    return filled(Bars("Who spoke", "Role", roles, "Entries"))


def filled(*tables: Bars) -> list[Bars]:
    return [each for each in tables if each.rows]


def by_time(page: str, entries: list[dict[str, Any]], counted: str) -> Bars:
    """By days in UTC, each with its rows; a long time by weeks or months."""
    days = {dt.date.fromisoformat(each["_id"]): each["count"] for each in entries}
    span = (max(days) - min(days)).days if days else 0
    if span < DAYS_MAX:
        rows = [
            Bar(day_words(day), n, address(page, {}, **{"from": f"{day}", "to": f"{day}"})) for day, n in days.items()
        ]
        return Bars("By day", "Day, in UTC", rows, counted)
    if span < WEEKS_MAX:
        return Bars("By week", "Week from Monday on", folded(days, monday, day_words), counted)
    return Bars(
        "By month", "Month", folded(days, lambda day: day.replace(day=1), lambda day: f"{day:%B} {day.year}"), counted
    )


def folded(days: dict[dt.date, int], begin: Callable[[dt.date], dt.date], words: Callable[[dt.date], str]) -> list[Bar]:
    counter = Counter[dt.date]()
    for day, count in days.items():
        counter[begin(day)] += count
    return [Bar(words(day), counter[day]) for day in sorted(counter)]


def monday(day: dt.date) -> dt.date:
    return dt.date.fromordinal(max(1, day.toordinal() - day.weekday()))


def day_words(day: dt.date) -> str:
    return f"{day.day} {day:%b} {day.year}"


def hour(number: int) -> str:
    return f"{number:02}:00"


def address(page: str, asked: dict[str, str], **more: str) -> str:
    """Of the list, filtered so that it shows the rows behind a number."""
    wanted = {name: value for name, value in {**asked, **more}.items() if value}
    return f"{reverse(page)}{'?' if wanted else ''}{urlencode(wanted)}"
