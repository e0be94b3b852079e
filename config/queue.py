"""The queues: the only module that imports RQ. Rows in the database are the truth; Redis only carries work."""

import functools
import logging
import os
import socket
import threading
from collections.abc import Iterable
from types import FrameType
from typing import Any

import django_rq  # noqa: TID251
import redis
from django.conf import settings
from django.db import DatabaseError, close_old_connections
from django_rq.queues import DjangoRQ  # noqa: TID251
from redis.exceptions import RedisError
from rq.worker import SimpleWorker  # noqa: TID251

from config import hooks
from config.redis import CLIENT_OPTIONS

logger = logging.getLogger(__name__)
QUEUES = ("interactive", "default", "bulk")  # in the order in which a worker looks at them
HEARTBEAT_SECONDS = 3
HEARTBEAT_TTL_SECONDS = 10
WORKER_KEYS = "echodesk:worker:"
FAILED_TTL_SECONDS = 3600
stopping = threading.Event()  # set when this worker has been asked to stop


@functools.cache
def connection() -> redis.Redis:
    """One client for the process; it keeps a pool of connections."""
    return redis.Redis.from_url(settings.REDIS_URL, **CLIENT_OPTIONS)


@functools.cache
def queue_of(name: str) -> DjangoRQ:
    return django_rq.get_queue(name, connection=connection())


def enqueue(task: str, pk: str, *, queue: str) -> bool:
    """Hand the row to a worker; False while Redis is away: the sweeper enqueues it later."""
    try:
        job_id = task_id(task, pk)
        queue_of(queue).enqueue(task, pk, job_id=job_id, result_ttl=0, failure_ttl=FAILED_TTL_SECONDS)
    except RedisError as error:
        logger.warning("Redis is away, %s waits in the database: %s", pk, error)
        return False
    return True


def enqueue_missing(task: str, rows: Iterable[tuple[str, str]]) -> None:
    """Enqueue those of the waiting rows, (id, queue), that Redis does not hold; nothing while it is away."""
    try:
        known = enqueued()
    except RedisError as error:
        logger.warning("Redis is away, nothing can be enqueued: %s", error)
        return
    for pk, queue in rows:
        if task_id(task, pk) not in known and not enqueue(task, pk, queue=queue):
            return


def task_id(task: str, pk: str) -> str:
    return f"{task.replace('.', '-')}-{pk}"


def enqueued() -> set[str]:
    """The ids of all tasks that lie in Redis. RedisError while it is away."""
    return {task for name in QUEUES for task in queue_of(name).job_ids}


def figures() -> dict[str, Any]:
    """For /health: whether Redis answers, how many workers live, how many tasks wait."""
    try:
        workers = len(live_workers())
        queued = sum(queue_of(name).count for name in QUEUES)
    except RedisError:
        return {"status": "down", "workers": None, "queued": None}
    return {"status": "up" if workers else "no workers", "workers": workers, "queued": queued}


def live_workers() -> list[str]:
    """The names of the workers that were heard of in the last ten seconds. RedisError while Redis is away."""
    return [key.decode().removeprefix(WORKER_KEYS) for key in connection().scan_iter(f"{WORKER_KEYS}*", count=1000)]


class Worker(SimpleWorker):
    """Runs tasks in its own process, one after the other, so that what a task has loaded stays loaded."""

    def register_birth(self) -> None:
        super().register_birth()
        threading.Thread(target=_beat, args=(self.name,), name="heartbeat", daemon=True).start()

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        stopping.set()
        super().request_stop(signum, frame)

    def perform_job(self, *args: Any, **kwargs: Any) -> bool:
        close_old_connections()
        return super().perform_job(*args, **kwargs)


def work() -> None:
    """Be a worker until a signal asks to stop. RedisError when Redis goes away at the wrong moment."""
    for warm_up in hooks.worker_starts:
        try:
            warm_up()
        except DatabaseError as error:
            logger.warning("The database is away, the worker starts cold: %s", error)
    waiting = redis.Redis.from_url(settings.REDIS_URL)  # RQ sets its time-outs for long waits
    queues = [django_rq.get_queue(name, connection=waiting) for name in QUEUES]
    name = f"{socket.gethostname()}-{os.getpid()}"
    Worker(queues, name=name, connection=waiting).work(logging_level="WARNING")


def _beat(name: str) -> None:
    """Say that this worker lives, idle and busy alike."""
    while True:
        try:
            connection().set(WORKER_KEYS + name, os.getpid(), ex=HEARTBEAT_TTL_SECONDS)
        except RedisError as error:
            logger.warning("No heartbeat: Redis is away (%s).", error)
        if stopping.wait(HEARTBEAT_SECONDS):
            return
