"""What a team does with a contact: looks at what they wrote, names and labels them, stops and blocks."""

from collections.abc import Iterable
from typing import Any

from accounts.models import NAME_MAX_CHARACTERS, User
from config import times
from config.errors import NotFound
from config.text import one_line
from leads.actions.lead_values import check_tags, tag_line
from leads.actions.whatsapp import sending
from leads.incoming import check_text
from leads.models import NAMED_BY_HAND, Contact

GONE = "This contact is not here any more."


def see(*, by: User, contact: Contact) -> bool:
    """Nothing is unread any more of what there was when the row was read: what came in since stays unread.

    They are shown that it was read. Whether something was unread.
    """
    if not contact.unread_count:
        return False
    rows = Contact.objects.filter(
        pk=contact.pk, unread_count=contact.unread_count, last_message_id=contact.last_message_id
    )
    if not rows.update(unread_count=0, seen_at=times.now()):
        return False
    contact.unread_count = 0
    if contact.channel.phone_number_id:
        sending.mark_read(contact)
    return True


def pause(*, by: User, contact: Contact) -> None:
    """From now on a person answers, not the assistant."""
    change(contact, is_paused=True)


def resume(*, by: User, contact: Contact) -> None:
    change(contact, is_paused=False)


def block(*, by: User, contact: Contact) -> None:
    """Nobody writes to them any more, and what they write waits for nobody."""
    change(contact, is_active=False)


def unblock(*, by: User, contact: Contact) -> None:
    change(contact, is_active=True)


def label(*, by: User, contact: Contact, labels: Iterable[str]) -> None:
    """These labels and no others. Unprocessable for one that a lead's tag could not be either."""
    change(contact, label_line=tag_line(check_tags(labels, field="labels", whose="A contact")))


def rename(*, by: User, contact: Contact, name: str) -> None:
    """The name stays, whatever WhatsApp says; an empty one leaves it to WhatsApp again."""
    name = one_line(check_text(name.strip(), "name", most=NAME_MAX_CHARACTERS))
    change(contact, name=name, named_at=NAMED_BY_HAND if name else None)


def change(contact: Contact, **values: Any) -> None:
    if not Contact.objects.kept().filter(pk=contact.pk).update(**values, updated_at=times.now()):
        raise NotFound(GONE)
    for column, value in values.items():
        setattr(contact, column, value)
