"""Workers that send, as tests let them work."""

import datetime as dt
from typing import Any

from config import times
from leads.actions.whatsapp import lanes, sending
from leads.models import Contact, Lane, LaneKind, Message, Step
from leads.whatsapp.payload import StatusNews
from tests.leads.whatsapp.cloud_api_wire import Sent


def work(contact: Contact) -> None:
    """Let a worker do what is due in the lane that sends."""
    lanes.run(lane=Lane.objects.get(contact=contact, kind=LaneKind.SEND), do=sending.send)


def work_later(contact: Contact) -> None:
    """Let one do it when what was put off is due."""
    Step.objects.filter(contact=contact).update(due_at=times.now())
    wake(contact)
    work(contact)


def wake(contact: Contact) -> None:
    lanes.wake(team_id=contact.team_id, contact_id=contact.pk, kind=LaneKind.SEND)


def seconds_until_due(message: Message) -> float:
    """0 when it is due."""
    return max(0.0, (Step.objects.get(message=message).due_at - times.now()).total_seconds())


def row(message: Message) -> Message:
    return Message.objects.get(pk=message.pk)


def told(sent: Sent, status: str, **fields: Any) -> StatusNews:
    """What WhatsApp says of a message that it has taken."""
    at = times.now() + dt.timedelta(seconds=1)
    return StatusNews(**{"meta_id": sent.id, "row_id": sent.callback_data, "status": status, "at": at} | fields)
