"""The users of the old chatbot: the contacts of a team's channel."""

import datetime as dt
import hashlib
from typing import Any

from accounts.models import NAME_MAX_CHARACTERS
from config import times
from config.errors import DomainError
from config.importing import Context, Outcome, Refused, Row
from leads.actions.whatsapp import imports
from leads.importing.reading import Reader
from leads.models import Channel, Contact
from leads.whatsapp import numbers

TABLE = "users"
ID_NAMES = ("_id", "id")
NUMBER_NAMES = ("phone_number", "phone", "wa_id")
OTHER_TEAM = "imported under another id: its own is another team's here"
OTHER_NUMBER = (
    "A contact of its id is here with another number: it comes from another chatbot. Import it to another team."
)
ERASED = "The chat with this number was erased here, and does not come back."
NO_USER = "Its user is not here, or was refused."
HELD_MAX = 10_000  # contacts in memory
NO, YES = ("0", "false", "no", "f"), ("1", "true", "yes", "t")


class Contacts:
    """What a run knows of contacts: under which ids they are here, and who was erased."""

    def __init__(self) -> None:
        self.channel: Channel | None = None
        self.aliases: dict[str, str] = {}  # ids of users that are here under another one
        self.by_number: dict[str, Contact] = {}  # what a dry run would have made
        self.planned: dict[str, Contact] = {}
        self.held: dict[str, tuple[Contact, dt.datetime | None] | None] = {}
        self.refused: set[str] = set()  # ids of users, which may be those of others here

    def import_contact(self, row: Row, context: Context) -> Outcome:
        own = row.id(*ID_NAMES, team_id=context.owner.team_id, table=TABLE)
        try:
            return self.take(row, own, context)
        except DomainError:
            self.refused.add(own)
            raise

    def take(self, row: Row, own: str, context: Context) -> Outcome:
        read = Reader(row)
        contact = read_contact(read, own, context)
        if here := self.here(contact, context):
            self.aliases[own] = here.pk
            return Outcome.KNOWN
        contact.channel = self.home(context)
        if imports.erased_at(channel=contact.channel, number=contact.phone_number):
            raise Refused(ERASED)
        imports.import_contact(contact=contact, dry_run=context.is_dry_run)
        if context.is_dry_run:
            self.planned[contact.pk] = self.by_number[contact.phone_number] = contact
        self.aliases[own] = contact.pk
        for sentence in read.notes:
            context.note(row, sentence)
        return Outcome.IMPORTED

    def here(self, contact: Contact, context: Context) -> Contact | None:
        """The contact that the row is, or became: by its id, else by its number where new ones would go."""
        kept = Contact.objects.kept().filter(team=contact.team_id)
        same = self.planned.get(contact.pk) or kept.filter(pk=contact.pk).first()
        if same and same.phone_number != contact.phone_number:
            raise Refused(OTHER_NUMBER)
        if same or context.is_dry_run and contact.phone_number in self.by_number:
            return same or self.by_number[contact.phone_number]
        return Contact.objects.filter(channel=self.home(context).pk, phone_number=contact.phone_number).first()

    def home(self, context: Context) -> Channel:
        if self.channel is None:
            self.channel = imports.channel_for(by=context.owner, dry_run=context.is_dry_run)
        return self.channel

    def of_message(self, row: Row, context: Context) -> tuple[Contact, dt.datetime | None]:
        """Who a message is of, and until when what they wrote was erased."""
        own = row.id("user_id", "user", team_id=context.owner.team_id, table=TABLE)
        if len(self.held) > HELD_MAX:
            self.held.clear()
        if own not in self.held:
            self.held[own] = None if own in self.refused else self.find(own, context.owner.team_id)
        if (found := self.held[own]) is None:
            raise Refused(NO_USER)
        return found

    def find(self, own: str, team_id: str) -> tuple[Contact, dt.datetime | None] | None:
        pks = [self.aliases.get(own, own), made_id(team_id, own)]
        here = next((self.planned[pk] for pk in pks if pk in self.planned), None)
        rows = Contact.objects.filter(team=team_id, pk__in=pks).select_related("channel")
        contact = here or rows.kept().first()
        if contact is None:
            return None
        return contact, imports.erased_at(channel=contact.channel, number=contact.phone_number)


def read_contact(read: Reader, own: str, context: Context) -> Contact:
    """The contact that the row is, not saved."""
    number = numbers.normal(next(filter(None, (read.row.value(name) for name in NUMBER_NAMES)), ""))
    if not number:
        raise Refused("It has no phone_number that is known as one here.")
    team_id = context.owner.team_id
    contact = Contact(team_id=team_id, phone_number=number)
    contact.pk = pk_of(read, own, team_id)
    contact.name = read.line("name", "profile_name", max_characters=NAME_MAX_CHARACTERS)
    contact.is_active = truth(read.row.value("is_active"))
    contact.created_at = min(read.time("created_at") or times.now(), times.now())
    contact.updated_at = read.time("updated_at") or contact.created_at
    return contact


def pk_of(read: Reader, own: str, team_id: str) -> str:
    if not imports.is_contact_elsewhere(team_id=team_id, contact_id=own):
        return own
    read.notes.append(OTHER_TEAM)
    return made_id(team_id, own)


def made_id(team_id: str, own: str) -> str:
    """Of a row whose own id another team has here: always the same one."""
    return hashlib.sha256(f"{team_id}/{TABLE}/{own}".encode()).hexdigest()[:24]


def truth(value: Any) -> bool:
    """As each database writes it; who is not said to be inactive is active."""
    word = str(value).strip().lower()
    if value is None or word in YES:
        return True
    if word not in NO:
        raise Refused("Its is_active is neither true nor false.")
    return False
