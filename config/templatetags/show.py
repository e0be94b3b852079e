"""How times, lengths and names read on a page."""

import re
from collections.abc import Mapping
from datetime import datetime

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import get_language_info

register = template.Library()

NOTHING = "–"
MINUTE, HOUR, DAY, WEEK = 60, 3_600, 86_400, 604_800
PIPER_VOICE = re.compile(r"[a-z]{2,3}_[A-Z]{2}-(?P<name>.+)-(?P<quality>x_low|low|medium|high)")


@register.filter
def clock(seconds: float | None) -> str:
    """A length as a player shows it: 1:38, 1:02:03; a dash while it is unknown."""
    if seconds is None:
        return NOTHING
    minutes, rest = divmod(round(seconds), MINUTE)
    hours, minutes = divmod(minutes, 60)
    return f"{hours}:{minutes:02}:{rest:02}" if hours else f"{minutes}:{rest:02}"


@register.filter
def seconds(value: float | None) -> str:
    """A span of work in words: under 0.1 s, 0.3 s, 48 s, 2 min 5 s, 3 h 12 min."""
    if value is None:
        return NOTHING
    if 0 < value < 0.05:
        return "under 0.1 s"
    if value < 9.95:
        return f"{value:.1f} s"
    minutes, rest = divmod(round(value), MINUTE)
    if minutes >= 60:
        return f"{minutes // 60:,} h {minutes % 60} min"
    return f"{minutes} min {rest} s" if minutes else f"{rest} s"


@register.filter
def making_time(timings: Mapping[str, float | None]) -> float | None:
    """Seconds from the first sentence to the finished file; None before that is known."""
    known = [timings[step] for step in ("synthesis", "encoding") if timings.get(step) is not None]
    return sum(known) if known else None


@register.filter
def pace(making: float, duration: float) -> str:
    """How making a sound compares with listening to it: 20 times faster than speech."""
    times = duration / max(making, 0.001)
    if times < 0.95:
        return "slower than speech"
    if times < 1.45:
        return "as fast as speech"
    return f"{times:.0f} times faster than speech" if times >= 10 else f"{times:.1f} times faster than speech"


@register.filter
def ago(when: datetime | None) -> SafeString | str:
    """How long ago, the exact time in the title."""
    return _time(when, _ago_words(when)) if when else NOTHING


@register.filter
def day(when: datetime | None) -> SafeString | str:
    """Day and time as one would say them, `tomorrow 09:12 UTC`; scripts turn them into the reader's time zone."""
    if not when:
        return NOTHING
    local = timezone.localtime(when)
    days = (local.date() - timezone.localdate()).days
    words = {-1: "yesterday", 0: "today", 1: "tomorrow"}.get(days, f"{local.day} {local:%B}")
    return _time(when, f"{words} {local:%H:%M %Z}", mark=" data-day")


@register.filter
def voice(voice_id: str) -> str:
    """A Piper id as the name that its voice has, `Lessac (medium)`; any other id as it is."""
    found = PIPER_VOICE.fullmatch(voice_id)
    return f"{found['name'].replace('_', ' ').title()} ({quality(found['quality'])})" if found else voice_id


@register.filter
def quality(name: str) -> str:
    """`x_low` as `x low`."""
    return name.replace("_", " ")


@register.filter
def language(code: str) -> str:
    """`en_US` as `English (US)`; a language that Django cannot name as its code."""
    base, _, region = code.partition("_")
    try:
        name = get_language_info(base)["name"]
    except KeyError:
        return written_language(code)
    return f"{name} ({region})" if region else name


def written_language(code: str) -> str:
    """A language that Django knows only together with where it is written, as `zh_CN`; else the code."""
    try:
        return get_language_info(code.replace("_", "-").lower())["name"]
    except KeyError:
        return code


def _ago_words(when: datetime) -> str:
    past = (timezone.now() - when).total_seconds()
    if past < MINUTE:
        return "just now"
    if past < HOUR:
        return f"{past // MINUTE:.0f} min ago"
    if past < DAY:
        return f"{past // HOUR:.0f} h ago"
    if past < WEEK:
        return f"{past // DAY:.0f} day{'' if past < 2 * DAY else 's'} ago"
    local = timezone.localtime(when)
    return f"{local.day} {local:%b %Y}"


def _time(when: datetime, words: str, mark: str = "") -> SafeString:
    local = timezone.localtime(when)
    exact = f"{local.day} {local:%B %Y, %H:%M %Z}"
    return format_html('<time datetime="{}" title="{}"{}>{}</time>', when.isoformat(), exact, SafeString(mark), words)
