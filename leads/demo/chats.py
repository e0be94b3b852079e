"""The chats, with the moment of each message."""

import datetime as dt
from collections.abc import Iterator
from dataclasses import dataclass

from leads.demo.chat_lines import CHATS, ChatScript

GAPS = (40, 75, 150, 55, 210, 90)  # seconds between messages, in turns


@dataclass(frozen=True)
class SampleMessage:
    is_theirs: bool
    text: str
    at: dt.datetime
    by: int | None = None  # the person of the team who wrote it, if one did


@dataclass(frozen=True)
class SampleChat:
    name: str
    number: str
    messages: tuple[SampleMessage, ...]
    labels: tuple[str, ...]
    unread: int
    is_paused: bool
    is_blocked: bool
    suggests: bool
    email: str
    company: str
    interest: str


def chats(now: dt.datetime) -> list[SampleChat]:
    return [chat(script, now) for script in CHATS]


def chat(script: ChatScript, now: dt.datetime) -> SampleChat:
    same = {name: getattr(script, name) for name in SampleChat.__dataclass_fields__ if name != "messages"}
    messages = tuple(
        each for hours, lines in script.blocks for each in block(lines, now - dt.timedelta(hours=hours), now)
    )
    return SampleChat(messages=messages, **same)


def block(lines: str, start: dt.datetime, now: dt.datetime) -> Iterator[SampleMessage]:
    at = at_work(start, now)
    for number, line in enumerate(lines.strip().splitlines()):
        sign, _, text = line.strip().partition(" ")
        yield SampleMessage(sign == "<", text, at, int(sign) if sign.isdecimal() else None)
        at += dt.timedelta(seconds=GAPS[number % len(GAPS)])


def at_work(start: dt.datetime, now: dt.datetime) -> dt.datetime:
    """What is half a day ago or more was written between nine and five, whatever hour it is now."""
    return start.replace(hour=9 + start.hour % 8) if now - start >= dt.timedelta(hours=12) else start
