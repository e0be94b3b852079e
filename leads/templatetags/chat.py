"""How chats read on a page."""

import datetime as dt
import re
from typing import Any

from django import template
from django.utils import timezone
from django.utils.html import format_html
from django.utils.safestring import SafeString

from accounts.models import User
from leads.actions.whatsapp import suggestions
from leads.models import MEDIA_KINDS, Contact, Message, MessageKind, MessageRole, MessageStatus
from leads.pages import chats
from leads.whatsapp.session_ids import session_id_of

register = template.Library()

STATUSES = {"": "on its way", MessageStatus.FAILED: "not sent"}
STAND_IN = re.compile(r"\[([a-zA-Z_ ]+)\]")  # for what is no text, as in "[voice message]"
LABELS = re.compile(rf"^{STAND_IN.pattern} ?", re.MULTILINE)
TELLING = ("email", "phone", "company", "interest")  # of what is found; a name alone is no lead
SAID_CHARACTERS = 200
MAP = "https://www.openstreetmap.org/?mlat={0:.6f}&mlon={1:.6f}#map=16/{0:.6f}/{1:.6f}"


@register.simple_tag
def who(message: Message, contact: Contact, user: User) -> str:
    """Who wrote a message, as the person who looks at it would say."""
    if message.role == MessageRole.USER:
        return str(contact)
    if message.sent_by_id is None:
        return "Assistant"
    return "You" if message.sent_by_id == user.pk else message.sent_by.name or message.sent_by.email


@register.simple_tag
def who_briefly(message: Message, contact: Contact, user: User) -> str:
    """The same where the name stands already."""
    if message.role == MessageRole.USER:
        return contact.name.split()[0] if contact.name else "They"
    return who(message, contact, user)


@register.filter
def status_words(message: Message) -> str:
    """What became of a message to them; nothing of one of theirs."""
    if message.role == MessageRole.USER:
        return ""
    return STATUSES.get(message.status, message.status)


@register.filter
def message_words(message: Message) -> str:
    """What stands in the message, without the words that say what it is."""
    if message.kind in MEDIA_KINDS:
        return "" if STAND_IN.match(message.content) else message.content
    return message.content if message.kind == MessageKind.TEXT else LABELS.sub("", message.content)


@register.filter
def label_words(message: Message) -> str:
    """What it is, `location` or `contact`, where it is neither text nor a file: those show it."""
    if message.kind == MessageKind.TEXT or message.kind in MEDIA_KINDS:
        return ""
    found = STAND_IN.match(message.content)
    return found[1].replace("_", " ") if found else ""


@register.filter
def beginning_words(message: Message) -> str:
    """How a message begins, on one line."""
    if message.deleted_at:
        return "This message was deleted."
    if message.kind == MessageKind.REACTION:
        return f"Reacted {message.beginning}"
    return as_said(message, message.beginning)


@register.filter
def said_words(message: Message) -> str:
    """For screen readers: how it begins."""
    return "A message was deleted." if message.deleted_at else as_said(message, message.content[:SAID_CHARACTERS])


def as_said(message: Message, words: str) -> str:
    """On one line, and without the signs around what stands for a file."""
    line = words if message.kind == MessageKind.TEXT else LABELS.sub(r"\1 ", words)
    return " ".join(line.split())


@register.filter
def change_mark(message: Message) -> str:
    """Another word as soon as the message looks different."""
    file = getattr(message, "media", None)
    state = (message.status, message.error, message.edited_at, message.deleted_at, file and file.status)
    return chats.marked(state)


@register.filter
def map_address(message: Message) -> str:
    """Where a map shows the place that was sent; '' without one."""
    place = message.metadata.get("location") if isinstance(message.metadata, dict) else None
    if not isinstance(place, dict):
        return ""
    latitude, longitude = place.get("latitude"), place.get("longitude")
    is_place = all(isinstance(each, int | float) and abs(each) <= 180 for each in (latitude, longitude))
    return MAP.format(latitude, longitude) if is_place else ""


@register.filter
def minute_time(when: dt.datetime) -> SafeString:
    """The time of day, `09:12`; scripts turn it into the reader's time zone."""
    local = timezone.localtime(when)
    exact = f"{local.day} {local:%B %Y, %H:%M %Z}"
    markup = '<time datetime="{}" title="{}" data-minute>{}</time>'
    return format_html(markup, when.isoformat(), exact, f"{local:%H:%M}")


@register.filter
def date_words(when: dt.datetime) -> str:
    """`Today`, `Yesterday`, `Saturday, 21 November`; with the year of another one."""
    local, today = timezone.localtime(when).date(), timezone.localdate()
    near = {0: "Today", 1: "Yesterday"}.get((today - local).days)
    return near or f"{local:%A}, {local.day} {local:%B}{'' if local.year == today.year else f' {local.year}'}"


@register.filter
def last_session_id(contact: Contact) -> str:
    """Of the conversation that its last message belongs to."""
    return session_id_of(contact.pk, contact.last_message_at)


@register.filter
def chat_mark(contact: Contact) -> str:
    return chats.mark_of_chat(contact)


@register.filter
def suggested(contact: Contact) -> dict[str, Any]:
    """What a lead may be made of; nothing when there is one, nobody wants one, or too little is known."""
    is_wanted = contact.is_active and not contact.is_dismissed and contact.lead_id is None
    if not is_wanted or not any(suggestions.value_of(contact, each) for each in TELLING):
        return {}
    fields = suggestions.fields_of(contact)
    if fields["name"] == fields["phone"]:
        del fields["name"]
    return {name: value for name, value in fields.items() if value and value != suggestions.NOT_SAID}
