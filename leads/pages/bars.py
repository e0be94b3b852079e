"""Figures as tables with bars: what was counted in words, how often, and where the rows behind it are."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from leads.analytics.shapes import TOP
from leads.models import EventRole, LeadStatus, SessionChannel
from leads.pages import time_steps
from leads.pages.addresses import address, named
from leads.pages.country_names import country_name

WEEKDAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
STAGES = {
    "sessions": "Conversations",
    "engaged": "Got going",
    "lead": "Brought a lead",
    "qualified": "Lead qualified",
    "converted": "Lead converted",
}
Entries = Iterable[dict[str, Any]]
Asked = dict[str, str]


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


def table(
    title: str, head: str, entries: Entries, counted: str, words: Callable[[Any], str], where: Callable[[Any], str]
) -> Bars:
    rows = [Bar(words(each["_id"]), each["count"], where(each["_id"])) for each in entries]
    return Bars(title, head, rows, counted)


def lead_tables(figures: dict[str, Any], asked: Asked) -> list[Bars]:
    statuses = figures["status_distribution"].items()
    by_status = [Bar(LeadStatus(name).label, n, address("leads", asked, status=name)) for name, n in statuses]
    return filled(
        Bars("By status", "Status", by_status, "Leads"),
        *who_and_what(figures, asked),
        by_time("leads", figures["by_day"], "Leads"),
    )


def who_and_what(figures: dict[str, Any], asked: Asked) -> list[Bars]:
    """The companies of leads, their interests, and where they came from."""
    return filled(
        by_text("Companies", "Company", figures["top_companies"], asked),
        by_text("Interests", "Interest", figures["top_interests"], asked),
        by_text("Where they came from", "Source", figures["by_source"][:TOP], asked),
    )


def by_text(title: str, head: str, entries: Entries, asked: Asked) -> Bars:
    return table(title, head, entries, "Leads", str, lambda name: named("leads", asked, head.lower(), name))


def conversation_tables(figures: dict[str, Any], asked: Asked) -> list[Bars]:
    funnel = [
        Bar(STAGES[each["stage"]], each["count"], address("conversations", asked, **stage_filter(each["stage"])))
        for each in figures["funnel"]
    ]
    channels, hours = figures["by_channel"], figures["hourly_distribution"]
    return filled(
        Bars("From conversation to customer", "Step", funnel if figures["total_sessions"] else [], "Conversations"),
        by_value("By channel", "Channel", channels, asked, "channel", lambda name: SessionChannel(name).label),
        by_country(figures, asked),
        by_value("By hour", "From this hour on, in UTC", hours, asked, "hour", hour),
        by_value("By weekday", "Weekday, in UTC", figures["by_weekday"], asked, "weekday", weekday),
        by_time("conversations", figures["by_day"], "Conversations"),
    )


def stage_filter(stage: str) -> Asked:
    """Of the conversations that got so far."""
    return {"sessions": {}, "engaged": {"engaged": "yes"}, "lead": {"lead": "yes"}}.get(stage, {"lead": stage})


def by_country(figures: dict[str, Any], asked: Asked) -> Bars:
    return by_value("By country", "Country", figures["by_country"], asked, "country", country_name)


def by_value(title: str, head: str, entries: Entries, asked: Asked, field: str, words: Callable[[Any], str]) -> Bars:
    """Of conversations that have it, by the filter of that name."""
    return table(
        title,
        head,
        entries,
        "Conversations",
        words,
        lambda value: address("conversations", asked, **{field: f"{value}"}),
    )


def transcript_tables(figures: dict[str, Any]) -> list[Bars]:
    roles = [Bar(EventRole(name).label, count) for name, count in figures["events_by_role"].items()]
    return filled(Bars("Who spoke", "Role", roles, "Entries"))


def filled(*tables: Bars) -> list[Bars]:
    return [each for each in tables if each.rows]


def by_time(page: str, entries: list[dict[str, Any]], counted: str) -> Bars:
    """By days in UTC, each with its rows; a long time by weeks, months or years. What has nothing is left out."""
    if not entries:
        return Bars("By day", "", [], counted)
    counts = {each["_id"]: each["count"] for each in entries}
    first, last = (dt.date.fromisoformat(pick(counts)) for pick in (min, max))
    unit, steps = time_steps.unit_of(first, last), time_steps.steps(first, last)
    found = zip(steps, time_steps.folded(counts, steps), strict=True)
    rows = [Bar(step.words, count, address(page, step.asked)) for step, count in found if count]
    return Bars(f"By {unit.name}", unit.head, rows, counted)


def weekday(number: int) -> str:
    return WEEKDAYS[number - 1]


def hour(number: int) -> str:
    return f"{number:02}:00"
