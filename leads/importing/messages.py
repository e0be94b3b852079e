"""The messages of the old chatbot, in the order in which they were written."""

import datetime as dt
import hashlib
from collections.abc import Sequence

from config import times
from config.errors import Conflict, DomainError
from config.importing import Context, Outcome, Refused, Row
from leads.actions.whatsapp import imports
from leads.importing.contacts import ERASED, ID_NAMES, Contacts
from leads.importing.reading import Reader, digest
from leads.models import CONTENT_MAX_CHARACTERS, META_ID_MAX_CHARACTERS, Message, MessageRole, MessageStatus

TABLE = "messages"
WORDS = {
    MessageRole.USER: ("user", "human", "customer", "inbound", "incoming"),
    MessageRole.ASSISTANT: ("assistant", "bot", "ai", "model", "agent", "outbound", "outgoing"),
}
ROLES = {word: role for role, words in WORDS.items() for word in words}
USUAL = {MessageRole.USER: MessageStatus.RECEIVED, MessageRole.ASSISTANT: MessageStatus.SENT}
OTHER_STATUS = "imported as {}: its status is none that is known here, and stands in its metadata"
OTHER_CONTACT = (
    "A message of its id is here, of somebody else: it comes from another chatbot. Import it to another team."
)
OTHER_META_ID = "A message with its meta_message_id is here, of somebody else."
LATER = dt.timedelta(milliseconds=1)
AHEAD = dt.timedelta(days=1)  # that a clock may be wrong, or a time zone
Result = Outcome | DomainError


class Messages:
    def __init__(self, contacts: Contacts) -> None:
        self.contacts = contacts
        self.last: dict[str, tuple[dt.datetime, dt.datetime, str]] = {}  # of each contact: as told, as kept, its id
        self.planned: set[int] = set()  # hashes of ids, of what a dry run would have made

    def import_messages(self, rows: Sequence[Row], context: Context) -> list[Result]:
        readers = [Reader(row) for row in rows]
        read = [self.read(reader, context) for reader in readers]
        outcomes = self.outcomes(read)
        new = [each for each, outcome in zip(read, outcomes, strict=True) if outcome == Outcome.IMPORTED]
        try:
            imports.import_messages(by=context.owner, messages=new, dry_run=context.is_dry_run)
        except Conflict as error:
            return [error if outcome == Outcome.IMPORTED else outcome for outcome in outcomes]
        for reader, outcome in zip(readers, outcomes, strict=True):
            for sentence in reader.notes if outcome == Outcome.IMPORTED else ():
                context.note(reader.row, sentence)
        if context.is_dry_run:
            self.planned |= {hash(key) for message in new for key in keys(message)}
        return outcomes

    def read(self, read: Reader, context: Context) -> Message | DomainError:
        try:
            return self.message_of(read, context)
        except DomainError as error:
            return error

    def message_of(self, read: Reader, context: Context) -> Message:
        team_id = context.owner.team_id
        contact, erased_at = self.contacts.of_message(read.row, context)
        read.taken |= {*ID_NAMES, "user_id", "user"}
        message = Message(team_id=team_id, contact=contact, role=role_of(read), pk=pk_of(read, team_id))
        told = time_of(read)
        if erased_at and told <= erased_at:
            raise Refused(ERASED)
        message.content = content_of(read)
        message.meta_message_id = read.line("meta_message_id", "wamid", max_characters=META_ID_MAX_CHARACTERS)
        message.status = status_of(read, message.role)
        message.metadata = read.rest("metadata", "meta")
        message.created_at = self.in_order(message, told)
        return message

    def in_order(self, message: Message, told: dt.datetime) -> dt.datetime:
        """Its time. Rows of the same time keep their order: a moment is added where their ids would change it."""
        kept = told
        if (last := self.last.get(message.contact_id)) and told >= last[0] and (told, message.pk) <= last[1:]:
            kept = last[1] + (LATER if message.pk <= last[2] else dt.timedelta())
        self.last[message.contact_id] = (told, kept, message.pk)
        return kept

    def outcomes(self, read: Sequence[Message | DomainError]) -> list[Result]:
        messages = [each for each in read if isinstance(each, Message)]
        elsewhere(messages)
        known = imports.known_messages(message_ids=[message.pk for message in messages])
        holders = imports.holders_of(
            meta_ids=[message.meta_message_id for message in messages if message.meta_message_id]
        )
        seen = dict[str, str]()  # contacts of this batch, by both ids of their messages
        return [self.outcome(each, known, holders, seen) if isinstance(each, Message) else each for each in read]

    def outcome(
        self, message: Message, known: dict[str, tuple[str, str]], holders: dict[str, str], seen: dict[str, str]
    ) -> Result:
        own, meta = message.pk, message.meta_message_id
        by_id = known[own][1] if own in known else seen.get(own)
        by_meta = (holders.get(meta) or seen.get(f"meta {meta}")) if meta else None
        if by_id not in (None, message.contact_id):
            return Refused(OTHER_CONTACT)
        if by_meta not in (None, message.contact_id):
            return Refused(OTHER_META_ID)
        is_planned = any(hash(key) in self.planned for key in keys(message))
        seen |= dict.fromkeys(keys(message), message.contact_id)
        return Outcome.KNOWN if by_id or by_meta or is_planned else Outcome.IMPORTED


def keys(message: Message) -> list[str]:
    meta = message.meta_message_id
    return [message.pk, f"meta {meta}"] if meta else [message.pk]


def elsewhere(messages: Sequence[Message]) -> None:
    """One whose id another team has here gets another id, always the same one."""
    known = imports.known_messages(message_ids=[message.pk for message in messages])
    for message in messages:
        if message.pk in known and known[message.pk][0] != message.team_id:
            message.pk = made_id(message.team_id, message.pk)


def pk_of(read: Reader, team_id: str) -> str:
    """Its own id; of a row without one an id that the same row always gets."""
    if read.row.value(*ID_NAMES) is None:
        return made_id(team_id, digest(dict(read.row.values)))
    return read.row.id(*ID_NAMES, team_id=team_id, table=TABLE)


def made_id(team_id: str, text: str) -> str:
    return hashlib.sha256(f"{team_id}/{TABLE}/{text}".encode()).hexdigest()[:24]


def role_of(read: Reader) -> MessageRole:
    word = str(read.row.value("role", "sender", "direction") or "").strip().lower()
    if word not in ROLES:
        raise Refused("Its role is neither user nor assistant.")
    read.taken |= {"role"}
    return ROLES[word]


def time_of(read: Reader) -> dt.datetime:
    time = read.time("created_at", "timestamp")
    if time is None:
        raise Refused("It has no created_at.")
    if time > times.now() + AHEAD:
        raise Refused("Its created_at lies in the future.")
    return time


def content_of(read: Reader) -> str:
    """As it was written; '' where that is said, too."""
    if all(read.row.values.get(name) is None for name in ("content", "text", "message")):
        raise Refused("It has no content.")
    return read.text("content", "text", "message", max_characters=CONTENT_MAX_CHARACTERS)


def status_of(read: Reader, role: MessageRole) -> MessageStatus:
    usual = USUAL[role]
    return MessageStatus(read.word("status", MessageStatus.values, OTHER_STATUS.format(usual)) or usual)
