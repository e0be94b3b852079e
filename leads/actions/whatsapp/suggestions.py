"""Leads that chats suggest: what was recognised in messages, and what becomes of it."""

import datetime as dt
import logging
from collections.abc import Callable
from typing import Any

from accounts.models import User, normalise_email
from config import times
from config.errors import Conflict, DomainError, Unavailable
from leads.actions import leads
from leads.actions.lead_values import LINES
from leads.intent import intent_of
from leads.models import Channel, Contact, Intent, Lead, Message, MessageKind, MessageRole
from leads.whatsapp.recognising import LOOKED_AT_CHARACTERS, recognise
from leads.whatsapp.session_ids import session_id_of

logger = logging.getLogger(__name__)
TRIES = 10  # against others who note something of the same contact
MESSAGES_LOOKED_AT = 500  # when the suggestion is made anew; the last ones
CHARACTERS_LOOKED_AT = 100_000  # of them together: the rules take a second for so much of the worst that one can write
TELLING = (Intent.LEAD_OPPORTUNITY, Intent.INTEREST_DETECTED)
OF_OTHERS = (MessageKind.CONTACTS, MessageKind.LOCATION)  # whose numbers are not the sender's
NOT_SAID = "Not said"  # of a lead's company or interest, which a lead has to have
SOURCE = "whatsapp"


def note(contact: Contact, message: Message) -> None:
    """Keep what a new message of theirs tells. The later message has the last word on each thing, in whatever order."""
    if message.role == MessageRole.USER and told_in(contact, message):
        rewrite(contact, lambda row: with_news(row, message))


def retell(message: Message) -> None:
    """It was edited or deleted: what was known of it may not be so any more."""
    if message.role == MessageRole.USER:
        rewrite(message.contact, lambda row: retold(row, message), is_forced=True)


def rewrite(contact: Contact, make: Callable[[Contact], dict[str, Any]], *, is_forced: bool = False) -> None:
    """Write the suggestion made of the contact's row as it is now, once nobody else has written meanwhile.

    `is_forced`: also when it stays the same, so that whoever has read an older message has to look again.
    """
    for _ in range(TRIES):
        row = Contact.objects.filter(pk=contact.pk).first()
        if row is None or ((made := make(row)) == row.suggestion and not is_forced):
            return
        before = values_of(row)
        is_new = {name: each["value"] for name, each in made.items()} != before
        if keep(row, made):
            break
    if is_new and row.channel.takes_leads:
        take_by_itself(row, has_new_email=before.get("email", "") != value_of(row, "email"))


def with_news(contact: Contact, message: Message) -> dict[str, Any]:
    """What was known, and what the message tells as it is now."""
    return contact.suggestion | later_of(contact, news_of(contact, fresh(message)))


def retold(contact: Contact, message: Message) -> dict[str, Any]:
    """Made anew only where the message had told something: somebody may change a thousand that had not."""
    had_told = any(each["at"][1] == message.meta_message_id for each in contact.suggestion.values())
    return told_by_all(contact) if had_told else with_news(contact, message)


def fresh(message: Message) -> Message:
    """As it is now; empty when it was deleted meanwhile."""
    return Message.objects.filter(pk=message.pk).first() or Message(contact=message.contact)


def told_by_all(contact: Contact) -> dict[str, Any]:
    """What the last messages of theirs tell together."""
    rows = contact.messages.filter(role=MessageRole.USER).exclude(content="")
    told, left = dict[str, Any](), CHARACTERS_LOOKED_AT
    for message in rows.order_by("-created_at", "-pk").defer("metadata")[:MESSAGES_LOOKED_AT]:
        if (left := left - len(message.content[:LOOKED_AT_CHARACTERS])) < 0:
            break
        told |= {name: each for name, each in news_of(contact, message).items() if is_later(each, told.get(name))}
    return told


def news_of(contact: Contact, message: Message) -> dict[str, Any]:
    at = [times.iso(message.created_at), message.meta_message_id]
    return {field: {"value": value, "at": at} for field, value in told_in(contact, message).items()}


def told_in(contact: Contact, message: Message) -> dict[str, str]:
    if message.kind in OF_OTHERS:
        return {}
    found = recognise(message.content, phone_number=contact.phone_number)
    if intent_of(message.content) in TELLING:
        found["interest"] = " ".join(message.content.split())
    return {field: value[: LINES.get(field, len(value))] for field, value in found.items()}


def later_of(contact: Contact, news: dict[str, Any]) -> dict[str, Any]:
    """What of it was not known, or is a later word."""
    return {name: each for name, each in news.items() if is_later(each, contact.suggestion.get(name))}


def is_later(news: dict[str, Any], known: dict[str, Any] | None) -> bool:
    return known is None or known["at"] < news["at"]


def keep(contact: Contact, made: dict[str, Any]) -> bool:
    """Whether nobody else wrote meanwhile. What was dismissed comes up again when another e-mail is told."""
    old, new = value_of(contact, "email"), made.get("email", {}).get("value", "")
    changes = {
        "suggestion": made,
        "suggestion_version": contact.suggestion_version + 1,
        "is_dismissed": contact.is_dismissed and (not old or not new or old == new),
    }
    rows = Contact.objects.filter(pk=contact.pk, suggestion_version=contact.suggestion_version)
    if not rows.update(**changes):
        return False
    for name, value in changes.items():
        setattr(contact, name, value)
    return True


def forget_before(contact: Contact, before: dt.datetime) -> None:
    """What messages of the time before had told is known no longer."""
    for _ in range(TRIES):
        row = Contact.objects.filter(pk=contact.pk).first()
        if row is None:
            return
        made = {name: each for name, each in row.suggestion.items() if each["at"][0] >= times.iso(before)}
        if made == row.suggestion or keep(row, made):
            return


def values_of(contact: Contact) -> dict[str, str]:
    return {name: each["value"] for name, each in contact.suggestion.items()}


def value_of(contact: Contact, field: str) -> str:
    return str(contact.suggestion.get(field, {}).get("value", ""))


def fields_of(contact: Contact) -> dict[str, str]:
    """What a lead would be made of, with what it has to have."""
    return {
        "name": value_of(contact, "name") or contact.name or contact.number_words,
        "email": value_of(contact, "email"),
        "phone": value_of(contact, "phone") or (contact.number_words if contact.phone_number.isdecimal() else ""),
        "company": value_of(contact, "company") or NOT_SAID,
        "interest": value_of(contact, "interest") or NOT_SAID,
    }


def accept(*, by: User, contact: Contact, **fields: str) -> Lead:
    """Make the lead, or merge it with the one that the team knows by its e-mail; `fields` come before what was found.

    Unprocessable without an e-mail, or for what a lead can't be made of; Unavailable while the database is away.
    """
    values = fields_of(contact) | {field: value for field, value in fields.items() if value}
    values |= said_before(contact, values)
    if last := contact.last_message_at:
        values["session_id"] = session_id_of(contact.pk, last)
    taken = leads.create_lead(by=by, source=SOURCE, metadata={"contact_id": contact.pk}, **values)
    if taken.is_journaled:
        raise Unavailable("The lead is kept, and will be here once the database is back.")
    lead, _ = taken.result
    Contact.objects.filter(pk=contact.pk).update(lead=lead, is_dismissed=False)
    contact.lead, contact.is_dismissed = lead, False
    return lead


def said_before(contact: Contact, values: dict[str, str]) -> dict[str, str]:
    """What the lead with this e-mail has where the chat tells nothing: what only stands in for it replaces nothing."""
    known = Lead.objects.filter(team=contact.team_id, email=normalise_email(values["email"])).first()
    stand_ins = {"name": contact.number_words, "company": NOT_SAID, "interest": NOT_SAID}
    return {field: getattr(known, field) for field, words in stand_ins.items() if known and values[field] == words}


def dismiss(*, by: User, contact: Contact) -> None:
    """Suggest no lead of this contact any more."""
    if not Contact.objects.filter(pk=contact.pk).update(is_dismissed=True):
        raise Conflict("This contact is not here any more.")
    contact.is_dismissed = True


def take_by_itself(contact: Contact, *, has_new_email: bool) -> None:
    """Accept it without a click, in the name of who connected the channel; and what is told later too.

    Its lead may have another e-mail than was told: it was merged with another one, or somebody has put that right.
    """
    by = speaker_for(contact.channel)
    if not by or contact.is_dismissed or not contact.is_active or not value_of(contact, "email"):
        return
    lead = None if has_new_email else Lead.objects.filter(pk=contact.lead_id).first()
    try:
        accept(by=by, contact=contact, email=lead.email if lead else "")
    except DomainError as error:
        logger.warning("No lead was made of contact %s: %s", contact.pk, error.message)


def speaker_for(channel: Channel) -> User | None:
    """Its owner, while in the team; else whoever runs the team."""
    members = User.objects.filter(team=channel.team_id, is_active=True, deleted_at=None)
    return members.filter(pk=channel.owner_id).first() or members.running_a_team().order_by("created_at", "pk").first()
