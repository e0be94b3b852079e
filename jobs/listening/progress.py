"""How far a job is, told through Redis while it is made. The row is the truth; it says so at most once a second.

What is told is lost when nobody listens. Listeners look at the row when they begin, when they are told to, and now and
then while nothing comes; with Redis away they look at it every second.
"""

import json
import logging
import time
from collections.abc import Iterator
from contextlib import closing
from typing import NamedTuple

from redis.client import PubSub
from redis.exceptions import RedisError

from config import queue
from config.db import STORE_ERRORS
from config.leases import Status
from config.redis import TIMEOUT_SECONDS, Away
from jobs.models import Job

logger = logging.getLogger(__name__)
CHANNEL = "echodesk:progress:"
TOLD_SECONDS = 0.2  # between two words of one job's progress
away = Away(seconds=10.0)  # in which nothing is told
STEP_SECONDS = 1.0  # after which a listener goes on although nothing was told
LOOK_SECONDS = 2.0  # between two looks at the row while nothing is told
AGAIN_SECONDS = 5.0  # between two tries to listen while Redis is away
LOOK = b"look"  # the row has changed, look at it


class Moved(NamedTuple):
    """How far a job is: sentences of all, None before they are counted, and how much of its text, 0 to 99."""

    sentences: int
    of_sentences: int | None
    progress: int


def fields(moved: Moved) -> dict[str, int | None]:
    """What the row says then; a progress of 100 is for the finished file."""
    return {
        "progress": moved.progress,
        "completed_chunks": moved.sentences,
        "total_chunks": moved.of_sentences,
    }


# Telling


class Teller:
    """Tells how far one job is, several times a second at most. It never fails."""

    def __init__(self, job: Job) -> None:
        self._job, self._done, self._next = job, 0, 0.0

    def __call__(self, moved: Moved) -> None:
        now = time.monotonic()
        if moved.sentences > self._done and now >= self._next:
            self._done, self._next = moved.sentences, now + TOLD_SECONDS
            publish(self._job, json.dumps(moved).encode())


def tell_change(job: Job) -> None:
    """Let listeners look at the row: its state has changed. It never fails."""
    publish(job, LOOK)


def publish(job: Job, word: bytes) -> None:
    if away.lasts:
        return
    try:
        queue.connection().publish(CHANNEL + job.pk, word)
    except RedisError as error:
        away.begin()
        logger.info("Nobody is told of %s: Redis is away (%s).", job, error)


# Listening


class Words:
    """What is told of one job. Without Redis nothing is, and `heard` only waits."""

    def __init__(self, job: Job) -> None:
        self._channel = CHANNEL + job.pk
        self._pubsub: PubSub | None = None
        self._next = 0.0
        self.open()

    @property
    def is_open(self) -> bool:
        return self._pubsub is not None

    def open(self) -> None:
        """Try to listen, unless that failed a moment ago."""
        if self.is_open or time.monotonic() < self._next:
            return
        self._pubsub = queue.connection().pubsub(ignore_subscribe_messages=True)
        try:
            self._pubsub.subscribe(self._channel)
            self._pubsub.get_message(timeout=TIMEOUT_SECONDS)  # from its answer on nothing is missed
        except RedisError:
            self.close()

    def heard(self, seconds: float) -> bytes:
        """The next word; `b""` when none came within so many seconds."""
        self.open()
        if self._pubsub is None:
            time.sleep(seconds)
            return b""
        try:
            message = self._pubsub.get_message(timeout=seconds)
        except RedisError:
            self.close()
            return LOOK
        return message["data"] if message else b""

    def close(self) -> None:
        self._next = time.monotonic() + AGAIN_SECONDS
        if self._pubsub is not None:
            self._pubsub.close()
        self._pubsub = None


def follow(job: Job) -> Iterator[Job | None]:
    """The job as it is now, then whenever it has moved, last as it ended; None for each second without news.

    The job comes without its text. A job that is deleted is the end without having ended. No transaction is held.
    """
    with closing(Words(job)) as words:
        now, looked = look(job), time.monotonic()
        yield now
        while now and now.is_open:
            before, word = state(now), words.heard(STEP_SECONDS)
            is_due = time.monotonic() - looked >= (LOOK_SECONDS if words.is_open else STEP_SECONDS)
            if word == LOOK or (not word and is_due):
                now, looked = look(now), time.monotonic()
            elif word:
                note(now, word)
            yield now if now and state(now) != before else None


def look(job: Job) -> Job | None:
    """The row as it is, None when it has gone; as it was while the database is away."""
    try:
        return Job.objects.filter(pk=job.pk).without_texts().defer("peaks").first()
    except STORE_ERRORS as error:
        logger.warning("%s can't be looked at: %s", job, error)
        return job


def note(job: Job, word: bytes) -> None:
    """What was told of a job, [3, 7, 42] as a rule. It comes before the row says that somebody makes it."""
    job.status = Status.PROCESSING
    for name, value in fields(Moved(*json.loads(word))).items():
        setattr(job, name, value)


def state(job: Job) -> tuple[str, int, int | None]:
    return job.status, job.completed_chunks, job.total_chunks
