"""Which conversation a message belongs to: one a day of each contact, so that it does not matter what comes first."""

import datetime as dt

PREFIX = "whatsapp_"
AFTER_DIGITS = ":"  # follows them in the order of characters


def session_id_of(contact_id: str, moment: dt.datetime) -> str:
    """As in whatsapp_69204f5c8f0e4b7d9a1c2e00_20261121; the day is UTC's."""
    return f"{prefix_of(contact_id)}{moment.astimezone(dt.UTC):%Y%m%d}"


def prefix_of(contact_id: str) -> str:
    """How the ids of all conversations with a contact begin."""
    return f"{PREFIX}{contact_id}_"


def talk_with(contact_id: str) -> dict[str, str]:
    """The filter of all conversations with a contact, as a range that an index has."""
    prefix = prefix_of(contact_id)
    return {"session_id__gt": prefix, "session_id__lt": f"{prefix}{AFTER_DIGITS}"}


def contact_id_of(session_id: str) -> str:
    """Of the contact whose conversation this is; '' for another one's."""
    head, _, day = session_id.removeprefix(PREFIX).partition("_")
    return head if session_id.startswith(PREFIX) and len(head) == 24 and day.isdecimal() else ""
