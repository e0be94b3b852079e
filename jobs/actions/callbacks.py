"""Callbacks: a job that has ended is posted, signed, to the address that was named when it was started.

They are posts (config/posts.py), of each account one at a time.
"""

import datetime as dt
import functools
import time
from collections.abc import Callable, Sequence

from config import addresses, posts, times
from config.db import in_batches
from config.ids import new_id
from config.leases import Status
from config.posts import afresh, begin, settle
from jobs.models import Callback, CallbackState, Job

TASK, QUEUE, SECONDS, HELD, ROWS = Callback.task, posts.QUEUE, posts.SECONDS, posts.HELD, posts.ROWS
REST = dt.timedelta(seconds=10)  # for a host that gave no answer
NEW = dt.timedelta(minutes=1)  # in which the job of a callback may still be on its way into the database
ENDED = (Status.COMPLETED, Status.FAILED)


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
    Callback.objects.filter(job=job.pk).update(**afresh(CallbackState.WAITING))


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
    if callback.change(open_states, delivery_id=new_id(), **afresh(CallbackState.DUE, due_at=times.now())):
        hand_out(callback.user_id)


def hand_out(user_id: str) -> None:
    """Give a worker the account's oldest callback that is due, unless one is with a worker."""
    posts.hand_out(Callback.objects.filter(user=user_id))


def enqueue_due() -> None:
    """Hand Redis what it has lost or its worker has not ended, and hand out what is due, a callback of each account."""
    posts.sweep(Callback, hand_out, at_most=ROWS)


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
            answer, error = attempt(callback, job, shape(job))
            settle(callback, answer, error)
            if answer is None:
                let_rest(callback)
        else:
            Callback.objects.filter(pk=callback.pk, state=CallbackState.SENDING).delete()
    hand_out(callback.user_id)


def attempt(callback: Callback, job: Job, body: bytes) -> tuple[int | None, str]:
    """The status of the answer, if there was one, and what went wrong, if anything did."""
    return posts.attempt(
        callback.url,
        body,
        host=callback.host,
        event=f"job.{job.status}",
        delivery_id=callback.delivery_id,
        secret=callback.user.signing_secret,
        seconds=SECONDS,
    )


def let_rest(callback: Callback) -> None:
    """The account's other callbacks to a host that does not answer."""
    posts.let_rest(Callback.objects.filter(user=callback.user_id, host=callback.host), until=times.now() + REST)
