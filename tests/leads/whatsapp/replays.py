"""Many webhooks of all kinds, and a portrait of all rows that come of them, to be compared with another one."""

import datetime as dt
import json
import random
from typing import Any

from accounts.models import User
from leads.actions import rollups
from leads.actions.whatsapp import message_rows
from leads.models import (
    Channel,
    Contact,
    ConversationSession,
    DailyRollup,
    DirtyDay,
    EarlyNews,
    Message,
    MessageMedia,
    MessageRole,
    MonthlyRollup,
    TranscriptEvent,
)
from tests.leads.figures import settle
from tests.leads.whatsapp import payloads as made
from tests.leads.whatsapp.chats import make_channel, make_contact
from tests.leads.whatsapp.payloads import NUMBER_ID, OTHER_NUMBER_ID, Json

PEOPLE = (made.SHEENA, made.OMAR, made.USER_ID, "5511998765432", "8613800138000")
WORDS = ("ahoy", "pumpkins", "سلام", "👋", "harbour", "o'clock", "1 < 2 & 3", "naïve", "\u202ereversed", "line\nbreak")
TELLING = (
    "ada@new.example",
    "grace@old.example",
    "My name is Ada Lovelace.",
    "My name is Grace Hopper.",
    "our company is Engines Ltd",
    "I'm interested in a demo.",
    "call 030 901820",
)
NAMES = ("Ann", "Bob", "Çelik", "Δ", "", "Ann\x00", "\u202eEve")
STATUSES = ("sent", "delivered", "read", "failed", "played", "deleted")
SPAN = dt.timedelta(days=3)
TIES, TOLD = 0.2, 0.3  # of webhooks: in the same second as the one before; of texts: they tell something
OURS_EVERY = 8  # of so many webhooks one message was ours, sent before

Webhook = tuple[str, Json]  # the number it is for, and the value of its change


class World:
    """What happens at two numbers, in order of time."""

    def __init__(self, seed: int, end: dt.datetime) -> None:
        self.random, self.end = random.Random(seed), end  # noqa: S311
        self.written: list[tuple[str, str, dt.datetime]] = []  # id, sender and time of each message of theirs
        self.count = 0

    def webhooks(self, count: int) -> list[Webhook]:
        start = self.end - SPAN
        self.ours = [f"wamid.ours.{number}" for number in range(count // OURS_EVERY + 1)]
        moments = [start + SPAN * number / count for number in range(count)]
        for number in range(1, count):
            if self.random.random() < TIES:
                moments[number] = moments[number - 1]
        return [self.webhook(moment) for moment in moments]

    def webhook(self, at: dt.datetime) -> Webhook:
        number_id = self.random.choice((NUMBER_ID, NUMBER_ID, OTHER_NUMBER_ID))
        sender, parts = self.random.choice(PEOPLE), []
        for _ in range(self.random.choice((1, 1, 1, 2, 3))):
            parts.append(self.part(number_id, sender, at))
        names = {sender: self.random.choice(NAMES)} if self.random.random() < 0.3 else {}
        return number_id, made.change(*parts, number_id=number_id, names=names)

    def part(self, number_id: str, sender: str, at: dt.datetime) -> Json:
        roll = self.random.random()
        mine = [each for each in self.written if each[0].startswith(f"wamid.{number_id}.") and each[1] == sender]
        if roll < 0.15:
            return self.status(at)
        if roll < 0.3 and mine:
            of = self.random.choice(mine)[0]
            body = self.words()
            return made.edit(of, body, sender=sender, at=at) if roll < 0.24 else made.revoke(of, sender=sender, at=at)
        return self.message(number_id, sender, at)

    def status(self, at: dt.datetime) -> Json:
        name = self.random.choice(STATUSES)
        errors = [made.error(self.random.choice((131026, 131047)))] if name == "failed" else []
        return made.status(self.random.choice(self.ours), name, at=at, errors=errors)

    def message(self, number_id: str, sender: str, at: dt.datetime) -> Json:
        self.count += 1
        of, told = f"wamid.{number_id}.{self.count}", {"sender": sender, "at": at}
        self.written.append((of, sender, at))
        kinds = (
            lambda: made.text(self.words(), **told, odd={"a.b": [1, None], "$x": True}),
            lambda: made.image(self.words(), media_id=of, **told),
            lambda: made.audio(media_id=of, **told),
            lambda: made.document("a.pdf", media_id=of, **told),
            lambda: made.location(name=self.words(), **told),
            lambda: made.contacts(made.contact_card("Ann Other", ""), **told),
            lambda: made.list_reply(self.words(), **told),
            lambda: made.reaction("wamid.x", self.random.choice(("👍", None)), **told),
            lambda: made.unsupported(**told),
        )
        chosen = kinds[0] if self.random.random() < 0.5 else self.random.choice(kinds)
        return chosen() | {"id": of}

    def words(self) -> str:
        words = self.random.choices(WORDS, k=self.random.randint(1, 6))
        if self.random.random() < TOLD:
            words.append(self.random.choice(TELLING))
        return " ".join(words)


def furnish(user: User, world: World) -> dict[str, Channel]:
    """Two channels, and what was sent from one of them before."""
    channels = {number: make_channel(user, phone_number_id=number) for number in (NUMBER_ID, OTHER_NUMBER_ID)}
    contact = make_contact(channels[NUMBER_ID], made.SHEENA, created_at=world.end - SPAN)
    for number, meta_id in enumerate(world.ours):
        message = Message(
            team_id=user.team_id,
            contact=contact,
            role=MessageRole.ASSISTANT,
            content=f"Answer {number}",
            meta_message_id=meta_id,
            created_at=world.end - SPAN + dt.timedelta(minutes=number),
        )
        message_rows.insert(message)
        message_rows.log(message)
    return channels


def sweep_away() -> None:
    """All rows, so that the same can happen once more."""
    for model in (Channel, TranscriptEvent, ConversationSession, DirtyDay, DailyRollup, MonthlyRollup):
        model.objects.all().delete()
    rollups.known_today.clear()


def portrait() -> dict[str, Any]:
    """All rows that webhooks make, without their ids and without when they came in."""
    settle()
    contacts = {row.pk: row for row in Contact.objects.select_related("channel")}
    messages = {row.pk: row for row in Message.objects.all()}
    names = {pk: f"{row.channel.phone_number_id}/{row.phone_number}" for pk, row in contacts.items()}
    return {
        "contacts": {names[pk]: contact_columns(row, messages) for pk, row in contacts.items()},
        "messages": {row.meta_message_id: message_columns(row, names) for row in messages.values()},
        "media": {messages[row.message_id].meta_message_id: media_columns(row) for row in MessageMedia.objects.all()},
        "sessions": {nameless(row.session_id, names): session_columns(row, names) for row in all_sessions()},
        "events": {messages[row.event_id].meta_message_id: event_columns(row, names) for row in all_events()},
        "early": EarlyNews.objects.count(),
        "days": {str(row.day): rollup_columns(row) for row in DailyRollup.objects.all()},
    }


def all_sessions() -> list[ConversationSession]:
    return list(ConversationSession.objects.all())


def all_events() -> list[TranscriptEvent]:
    return list(TranscriptEvent.objects.all())


def columns(row: Any, *without: str) -> dict[str, Any]:
    """Of the row itself, without ids and times of arrival."""
    left_out = {"id", "team_id", "updated_at", *without}
    return {field.attname: getattr(row, field.attname) for field in row._meta.fields if field.attname not in left_out}


def contact_columns(row: Contact, messages: dict[str, Message]) -> dict[str, Any]:
    own = [each for each in messages.values() if each.contact_id == row.pk]
    last = max(own, key=lambda each: (each.created_at, each.pk))
    assert (row.last_message_id, row.last_message_at) == (last.pk, last.created_at)
    assert row.message_count == len(own)
    return columns(row, "channel_id", "last_message_id", "suggestion_version")


def message_columns(row: Message, names: dict[str, str]) -> dict[str, Any]:
    return columns(row, "contact_id") | {"contact": names[row.contact_id]}


def media_columns(row: MessageMedia) -> dict[str, Any]:
    return columns(row, "message_id", "created_at", "due_at")


def session_columns(row: ConversationSession, names: dict[str, str]) -> dict[str, Any]:
    found = columns(row, "session_id", "created_at", "told", "revision", "recounts")
    return found | {"metadata": row.metadata | {"contact_id": names[row.metadata["contact_id"]]}}


def event_columns(row: TranscriptEvent, names: dict[str, str]) -> dict[str, Any]:
    return columns(row, "event_id", "session_id", "arrival", "created_at") | {
        "session": nameless(row.session_id, names)
    }


def rollup_columns(row: DailyRollup) -> dict[str, Any]:
    return json.loads(json.dumps(columns(row, "counted_at"), default=str))


def nameless(session_id: str, names: dict[str, str]) -> str:
    _, contact_id, day = session_id.split("_")
    return f"{names[contact_id]}/{day}"


def differences(one: Any, other: Any, path: str = "") -> list[str]:
    """Where two portraits differ, a line each."""
    if isinstance(one, dict) and isinstance(other, dict):
        names = sorted(one.keys() | other.keys(), key=str)
        return [line for name in names for line in differences(one.get(name), other.get(name), f"{path}/{name}")]
    return [] if one == other else [f"{path}: {one!r} and {other!r}"]
