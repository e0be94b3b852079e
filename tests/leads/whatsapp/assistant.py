"""Messages that wait for the assistant, and what became of them."""

from config.leases import Lease
from leads.actions.whatsapp import answering, lanes
from leads.models import Lane, LaneKind, Message, Step
from tests.leads.whatsapp.chats import make_message

FALLBACK = "We will write back."


def ask(contact, content="Are you open?", *, ago=0.0, **fields):
    """A message of theirs, with its step."""
    number = Message.objects.count()
    message = make_message(contact, content, ago=ago, meta_message_id=f"wamid.{number}", **fields)
    lanes.add(message, LaneKind.ANSWER)
    return message


def work(contact):
    lanes.wake(team_id=contact.team_id, contact_id=contact.pk, kind=LaneKind.ANSWER)
    lanes.run(lane=Lane.objects.get(contact=contact, kind=LaneKind.ANSWER), do=answering.answer)


def replies():
    return [each.content for each in Message.objects.filter(role="assistant").order_by("created_at", "pk")]


def claimed(contact):
    lanes.wake(team_id=contact.team_id, contact_id=contact.pk, kind=LaneKind.ANSWER)
    return Lease.claim(Lane.objects.get(contact=contact, kind=LaneKind.ANSWER))


def nothing_is_left():
    return not Step.objects.filter(kind=LaneKind.ANSWER).exists()
