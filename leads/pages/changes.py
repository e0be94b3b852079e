"""The headline figures, and how each compares with the period before."""

from collections.abc import Callable
from dataclasses import dataclass

from config.templatetags.show import seconds
from leads.analytics.overview import Overview
from leads.analytics.shapes import percent
from leads.analytics.tallies import Tally
from leads.models import LeadStatus
from leads.pages.addresses import address

MINUS = "\N{MINUS SIGN}"
UP, DOWN = "\N{UPWARDS ARROW}", "\N{DOWNWARDS ARROW}"
NOTHING_BEFORE = "No data before"
Number = int | float


@dataclass(frozen=True)
class Headline:
    words: str
    text: str
    address: str
    sign: str = ""  # an arrow
    change: str = ""  # '' when there is no period before


@dataclass(frozen=True)
class Measure:
    """A figure, how it reads, and how a change of it does: with words for more and for fewer."""

    words: str
    of: Callable[[Overview], Number | None]  # None when there is nothing to measure
    text: Callable[[Number], str]
    more: str
    fewer: str
    page: str
    filter: dict[str, str]


def count_words(number: Number) -> str:
    return f"{number:,}"


def rate_words(number: Number) -> str:
    return f"{number:.1f} %"


def conversion(sessions: Tally) -> float | None:
    """Of a hundred conversations that many brought a lead; None without any."""
    number = sessions.numbers["sessions"]
    return percent(sessions.numbers["with_leads"], number) if number else None


def average_length(sessions: Tally) -> float | None:
    number = sessions.numbers["sessions"]
    return sessions.numbers["milliseconds"] / number / 1000 if number else None


MEASURES = (
    Measure(
        "Conversations", lambda it: it.sessions.numbers["sessions"], count_words, "more", "fewer", "conversations", {}
    ),
    Measure("Leads", lambda it: it.leads.numbers["leads"], count_words, "more", "fewer", "leads", {}),
    Measure(
        "Conversations with a lead",
        lambda it: conversion(it.sessions),
        rate_words,
        "higher",
        "lower",
        "conversations",
        {"lead": "yes"},
    ),
    Measure(
        "Leads converted by now",
        lambda it: it.leads.groups["status"][LeadStatus.CONVERTED],
        count_words,
        "more",
        "fewer",
        "leads",
        {"status": LeadStatus.CONVERTED},
    ),
    Measure(
        "Length on average", lambda it: average_length(it.sessions), seconds, "longer", "shorter", "conversations", {}
    ),
    Measure(
        "Entries in transcripts",
        lambda it: it.events.numbers["events"],
        count_words,
        "more",
        "fewer",
        "conversations",
        {},
    ),
)


def headlines(now: Overview, before: Overview | None, asked: dict[str, str]) -> list[Headline]:
    """`before`: of the period before, None when there is none."""
    return [headline(measure, now, before, asked) for measure in MEASURES]


def headline(measure: Measure, now: Overview, before: Overview | None, asked: dict[str, str]) -> Headline:
    value = measure.of(now)
    text = "\N{EN DASH}" if value is None else measure.text(value)
    sign, change = compared(measure, value, before) if before is not None else ("", "")
    return Headline(measure.words, text, address(measure.page, asked, **measure.filter), sign, change)


def compared(measure: Measure, value: Number | None, before: Overview) -> tuple[str, str]:
    """The arrow and the words of a change."""
    was = measure.of(before) if before else None
    if was is None:
        return "", NOTHING_BEFORE
    if value is None:
        return "", f"{measure.text(was)} before"
    if measure.text(value) == measure.text(was):
        return "", f"Unchanged, {measure.text(was)} before"
    is_more = value > was
    word = measure.more if is_more else measure.fewer
    return UP if is_more else DOWN, f"{by(measure, value, was, word)}, {measure.text(was)} before"


def by(measure: Measure, value: Number, was: Number, word: str) -> str:
    """How much it changed: 12 more (+8 %), 1.7 points higher, 8 s shorter (−5 %)."""
    sign, difference = "+" if value > was else MINUS, abs(value - was)
    if measure.text is rate_words:
        return f"{difference:.1f} points {word}"
    share = f" ({sign}{100 * difference / was:,.0f} %)" if was else ""
    return f"{measure.text(difference)} {word}{share}"
