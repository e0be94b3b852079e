"""Steps in lanes, and who does them."""

import threading
import time
from typing import Any

from leads.actions.whatsapp import lanes
from leads.models import Contact, Lane, LaneKind, Step
from tests.leads.whatsapp.chats import make_message


def add(contact: Contact, *contents: str, kind: str = LaneKind.SEND) -> None:
    """Steps for messages of these contents, in that order."""
    for number, content in enumerate(contents):
        lanes.add(make_message(contact, content, ago=len(contents) - number), kind)


def lane_of(contact: Contact, kind: str = LaneKind.SEND) -> Lane:
    lanes.wake(team_id=contact.team_id, contact_id=contact.pk, kind=kind)
    return Lane.objects.get(contact=contact, kind=kind)


class Doer:
    """Does steps, and remembers which."""

    def __init__(self, seconds: float = 0.0) -> None:
        self.done, self.busy, self.seconds, self.lock = [], set(), seconds, threading.Lock()
        self.overlaps = 0

    def __call__(self, step: Step, lease: Any) -> None:
        with self.lock:
            self.overlaps += step.contact_id in self.busy
            self.busy.add(step.contact_id)
        time.sleep(self.seconds)
        with self.lock:
            self.done.append((step.contact_id, step.message.content))
            self.busy.discard(step.contact_id)
        lanes.drop(step)

    def contents(self, contact: Contact) -> list[str]:
        return [content for contact_id, content in self.done if contact_id == contact.pk]
