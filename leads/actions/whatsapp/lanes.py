"""What is done for one contact after the other, in order, however many workers there are.

A step is a row: answer this message, send that one. Whoever holds the lane of a contact does its steps, oldest first; a
step that has to wait keeps the later ones waiting. A step is added in the transaction of its message, and the lane is
woken after that; what a crash or Redis has lost, the sweeper finds.
"""

import datetime as dt
from collections.abc import Callable
from typing import Any

from django.db import DatabaseError, IntegrityError

from config import queue, times, work
from config.leases import OPEN, Lease, LeaseLost, Status
from config.work import Stopping
from leads.models import Contact, Lane, LaneKind, Message, Step

STEPS_AT_ONCE = 5  # before the lane goes to the end of its queue
ROWS = 1_000  # looked at in one sweep
BROKEN_SECONDS = 60  # until a step is tried again that has broken
LEFT = dt.timedelta(seconds=2)  # after which a step that is due has surely woken its lane
Do = Callable[[Step, Lease[Lane]], object]  # does a step: it is gone then, or put off


def add(message: Message, kind: LaneKind) -> None:
    """In the transaction that saves the message; `wake` comes after it."""
    Step.objects.create(
        team_id=message.team_id, contact_id=message.contact_id, kind=kind, message=message, position=message.created_at
    )


def wake(*, team_id: str, contact_id: str, kind: str) -> None:
    """There is something to do in this lane. Who works in it already will find it. Of an erased contact nothing is."""
    try:
        lane, is_new = Lane.objects.get_or_create(contact_id=contact_id, kind=kind, defaults={"team_id": team_id})
    except IntegrityError:
        return
    if is_new and not Contact.objects.filter(pk=contact_id).exists():  # where the database does not look
        lane.delete()
        return
    afresh = {"created_at": times.now(), "attempts": 0, "error": "", "cause": ""}
    if is_new or lane.move(set(Status) - set(OPEN), Status.QUEUED, **afresh):
        work.enqueue(lane)


def run(*, lane: Lane, do: Do) -> None:
    """Do what is due in the lane, unless somebody else is at it. It wakes again if something is left, or came in."""
    work.run(lane, lambda lease: go(lease, do))
    if due_step(lane):
        wake(team_id=lane.team_id, contact_id=lane.contact_id, kind=lane.kind)


def go(lease: Lease[Lane], do: Do) -> None:
    for _ in range(STEPS_AT_ONCE):
        if queue.stopping.is_set():
            raise Stopping
        if not (step := due_step(lease.row)):
            break
        lease.check()
        attempt(step, lease, do)
    lease.complete()


def attempt(step: Step, lease: Lease[Lane], do: Do) -> None:
    """A step that breaks is put off: else the sweeper would wake its lane again at once, again and again."""
    try:
        do(step, lease)
    except (LeaseLost, Stopping, DatabaseError):
        raise
    except Exception:
        put_off(step, BROKEN_SECONDS, tries=step.tries + 1)
        raise


def due_step(lane: Lane) -> Step | None:
    """The first step of the lane, if its time has come."""
    first = Step.objects.filter(contact=lane.contact_id, kind=lane.kind).order_by("position", "pk").first()
    return first if first and first.due_at <= times.now() else None


def begin(step: Step, **fields: Any) -> int:
    """Count a try: which one it is, from 1 on. One that was cut off counts too."""
    note(step, tries=step.tries + 1, **fields)
    return step.tries


def put_off(step: Step, seconds: float, **fields: Any) -> None:
    """Try it again so much later, and whatever comes after it."""
    note(step, due_at=times.now() + dt.timedelta(seconds=seconds), **fields)


def note(step: Step, **fields: Any) -> None:
    for name, value in fields.items():
        setattr(step, name, value)
    Step.objects.filter(pk=step.pk).update(**fields)


def settle(message: Message, kind: LaneKind) -> None:
    """What a step was in doubt about is known: nothing behind it has to wait any longer."""
    if Step.objects.filter(message=message.pk, kind=kind, in_doubt__gt=0).update(due_at=times.now()):
        wake(team_id=message.team_id, contact_id=message.contact_id, kind=kind)


def drop(step: Step) -> bool:
    """It is done with. Of two who say so the second one is told."""
    return bool(Step.objects.filter(pk=step.pk).delete()[0])


def sweep() -> None:
    """Hand Redis the lanes that it never got or has lost, and wake those that a crash has left asleep."""
    work.requeue_lost(Lane.objects.all())
    work.enqueue_waiting(Lane.objects.all())
    due = Step.objects.filter(due_at__lt=times.now() - LEFT).order_by("due_at")
    left = dict.fromkeys(due.values_list("team_id", "contact_id", "kind")[:ROWS])
    awake = Lane.objects.open().filter(contact__in=[contact_id for _, contact_id, _ in left])
    busy = set(awake.values_list("contact_id", "kind"))
    for team_id, contact_id, kind in left:
        if (contact_id, kind) not in busy:
            wake(team_id=team_id, contact_id=contact_id, kind=kind)
