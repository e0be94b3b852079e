"""Calls and chats on the website: when they were, and what was said, line by line."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass, field
from random import Random
from typing import Any

from leads.demo.names import MEMBERS
from leads.demo.people import Person, phone
from leads.demo.scripts import LEAD, WITH_LEAD, WITHOUT_LEAD

ROLES = {">": "assistant", "<": "user", "#": "tool"}
OR = "|"
HOURS = dict(zip(range(7, 22), (1, 4, 9, 11, 10, 6, 6, 9, 10, 8, 6, 4, 3, 3, 2), strict=True))  # of the day, weighed
WEEKEND = 0.25  # of a working day's talks
WORDS_A_SECOND = 2.6
COUNTRIES = ("GB", "GB", "GB", "GB", "IE", "DE", "DE", "FR", "SE", "US")
PAGES = ("/", "/meeting-rooms", "/masking", "/booths", "/rental", "/contact")
LATEST = dt.timedelta(minutes=20)  # before now, so that all has ended


@dataclass(frozen=True)
class Turn:
    role: str
    text: str
    at: float  # seconds after the start


@dataclass(frozen=True)
class Talk:
    session_id: str
    channel: str
    start: dt.datetime
    turns: tuple[Turn, ...]
    metadata: dict[str, Any] = field(default_factory=dict)
    has_lead: bool = False
    is_recorded: bool = False

    @property
    def end(self) -> dt.datetime:
        return self.start + dt.timedelta(seconds=self.turns[-1].at + seconds_of(self.turns[-1].text))


def seconds_of(text: str) -> float:
    """How long one needs to say it."""
    return round(0.6 + len(text.split()) / WORDS_A_SECOND, 1)


def moments(random: Random, now: dt.datetime, days: int, count: int) -> Iterator[dt.datetime]:
    """When talks began: more lately than long ago, more at work than at night, and a few today."""
    midnight = now.replace(hour=0, minute=0, second=0, microsecond=0)
    dates = [midnight - dt.timedelta(days=age) for age in range(1, days)]
    weights = [weight(date, age / days) for age, date in enumerate(dates, 1)]
    today = 4
    for date in random.choices(dates, weights, k=count - today):
        hour = random.choices([*HOURS], [*HOURS.values()])[0]
        yield date + dt.timedelta(hours=hour, seconds=random.randrange(3600))
    for number in range(today):
        yield now - LATEST - dt.timedelta(minutes=number * 37 + random.randrange(20))


def weight(date: dt.datetime, age: float) -> float:
    """`age`: 0 is today, 1 is the beginning."""
    return (1.5 - age) * (WEEKEND if date.weekday() >= 5 else 1)


def talk(random: Random, number: int, start: dt.datetime, person: Person | None) -> Talk:
    channel = "voice" if random.random() < 0.6 else "web"
    country = person.country if person else random.choice(COUNTRIES)
    number_of_phone = person.phone if person else phone(random, country)
    script = WITH_LEAD[person.interest] if person else random.choice(WITHOUT_LEAD)
    told = {"phone": number_of_phone, "line": "main"} if channel == "voice" else {"page": random.choice(PAGES)}
    return Talk(
        session_id=f"{'call' if channel == 'voice' else 'web'}-{2_041 + number}",
        channel=channel,
        start=start,
        turns=tuple(turns(random, script, channel, slots(random, start, person))),
        metadata=told | {"country": country, "assistant": "Front desk"},
        has_lead=person is not None,
    )


def slots(random: Random, start: dt.datetime, person: Person | None) -> dict[str, Any]:
    found = {
        "day_part": "morning" if start.hour < 12 else "afternoon" if start.hour < 18 else "evening",
        "rooms": random.choice(("two", "three", "four", "five")),
        "metres": random.choice((12, 16, 18, 20, 24, 30)),
        "people": random.choice((25, 30, 40, 60, 80, 120)),
        "weeks": random.choice(("three", "four", "six")),
        "order": random.randrange(10_000, 99_999),
        "owner": random.choice(MEMBERS)[1].split()[0],
    }
    return found | (person.slots() if person else {})


def turns(random: Random, script: str, channel: str, filled: dict[str, Any]) -> Iterator[Turn]:
    at = 0.0
    for sign, ways in lines(script):
        text = random.choice(ways).format(**filled)
        yield Turn(ROLES[sign], text, round(at, 1))
        pause = random.uniform(0.3, 1.2) if channel == "voice" or sign != "<" else random.uniform(4, 25)
        at += pause + (0.4 if sign == "#" else seconds_of(text))


def lines(script: str) -> list[tuple[str, list[str]]]:
    """Who says it, and the ways in which they may."""
    found: list[tuple[str, list[str]]] = []
    for line in script.replace("{lead}", LEAD).strip().splitlines():
        sign, _, text = line.strip().partition(" ")
        if sign == OR:
            found[-1][1].append(text)
        else:
            found.append((sign, [text]))
    return found
