"""Letting a job be heard while it is made. Nothing here fails or holds up a job: without Redis it is heard later."""

import logging
from collections import deque
from collections.abc import Iterable, Iterator
from typing import TYPE_CHECKING

from django.conf import settings
from redis.exceptions import RedisError, ResponseError

from config import queue
from config.leases import Status
from jobs.listening import live
from jobs.listening.live import Entry
from jobs.listening.parts import Parts
from jobs.models import Job

if TYPE_CHECKING:
    import numpy as np

logger = logging.getLogger(__name__)
WINDOW_SECONDS = 30.0  # of sound in Redis; when it is over, the older half goes into a part
WINDOW_BYTES = 2_000_000
LOST_SECONDS = 600  # that a stream stays in Redis whose worker was killed
ENDED_SECONDS = 10  # that the word of the end stays there: from then on listeners are given the file


class Publisher:
    """Publishes one attempt at a job, sentence by sentence. It does so until Redis refuses or does not answer."""

    def __init__(self, job: Job) -> None:
        self._job, self._key = job, live.stream_key(job)
        self._is_on = False
        self._attempt = self._count = self._written = 0
        self._new = bytearray()  # written to the file, in no entry yet
        self._waiting: list[Entry] = []  # entries not sent yet
        self._window: deque[tuple[Entry, float]] = deque()  # those in Redis, with their seconds of sound
        self._parts: Parts | None = None

    @property
    def is_heard(self) -> bool:
        """Whether its format is one of those that can be heard early. Loudness is measured before the first byte."""
        return self._is_on and self._job.format in live.FORMATS and not settings.LOUDNESS_LUFS

    def begin(self) -> None:
        """The job has been claimed: from now on older attempts are refused."""
        try:
            last = queue.connection().xrevrange(self._key, count=1)
        except RedisError as error:
            self._stop(error)
            return
        before = int(last[0][0].partition(b"-")[0]) if last else 0
        self._attempt, self._is_on = max(live.attempt_of(self._job), before + 1), True

    def write(self, data: bytes) -> None:
        """Bytes that were added to the file; they are sent with their sentence."""
        if self._is_on:
            self._new += data

    def sentences(self, chunks: Iterable["np.ndarray"], sample_rate: int) -> Iterator["np.ndarray"]:
        """The same sound, int16 arrays of shape (samples,) at `sample_rate` Hz; each is sent once it is encoded."""
        number = 0
        for number, chunk in enumerate(chunks, 1):
            if number == 1:
                self._cut(0)
            yield chunk
            self._cut(number)
            self._send(seconds=len(chunk) / sample_rate)

    def finish(self) -> None:
        """What the encoder held back until the sound was over."""
        if self._new:
            self._cut(self._window[-1][0].number + 1 if self._window else 1)
            self._send(seconds=0.0)

    def end(self) -> None:
        """The attempt is over, whatever became of the job: nothing of it stays but the word that it has ended."""
        if self._is_on:
            self._is_on = False
            self._tell_end()
        if self._parts:
            self._parts.delete()
            self._parts = None

    def _tell_end(self) -> None:
        size = self._job.size_bytes if self._job.status == Status.COMPLETED else 0
        last = Entry(self._next_id(), -1, size or 0, b"", self._job.status)
        try:
            queue.connection().xadd(self._key, last.fields(), id=last.id, maxlen=1, approximate=False)
            queue.connection().expire(self._key, ENDED_SECONDS)  # once it is known that no other attempt is heard
        except RedisError as error:
            self._stop(error)

    def _cut(self, number: int) -> None:
        if not self._is_on:
            return
        data, self._new = bytes(self._new), bytearray()
        self._waiting.append(Entry(self._next_id(), number, self._written, data))
        self._written += len(data)

    def _send(self, *, seconds: float) -> None:
        if not self._is_on:
            return
        try:
            sending = queue.connection().pipeline(transaction=False)
            for entry in self._waiting:
                sending.xadd(self._key, entry.fields(), id=entry.id)
            sending.expire(self._key, LOST_SECONDS)
            sending.execute()
        except RedisError as error:
            self._stop(error)
            return
        self._window.extend((entry, seconds if entry is self._waiting[-1] else 0.0) for entry in self._waiting)
        self._waiting.clear()
        self._bound()

    def _bound(self) -> None:
        """Take the older half out of Redis when there is too much."""
        if self._is_over(1.0):
            old = []
            while len(self._window) > 1 and self._is_over(0.5):
                old.append(self._window.popleft()[0])
            if old:
                self._parts = self._parts or Parts(self._job, self._attempt)
                self._parts.keep(old, newer=self._window[0][0].id)

    def _is_over(self, share: float) -> bool:
        size = sum(len(entry.data) for entry, _ in self._window)
        return size > share * WINDOW_BYTES or sum(each for _, each in self._window) > share * WINDOW_SECONDS

    def _next_id(self) -> str:
        self._count += 1
        return f"{self._attempt}-{self._count}"

    def _stop(self, error: RedisError) -> None:
        if isinstance(error, ResponseError):
            logger.info("%s is heard by another attempt (%s).", self._job, error)
        else:
            logger.warning("%s can't be heard before it is ready: Redis is away (%s).", self._job, error)
        self._is_on, self._new, self._waiting = False, bytearray(), []
