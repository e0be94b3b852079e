"""Rows that tell somebody something: each is posted, signed, to an address that people have given, and tried again.

Posts go in lanes, such as one account's callbacks. Of each lane one at a time is with a worker, and each that is over
hands out the next: a thousand to a dead host take one network worker at most, and nobody else's wait behind them.
"""

import datetime as dt
import time
from collections.abc import Callable, Iterable, Sequence
from typing import Any, ClassVar, Self

from django.db import models

from config import queue, times
from config.comparing import Compared
from config.errors import DomainError

QUEUE = "network-upkeep"
SECONDS = 10.0  # that a receiver has for one try: two network workers make the calls of all accounts
HELD = dt.timedelta(seconds=30)  # after which a worker that tries has surely ended, one way or another
LEFT = dt.timedelta(seconds=5)  # in which a worker that has taken a post from Redis has surely begun
ROWS = 1_000  # looked at in one sweep
CUT_OFF = "The worker stopped in the middle of the last try."


class PostState(models.TextChoices):
    RESTING = "resting", "Rests"
    DUE = "due", "Waits for its turn"
    SENDING = "sending", "With a worker"
    DELIVERED = "delivered", "Delivered"
    FAILED = "failed", "Failed"


class PostQuerySet(models.QuerySet):
    def due(self) -> Self:
        """Whose turn may come, oldest first."""
        return self.filter(state=PostState.DUE, due_at__lte=times.now()).order_by("due_at", "pk")

    def sending(self) -> Self:
        return self.filter(state=PostState.SENDING)

    def left(self) -> Self:
        """Given to a worker that should have begun by now, or has been at it for longer than a try takes."""
        return self.sending().filter(due_at__lt=times.now() - LEFT).order_by("due_at")


class Post(Compared):
    """A model says by `lane` which of its rows go one at a time, by `task` what sends one, by `pauses` how often."""

    state = models.CharField(max_length=10, choices=PostState, default=PostState.DUE)
    tries = models.PositiveSmallIntegerField(default=0)
    due_at = models.DateTimeField(null=True, blank=True, editable=False)
    answer = models.PositiveSmallIntegerField(null=True, blank=True, help_text="The status of the last answer")
    error = models.TextField(blank=True, help_text="Of the last try")
    created_at = models.DateTimeField(default=times.now, editable=False)
    delivered_at = models.DateTimeField(null=True, blank=True)

    task: ClassVar[str]
    lane: ClassVar[str]
    pauses: Sequence[dt.timedelta]  # before the second try, before the third, and so on

    class Meta:
        abstract = True

    @property
    def tries_max(self) -> int:
        return len(self.pauses) + 1

    @property
    def held(self) -> dict[str, Any]:
        """By what whoever makes a try knows the row as theirs still."""
        return {"state": PostState.SENDING, "tries": self.tries}


def afresh(state: str, due_at: dt.datetime | None = None) -> dict[str, Any]:
    """The columns of a post that begins anew."""
    return {"state": state, "due_at": due_at, "tries": 0, "answer": None, "error": "", "delivered_at": None}


# Given to a worker


def hand_out(lane: PostQuerySet, *, of: PostQuerySet | None = None) -> None:
    """Give a worker the oldest that is due of a lane, or `of` a part of it, unless one of the lane is with a worker.

    It is read before that is asked: of two who hand out at once the second wants the same one, or sees it given.
    """
    post = (lane if of is None else of).due().first()
    if post and not lane.sending().exists():
        give(post)


def give(post: Post) -> None:
    """To a worker, unless somebody else has done that since the post was read."""
    if post.change({"state": post.state, "due_at": post.due_at}, state=PostState.SENDING, due_at=times.now()):
        queue.enqueue(post.task, post.pk, queue=QUEUE)


def sweep(
    model: type[Post], hand_out: Callable[[str], object], *, resting: Iterable[str] = (), at_most: int = ROWS
) -> None:
    """Hand Redis what it has lost or its worker has not ended, and hand out what is due, a post of each lane.

    `hand_out` takes the id of a lane; those that are `resting` are left alone.
    """
    rows, lane = model._default_manager, f"{model.lane}_id"
    left = rows.left().values_list("pk", flat=True)[:at_most]
    queue.enqueue_missing(model.task, [(pk, QUEUE) for pk in left])
    left_out = [*rows.sending().values_list(lane, flat=True), *resting]
    due = rows.due().exclude(**{f"{model.lane}__in": left_out}).values_list(lane, flat=True)[:at_most]
    for lane_id in dict.fromkeys(due):
        hand_out(lane_id)


# Delivered


def begin(post: Post) -> bool:
    """Count a try; False when it is somebody else's. What was cut off in its last one has failed."""
    held = post.held | {"due_at": post.due_at}
    if post.due_at is None or post.due_at > times.now():
        return False
    if post.tries >= post.tries_max:
        post.change(held, state=PostState.FAILED, error=CUT_OFF, due_at=None)
        return False
    return post.change(held, tries=post.tries + 1, due_at=times.now() + HELD)


def attempt(
    url: str, body: bytes, *, host: str, event: str, delivery_id: str, secret: str, seconds: float = SECONDS
) -> tuple[int | None, str]:
    """The status of the answer, if there was one, and what went wrong, if anything did."""
    from config import outgoing  # a tenth of a second that only a delivery should take

    headers = {
        "Content-Type": "application/json",
        "X-Echodesk-Event": event,
        "X-Echodesk-Delivery": delivery_id,
        "X-Echodesk-Signature": outgoing.sign(secret, body, int(time.time())),
    }
    try:
        answer = outgoing.post(url, body, headers, seconds=seconds)
    except DomainError as error:
        return None, error.message
    return answer, "" if 200 <= answer < 300 else f"{host} answered with the status {answer}."


def settle(post: Post, answer: int | None, error: str, *, is_last: bool = False) -> bool:
    """Write what came of a try, and when the next one is; False when the row is somebody else's by now."""
    now = times.now()
    if not error:
        return post.change(post.held, state=PostState.DELIVERED, answer=answer, error="", due_at=None, delivered_at=now)
    is_last = is_last or post.tries >= post.tries_max
    due_at = None if is_last else now + post.pauses[post.tries - 1]
    state = PostState.FAILED if is_last else PostState.DUE
    return post.change(post.held, state=state, answer=answer, error=error, due_at=due_at)


def let_rest(lane: PostQuerySet, *, until: dt.datetime) -> None:
    """Put off those that wait for their turn: each would wait in vain for as long as the one before it."""
    lane.filter(state=PostState.DUE, due_at__lt=until).update(due_at=until)
