"""Callbacks: a job that has ended is posted, signed, to the address that was named when it was started.

Of each account one callback at a time is with a worker, and each that is over hands out the next: a thousand of one
account's to a host that is dead take one network worker at most, and nobody else's wait behind them.
"""

import datetime as dt
import functools
import logging
import time
from collections.abc import Callable, Sequence

from config import addresses, queue, times
from config.db import in_batches
from config.errors import DomainError
from config.ids import new_id
from config.leases import Status
from jobs.models import Callback, CallbackState, Job, fresh_callback

logger = logging.getLogger(__name__)
TASK, QUEUE = "jobs.tasks.call_back", "network-upkeep"
SECONDS = 10.0  # that a receiver has for one try: two network workers make the calls of all accounts
PAUSES = (dt.timedelta(seconds=10), dt.timedelta(seconds=60))  # before the second try, and before the third
HELD = dt.timedelta(seconds=30)  # after which a worker that tries has surely ended, one way or another
REST = dt.timedelta(seconds=10)  # for a host that gave no answer
NEW = dt.timedelta(minutes=1)  # in which the job of a callback may still be on its way into the database
ROWS = 1_000  # looked at in one sweep
ENDED = (Status.COMPLETED, Status.FAILED)
CUT_OFF = "The worker stopped in the middle of the last try."


# Named when a job is started


def checker(seconds: float = addresses.LOOKUP_SECONDS) -> Callable[[str], object]:
    """Checks the addresses of one request: all its look-ups together take no longer than one may."""
    until = time.monotonic() + seconds

    @functools.cache
    def check(url: str) -> object:
        return addresses.check_url(url, field="callback_url", seconds=until - time.monotonic())

    return check


def asked_for(jobs: Sequence[Job]) -> list[Callback]:
    """The rows of those among new jobs that are to call back."""
    return [
        Callback(job_id=job.pk, user_id=job.user_id, url=job.callback_url, host=addresses.parse(job.callback_url).host)
        for job in jobs
        if job.callback_url
    ]


def wait_again(job: Job) -> None:
    """The job is in the queue once more, and calls once more when it ends."""
    Callback.objects.filter(job=job.pk).update(**fresh_callback(CallbackState.WAITING))


def rest(job: Job) -> None:
    """The job was cancelled: it calls nobody unless it is tried again."""
    Callback.objects.filter(job=job.pk).waiting().update(state=CallbackState.RESTING)


# Due, and given to a worker


def call_after_end(job: Job) -> None:
    """The job has ended: its callback is due."""
    if callback := Callback.objects.filter(job=job.pk).first():
        make_due(callback)


def make_due(callback: Callback) -> None:
    """Of two who do this at once the second finds it done."""
    open_states = {"state__in": [CallbackState.WAITING, CallbackState.RESTING]}
    if callback.change(open_states, delivery_id=new_id(), **fresh_callback(CallbackState.DUE, due_at=times.now())):
        hand_out(callback.user_id)


def hand_out(user_id: str) -> None:
    """Give a worker the account's oldest callback that is due, unless one is with a worker."""
    rows = Callback.objects.filter(user=user_id)
    if rows.sending().exists():
        return
    callback, given = rows.due().first(), {"state": CallbackState.SENDING, "due_at": times.now()}
    if callback and callback.change({"state": callback.state, "due_at": callback.due_at}, **given):
        queue.enqueue(TASK, callback.pk, queue=QUEUE)


def enqueue_due() -> None:
    """Hand Redis what it has lost or its worker has not ended, and hand out what is due, a callback of each account."""
    left = Callback.objects.left().values_list("pk", flat=True)[:ROWS]
    queue.enqueue_missing(TASK, [(pk, QUEUE) for pk in left])
    busy = list(Callback.objects.sending().values_list("user_id", flat=True))
    due = Callback.objects.due().exclude(user__in=busy).values_list("user_id", flat=True)[:ROWS]
    for user_id in dict.fromkeys(due):
        hand_out(user_id)


def catch_up() -> None:
    """See to callbacks that a crash has left waiting for a job which has ended, was cancelled or is no more."""
    for batch in in_batches(Callback.objects.waiting()):
        jobs = Job.objects.filter(pk__in=[callback.job_id for callback in batch])
        statuses = dict(jobs.values_list("pk", "status"))
        for callback in batch:
            follow(callback, statuses.get(callback.job_id))


def follow(callback: Callback, status: str | None) -> None:
    if status in ENDED:
        make_due(callback)
    elif status == Status.CANCELLED:
        callback.change({"state": CallbackState.WAITING}, state=CallbackState.RESTING)
    elif status is None and callback.created_at < times.now() - NEW:
        callback.delete()


# Delivered


def call_back(*, callback: Callback, shape: Callable[[Job], bytes]) -> None:
    """One try, unless somebody else makes it; then it is the turn of the account's next one. `shape` makes the body."""
    if begin(callback):
        if job := Job.objects.filter(pk=callback.job_id, status__in=ENDED).first():
            settle(callback, *attempt(callback, job, shape(job)))
        else:
            Callback.objects.filter(pk=callback.pk, state=CallbackState.SENDING).delete()
    hand_out(callback.user_id)


def begin(callback: Callback) -> bool:
    """Count a try. What was cut off in its last one has failed."""
    held = {"state": CallbackState.SENDING, "tries": callback.tries, "due_at": callback.due_at}
    if callback.due_at is None or callback.due_at > times.now():
        return False
    if callback.tries >= Callback.TRIES_MAX:
        callback.change(held, state=CallbackState.FAILED, error=CUT_OFF, due_at=None)
        return False
    return callback.change(held, tries=callback.tries + 1, due_at=times.now() + HELD)


def attempt(callback: Callback, job: Job, body: bytes) -> tuple[int | None, str]:
    """The status of the answer, if there was one, and what went wrong, if anything did."""
    from config import outgoing  # a tenth of a second that only a delivery should take

    headers = {
        "Content-Type": "application/json",
        "X-Echodesk-Event": f"job.{job.status}",
        "X-Echodesk-Delivery": callback.delivery_id,
        "X-Echodesk-Signature": outgoing.sign(callback.user.signing_secret, body, int(time.time())),
    }
    try:
        answer = outgoing.post(callback.url, body, headers, seconds=SECONDS)
    except DomainError as error:
        return None, error.message
    return answer, "" if 200 <= answer < 300 else f"{callback.host} answered with the status {answer}."


def settle(callback: Callback, answer: int | None, error: str) -> None:
    """Write what came of a try, unless the job has gone or was started again meanwhile."""
    held = {"state": CallbackState.SENDING, "tries": callback.tries, "delivery_id": callback.delivery_id}
    now = times.now()
    if not error:
        callback.change(held, state=CallbackState.DELIVERED, answer=answer, error="", due_at=None, delivered_at=now)
        return
    is_last = callback.tries >= Callback.TRIES_MAX
    due_at = None if is_last else now + PAUSES[callback.tries - 1]
    state = CallbackState.FAILED if is_last else CallbackState.DUE
    callback.change(held, state=state, answer=answer, error=error, due_at=due_at)
    if answer is None:
        let_rest(callback, until=now + REST)


def let_rest(callback: Callback, *, until: dt.datetime) -> None:
    """Put off the account's other callbacks to a host that does not answer: each would wait in vain as long."""
    same = Callback.objects.filter(user=callback.user_id, host=callback.host, state=CallbackState.DUE)
    same.filter(due_at__lt=until).update(due_at=until)
