"""Sound that is too old for Redis while its job still goes on, as files in the storage."""

import logging
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from threading import BoundedSemaphore
from typing import Any

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from redis.exceptions import RedisError

from config import queue, times
from config.files import STORAGE_ERRORS
from jobs.listening import live
from jobs.listening.live import Entry, Part
from jobs.models import Job
from jobs.sounds import temporary_name

logger = logging.getLogger(__name__)
WAITING = 8  # parts that wait for a slow storage; after that older sound is not kept
KEPT_SECONDS = 24 * 3600  # that Redis knows of the parts of a worker that was killed


class Parts:
    """The parts of one attempt. A thread writes them, one after the other, so that no job waits for the storage."""

    def __init__(self, job: Job, attempt: int) -> None:
        self._job, self._key, self._attempt = job, live.parts_key(job, attempt), attempt
        self._thread = ThreadPoolExecutor(max_workers=1, thread_name_prefix=f"parts-{job.pk}")
        self._places = BoundedSemaphore(WAITING)
        self._names: list[str] = []
        self._is_on = True

    def keep(self, entries: list[Entry], *, newer: str) -> None:
        """Put consecutive entries into a part, then take what is older than the id `newer` out of the stream."""
        if self._is_on and self._places.acquire(blocking=False):
            self._do(self._keep, entries, newer)
        else:
            self._is_on = False
            self._do(self._trim, newer)

    def delete(self) -> None:
        """Once nobody needs them: the job has ended. Does not wait until they are deleted."""
        self._do(self._delete)
        self._thread.shutdown(wait=False)

    def _do(self, work: Callable[..., None], *args: Any) -> None:
        self._thread.submit(work, *args).add_done_callback(log_failure)

    def _keep(self, entries: list[Entry], newer: str) -> None:
        try:
            if self._is_on:
                self._tell(self._save(entries))
        except (*STORAGE_ERRORS, OSError) as error:
            self._is_on = False
            logger.warning("Who listens to %s late has to wait for its end: %s", self._job, error)
        finally:
            self._places.release()
            self._trim(newer)

    def _save(self, entries: list[Entry]) -> Part:
        first = entries[0]
        name = temporary_name(times.now(), f"{self._job.pk}-{self._attempt}-{first.at}.part")
        self._names.append(name)
        default_storage.save(name, ContentFile(b"".join(entry.data for entry in entries)))
        return Part(name, first.number, first.at, [entry.end - first.at for entry in entries])

    def _tell(self, part: Part) -> None:
        try:
            sending = queue.connection().pipeline(transaction=False)
            sending.rpush(self._key, part.to_json())
            sending.expire(self._key, KEPT_SECONDS)
            sending.execute()
        except RedisError as error:
            logger.info("Redis is away, nobody learns of %s (%s).", part.name, error)

    def _trim(self, newer: str) -> None:
        try:
            queue.connection().xtrim(live.stream_key(self._job), minid=newer, approximate=False)
        except RedisError as error:
            logger.info("Redis is away, %s is not shortened there (%s).", self._job, error)

    def _delete(self) -> None:
        try:
            queue.connection().delete(self._key)
        except RedisError as error:
            logger.info("Redis is away, it forgets the parts of %s in a day (%s).", self._job, error)
        try:
            for name in self._names:
                default_storage.delete(name)
        except (*STORAGE_ERRORS, OSError) as error:
            logger.warning("Parts of %s stay until their hour is purged: %s", self._job, error)


def log_failure(done: Future[None]) -> None:
    """Nobody waits for what the thread does."""
    if error := done.exception():
        logger.error("A part of a job's sound is lost.", exc_info=error)
