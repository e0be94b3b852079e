"""Fair shares: of one account's waiting rows only a few lie in Redis, so that nobody else's wait behind all of them.

In each queue an account has TASKS_PER_WORKER tasks for each worker that takes from it. What is beyond that waits as
rows, and each task that ends enqueues the next. No counter can go wrong: whose tasks lie in a queue is read from Redis'
own list, for the owner stands in each task's id. A few too many, when several enqueue at one instant, do no harm.
"""

import functools
import itertools
import logging
import time
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from typing import ParamSpec

from redis.exceptions import RedisError

from config import queue
from config.db import STORE_ERRORS
from config.leases import Leased, LeasedQuerySet, Status

logger = logging.getLogger(__name__)
P = ParamSpec("P")
TASKS_PER_WORKER = 2
WORKERS_SECONDS = 5  # that a count of the workers is believed
ROWS_AT_ONCE = 100  # read in one step of a sweep
OLDEST_FIRST = ("created_at",)  # by the index that finds them; a second column would make the database sort them


def unless_away(function: Callable[P, None]) -> Callable[P, None]:
    """What waits stays a row while Redis is away, or while the database is: the sweeper comes back to it."""

    @functools.wraps(function)
    def within(*args: P.args, **kwargs: P.kwargs) -> None:
        try:
            function(*args, **kwargs)
        except RedisError as error:
            logger.warning("Redis is away, nothing can be enqueued: %s", error)
        except STORE_ERRORS as error:
            logger.warning("The database is away, nothing can be enqueued: %s", error)

    return within


@unless_away
def enqueue_next(row: Leased) -> None:
    """When a row waits, and after its task: hand Redis what its owner has waited with longest, as far as there is room.

    Not the row itself: for as long as its owner sends more, it would pass by what waits.
    """
    held = queue.held(row.queue)
    if room(row.task, row.owner, row.queue, held):
        waiting = type(row).objects.filter(status=Status.QUEUED, queue=row.queue, **{row.shared_by: row.owner})
        pks = waiting.order_by(*OLDEST_FIRST).values_list("pk", flat=True)[: share(row.queue)]
        hand_over(type(row), row.owner, row.queue, pks, held)


@unless_away
def enqueue_waiting(rows: LeasedQuerySet) -> None:
    """Hand Redis what it never got or has lost, account by account: many rows of one hide nobody else's."""
    for name in queue.QUEUES:
        held = queue.held(name)
        for owner, pks in waiting_accounts(rows, name):
            hand_over(rows.model, owner, name, pks, held)


def waiting_accounts(rows: LeasedQuerySet, name: str) -> Iterator[tuple[str, list[str]]]:
    """Who has rows in a queue, with the ids of the oldest ones, at least as many as are a share.

    Read along the index; of an account that has many the rest is passed over.
    """
    column, at_once, further = rows.model.shared_by, max(ROWS_AT_ONCE, share(name)), {}
    while True:
        found = rows.filter(queue=name, **further).order_by(column, *OLDEST_FIRST).values_list(column, "pk")
        pairs = list(found[:at_once])
        accounts = [
            (owner, [pk for _, pk in group]) for owner, group in itertools.groupby(pairs, key=lambda pair: pair[0])
        ]
        if len(pairs) < at_once:
            yield from accounts
            return
        if len(accounts) == 1:
            yield accounts[0]
            further = {f"{column}__gt": accounts[0][0]}
        else:
            yield from accounts[:-1]  # the last one's may be cut off
            further = {f"{column}__gte": accounts[-1][0]}


def hand_over(model: type[Leased], owner: str, name: str, pks: Iterable[str], held: Collection[str]) -> None:
    """Enqueue those of an account's rows that Redis does not hold, in their order, up to its share of the queue."""
    missing = (pk for pk in pks if queue.task_id(model.task, pk, owner) not in held)
    for pk in itertools.islice(missing, room(model.task, owner, name, held)):
        if not queue.enqueue(model.task, pk, queue=name, owner=owner):
            return


def room(task: str, owner: str, name: str, held: Collection[str]) -> int:
    """How many more tasks of an account may lie in a queue that holds these."""
    own = queue.task_id(task, "", owner)
    return max(0, share(name) - sum(each.startswith(own) for each in held))


def share(name: str) -> int:
    """How many tasks of one account may lie in a queue. RedisError while Redis is away."""
    return TASKS_PER_WORKER * max(1, takers(name))


def takers(name: str) -> int:
    """How many workers take from a queue, as of a few seconds ago. RedisError while Redis is away."""
    return queue.takers(name, workers_at(int(time.monotonic() / WORKERS_SECONDS)))


@functools.lru_cache(maxsize=1)
def workers_at(moment: int) -> Counter[str]:
    return queue.live_workers()
