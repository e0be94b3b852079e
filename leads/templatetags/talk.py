"""How what was said reads on a page."""

import datetime as dt
import json
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from leads import highlights
from leads.models import ConversationSession, Intent, TranscriptEvent

register = template.Library()

INTENTS = {
    Intent.LEAD_OPPORTUNITY: "may become a lead",
    Intent.INTEREST_DETECTED: "shows interest",
    Intent.COMPANY_MENTIONED: "names a company",
}
VALUE_CHARACTERS = 500
SAID_CHARACTERS = 200
LONG_CHARACTERS, LONG_LINES = 1_000, 20


@register.filter
def marked(text: str, q: str) -> SafeString | str:
    """The text with what a search looks for in <mark>."""
    return highlights.marked(text, q) if q else text


@register.filter
def excerpt(text: str, q: str) -> SafeString:
    """The text around what a search looks for, which is in <mark>."""
    return highlights.excerpt(text, q)


@register.filter
def clock_time(when: dt.datetime) -> SafeString:
    """The time of day, `09:12:04`; scripts turn it into the reader's time zone."""
    local = timezone.localtime(when)
    exact = f"{local.day} {local:%B %Y, %H:%M:%S %Z}"
    markup = '<time datetime="{}" title="{}" data-clock>{}</time>'
    return format_html(markup, when.isoformat(), exact, f"{local:%H:%M:%S}")


@register.filter
def intent_words(event: TranscriptEvent) -> str:
    """What the rules found in it, in words; nothing when they found nothing."""
    intent = event.meta.get("intent") if isinstance(event.meta, dict) else None
    return INTENTS.get(intent, "") if isinstance(intent, str) else ""


@register.filter
def seconds_into(event: TranscriptEvent, session: ConversationSession) -> float | None:
    """Where the event is in the sound of its conversation, in seconds; None when it is outside."""
    at = (event.timestamp - session.start_time).total_seconds()
    length = session.audio_file.duration
    return at if at >= 0 and (length is None or at < length) else None


@register.filter
def said_aloud(event: TranscriptEvent) -> str:
    """For screen readers: who, and how it begins."""
    return f"{event.get_role_display()}: {' '.join(event.content[:SAID_CHARACTERS].split())}"


@register.filter
def is_long(text: str) -> bool:
    """So long that it scrolls in its own place."""
    return len(text) > LONG_CHARACTERS or text.count("\n") >= LONG_LINES


@register.filter
def name_words(name: str) -> str:
    """`phone_number` as `phone number`."""
    return " ".join(name.replace("_", " ").split())[:VALUE_CHARACTERS]


@register.filter
def value_words(value: Any) -> str:
    """A value of the metadata as one would write it down."""
    if isinstance(value, bool):
        words = "yes" if value else "no"
    elif isinstance(value, list) and all(isinstance(entry, str) for entry in value):
        words = ", ".join(value)
    elif isinstance(value, dict | list):
        words = json.dumps(value, ensure_ascii=False)
    else:
        words = "" if value is None else str(value)
    return words if len(words) <= VALUE_CHARACTERS else f"{words[:VALUE_CHARACTERS]}…"
