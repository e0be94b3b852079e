"""How a contact goes with all they wrote, and stays gone.

First it is kept, without the number, that they were erased: nothing that WhatsApp or the journal says of the time
before is taken any more. Then their row loses all that it says of them, so that whoever writes again is somebody new;
then what belongs to it goes. What a crash leaves over, the sweeper deletes.
"""

import datetime as dt
import logging
from typing import Any

from django.db import IntegrityError
from django.db.models import QuerySet

from accounts.actions import audit
from accounts.models import Event, User
from config import times
from config.db import delete_rows, id_batches
from config.errors import NotFound, Unavailable
from leads import journal
from leads.actions import rollups, webhook_posts
from leads.actions.whatsapp import deliveries, media, speaking
from leads.actions.whatsapp.contacts import GONE
from leads.incoming import read_time
from leads.models import (
    ERASED,
    Channel,
    Contact,
    ConversationSession,
    ErasedContact,
    Erasure,
    EventQuerySet,
    Lane,
    Message,
    MessageMedia,
    SessionQuerySet,
    Step,
    TranscriptEvent,
)
from leads.records import Kind, Record
from leads.whatsapp.numbers import digest_of
from leads.whatsapp.session_ids import talk_with

logger = logging.getLogger(__name__)
LEFT_AFTER = dt.timedelta(minutes=1)  # an erasure that is not over was cut off
NOTHING = {
    "name": "",
    "named_at": None,
    "label_line": "",
    "suggestion": {},
    "last_message_at": None,
    "last_message_id": "",
    "last_inbound_at": None,
    "unread_count": 0,
    "is_active": False,
    "lead": None,
}


def erase(*, by: User, contact: Contact, address: str = "") -> None:
    """Delete messages, files, transcript and all that is known of them. A lead that was made of the chat stays.

    NotFound when somebody else was faster.
    """
    if not Contact.objects.kept().filter(pk=contact.pk).exists():
        raise NotFound(GONE)
    erased = begin(contact, by_id=by.pk)
    audit.record(user=by, event=Event.CONTACT_ERASED, words=f"Of {contact.channel}", address=address)
    finish(erased)


def begin(contact: Contact, *, by_id: str) -> ErasedContact:
    """From here on they are erased, whatever comes or crashes; `finish` deletes the rows."""
    at, digest = times.now(), digest_of(contact.channel, contact.phone_number)
    told = {"channel_id": contact.channel_id, "digest": digest, "erased_at": times.iso(at)}
    data = told | {"contact_id": contact.pk}
    record = Record(Kind.CONTACT_ERASED, contact.team_id, by_id, data)
    note_erasure(record)
    try:
        keep_for_journal(record, at)
        erased = keep_erasure(contact.channel, digest, at, contact.pk)
    except BaseException:
        journal.drop(record)
        raise
    journal.settle(record)
    return erased


def keep_for_journal(record: Record, at: dt.datetime) -> None:
    """So that each host takes them out of its files, and no replay brings them back."""
    fields = {"team_id": record.team_id, "arrival": record.arrival, "data": record.data}
    Erasure.objects.get_or_create(pk=record.id, defaults=fields | {"erased_at": at})


def note_erasure(record: Record) -> None:
    """In the journal first, whose older records would bring them back. Without it they go all the same."""
    try:
        journal.append(record)
    except Unavailable as error:
        logger.warning("An erasure is not in the journal: %s", error)


def erase_again(record: Record) -> bool:
    """Erase what the journal has brought back of somebody, or what a crash has left. What they wrote since stays."""
    channel = Channel.objects.filter(pk=record.data["channel_id"], team=record.team_id).first()
    if channel is None:
        return True
    at, digest = read_time(record.data["erased_at"]), record.data["digest"]
    before = Contact.objects.kept().filter(channel=channel, created_at__lte=at)
    numbers = before.values_list("pk", "phone_number")
    contact_id = next((pk for pk, number in numbers if digest_of(channel, number) == digest), "")
    keep_for_journal(record, times.now())
    finish(keep_erasure(channel, digest, at, contact_id))
    return True


def keep_erasure(channel: Channel, digest: str, at: dt.datetime, contact_id: str) -> ErasedContact:
    """One row of each person, with the latest time. An erasure of theirs that was cut off is brought to its end."""
    rows = ErasedContact.objects.filter(channel=channel, digest=digest)
    if known := rows.first():
        finish(known)
        rows.filter(erased_at__lt=at).update(erased_at=at)
        rows.update(contact_id=contact_id)
        return rows.get()
    fields = {"team_id": channel.team_id, "erased_at": at, "contact_id": contact_id}
    try:
        return ErasedContact.objects.create(channel=channel, digest=digest, **fields)
    except IntegrityError:
        return keep_erasure(channel, digest, at, contact_id)


def finish(erased: ErasedContact) -> None:
    """Delete what is left of the contact. May be called again, and by two at once."""
    if contact := Contact.objects.filter(pk=erased.contact_id or None).first():
        delete_all(contact)
    ErasedContact.objects.filter(pk=erased.pk, contact_id=erased.contact_id).update(contact_id="")


def delete_all(contact: Contact) -> None:
    """The row and all that belongs to it. It may be run again after it was cut off."""
    if not contact.phone_number.startswith(ERASED):
        deliveries.forget(contact)
    empty(contact)
    delete_messages(contact)
    delete_talk(contact)
    delete_dated(contact.team_id, Contact.objects.filter(pk=contact.pk), "created_at")


def delete_dated(team_id: str, rows: QuerySet[Any], column: str) -> None:
    """Delete rows that count on the days of the column. Each day is marked shortly before: all of it may take long."""
    for pks in id_batches(rows):
        batch = rows.model.objects.filter(pk__in=pks)
        rollups.mark(team_id, batch.values_list(column, flat=True))
        batch.delete()


def empty(contact: Contact) -> None:
    """From here on nobody finds the row by a number, and no list shows it."""
    Contact.objects.filter(pk=contact.pk).update(
        phone_number=f"{ERASED}{contact.pk}", **NOTHING, updated_at=times.now()
    )


def delete_messages(contact: Contact) -> None:
    """What is to be done for them first, so that nothing is sent meanwhile."""
    for step in Step.objects.filter(contact=contact):
        speaking.forget(step)
    delete_rows(Step.objects.filter(contact=contact))
    delete_rows(Lane.objects.filter(contact=contact))
    rows = Message.objects.filter(contact=contact)
    for pks in id_batches(rows):
        media.discard_all(MessageMedia.objects.filter(message__in=pks))
        delete_dated(contact.team_id, Message.objects.filter(pk__in=pks), "created_at")


def delete_talk(contact: Contact) -> None:
    delete_dated(contact.team_id, events_with(contact), "timestamp")
    webhook_posts.forget(list(sessions_with(contact).values_list("pk", flat=True)))
    delete_dated(contact.team_id, sessions_with(contact), "start_time")


def events_with(contact: Contact) -> EventQuerySet:
    return TranscriptEvent.objects.filter(team=contact.team_id, **talk_with(contact.pk))


def sessions_with(contact: Contact) -> SessionQuerySet:
    return ConversationSession.objects.filter(team=contact.team_id, **talk_with(contact.pk))


def sweep() -> None:
    """Bring erasures to their end that were cut off."""
    for erased in ErasedContact.objects.filter(contact_id__gt="", erased_at__lt=times.now() - LEFT_AFTER):
        finish(erased)
