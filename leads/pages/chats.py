"""What a page shows of a chat: a part of its messages, where it goes on, and what has come or changed since."""

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.db.models.functions import Left

from accounts.models import User
from config.ids import OBJECT_ID
from config.paging import PAGE_ROWS, PAGE_ROWS_MAX, Page, decode, encode, page
from leads.models import MEDIA_KINDS, Contact, DeskQuerySet, Message, MessageMedia
from leads.search import search

PART_MESSAGES = 50
BEFORE_MESSAGES = 10  # of a part that is opened at one message
FOLLOWED_MESSAGES = 200  # looked through for news
KEPT_MESSAGES = 100  # after which the followed part begins later
BEGINNING_CHARACTERS = 160
SEARCHES = 3  # in all transcripts, for what was said in chats
SOURCE = "whatsapp"  # of the events that are messages
ORDER = ("created_at", "pk")
HEAD = ("pk", "created_at", "kind", "status", "error_code", "edited_at", "deleted_at")  # what changes in a message


@dataclass(frozen=True)
class Part:
    """Messages in order of time; the cursors of what is before and after them, where there is more."""

    messages: Sequence[Message]
    earlier: str | None = None
    later: str | None = None

    @property
    def start(self) -> str:
        """The cursor of the first message."""
        return encode(self.messages[0]) if self.messages else ""


def messages_of(contact: Contact) -> DeskQuerySet:
    return Message.objects.filter(contact=contact.pk)


def shown(rows: DeskQuerySet) -> DeskQuerySet:
    return rows.prefetch_related("sent_by", "media")


def last_part(contact: Contact) -> Part:
    return preceding(contact, None, PART_MESSAGES)


def part_before(contact: Contact, cursor: str) -> Part:
    part = preceding(contact, cursor, PART_MESSAGES)
    return Part(part.messages, part.earlier, encode(part.messages[-1]) if part.messages else None)


def part_after(contact: Contact, cursor: str) -> Part:
    part = following(contact, cursor, PART_MESSAGES)
    return Part(part.messages, part.start or None, part.later)


def part_around(contact: Contact, message: Message) -> Part:
    """With some messages before this one, and more after it."""
    before = preceding(contact, encode(message), BEFORE_MESSAGES)
    later = following(contact, encode(message), PART_MESSAGES - BEFORE_MESSAGES - 1)
    return with_quotes(contact, Part([*before.messages, message, *later.messages], before.earlier, later.later))


def preceding(contact: Contact, cursor: str | None, limit: int) -> Part:
    found = page(shown(messages_of(contact)), cursor=cursor, limit=limit)
    return with_quotes(contact, Part(found.items[::-1], earlier=found.next))


def following(contact: Contact, cursor: str, limit: int) -> Part:
    found = list(shown(later_than(messages_of(contact), cursor)).order_by(*ORDER)[: limit + 1])
    part = Part(found[:limit], later=encode(found[limit - 1]) if len(found) > limit else None)
    return with_quotes(contact, part)


def later_than(rows: DeskQuerySet, cursor: str, *, is_with: bool = False) -> DeskQuerySet:
    """`is_with`: with the message of the cursor itself."""
    time, pk = decode(cursor)
    same = {"created_at": time, "pk__gte" if is_with else "pk__gt": pk}
    # The first condition says nothing new, but an index finds its place by it instead of walking there.
    return rows.filter(created_at__gte=time).filter(Q(created_at__gt=time) | Q(**same))


def with_quotes(contact: Contact, part: Part) -> Part:
    """Each message knows its contact, and one that answers another one has that as `quoted`, if it is here."""
    ids = {message: context_id(message) for message in part.messages}
    wanted = [each for each in ids.values() if each]
    found = messages_of(contact).filter(meta_message_id__in=wanted).prefetch_related("sent_by") if wanted else ()
    by_id = {message.meta_message_id: message for message in found}
    for message, each in ids.items():
        message.contact, message.quoted = contact, by_id.get(each)
    return part


def context_id(message: Message) -> str:
    """WhatsApp's id of the message that this one answers, or reacts to."""
    metadata = message.metadata if isinstance(message.metadata, dict) else {}
    for name, key in (("context", "id"), ("reaction", "message_id")):
        said = metadata.get(name)
        if isinstance(said, dict) and isinstance(said.get(key), str):
            return said[key]
    return ""


# What is new


@dataclass(frozen=True)
class News:
    """How the followed part of a chat stands; `start` is where it begins from now on."""

    mark: str
    start: str
    ids: Sequence[str]


def news(contact: Contact, start: str) -> News:
    """Looked up without any text: one query, and one more where there are files."""
    rows = later_than(messages_of(contact), start, is_with=True) if start else messages_of(contact)
    heads = list(rows.order_by(*ORDER).values_list(*HEAD)[:FOLLOWED_MESSAGES])
    if len(heads) > KEPT_MESSAGES:
        pk, created_at = heads[-PART_MESSAGES][:2]
        start = encode(Message(pk=pk, created_at=created_at))
    with_media = [head[0] for head in heads if head[2] in MEDIA_KINDS]
    media = MessageMedia.objects.filter(message__in=with_media).order_by("pk") if with_media else None
    states = list(media.values_list("pk", "status")) if media is not None else []
    return News(marked(heads, states, standing_of(contact)), start, [head[0] for head in heads])


def standing_of(contact: Contact) -> tuple[object, ...]:
    """What a chat's page says of its contact."""
    seen = (contact.name, contact.label_line, contact.lead_id, contact.is_dismissed, contact.suggestion_version)
    return (*seen, contact.is_active, contact.is_paused, contact.is_window_open)


def marked(*parts: Iterable[object]) -> str:
    """Another word as soon as one of the parts is another one."""
    return hashlib.sha256(repr([list(part) for part in parts]).encode()).hexdigest()[:16]


def load(contact: Contact, ids: Sequence[str]) -> Part:
    rows = {message.pk: message for message in shown(messages_of(contact)).filter(pk__in=list(ids))}
    return with_quotes(contact, Part([rows[pk] for pk in ids if pk in rows]))


# The list


def chat_page(user: User, wanted: dict[str, Any], cursor: str | None = None, limit: int = PAGE_ROWS) -> Page[Contact]:
    """Chats by their newest message, each with its `last_message`."""
    rows = Contact.objects.owned_by(user).chats().matching(**wanted).in_list()
    found = page(rows, cursor=cursor, limit=limit, by="last_message_at")
    add_last_messages(found.items)
    return found


def add_last_messages(contacts: Sequence[Contact]) -> None:
    ids = [contact.last_message_id for contact in contacts if contact.last_message_id]
    rows = Message.objects.filter(pk__in=ids).annotate(beginning=Left("content", BEGINNING_CHARACTERS))
    messages = {message.pk: message for message in rows.defer("content", "metadata").prefetch_related("sent_by")}
    for contact in contacts:
        contact.last_message = messages.get(contact.last_message_id)


def mark_of_chat(contact: Contact) -> str:
    """Another word as soon as its row in the list is another one."""
    last = contact.last_message
    said = (last.pk, last.status, last.edited_at, last.deleted_at) if last else ()
    counted = (contact.pk, contact.last_message_at, contact.unread_count)
    return marked(counted, standing_of(contact), said)


def said_in_chats(user: User, q: str, cursor: str | None) -> Page[Message]:
    """Messages that have all that `q` asks for, newest first. A page may have fewer, or none, and still a next one."""
    ids: list[str] = []
    for _ in range(SEARCHES):
        found = search(user, q, cursor, limit=PAGE_ROWS_MAX)
        ids += [event.event_id for event in found.items if event.source == SOURCE]
        cursor = found.next
        if len(ids) >= PAGE_ROWS or not cursor:
            break
    known = [each for each in ids if OBJECT_ID.fullmatch(each)]
    rows = Message.objects.owned_by(user).filter(pk__in=known, deleted_at=None).prefetch_related("contact", "sent_by")
    messages = {message.pk: message for message in rows}
    return Page([messages[pk] for pk in known if pk in messages], cursor)
