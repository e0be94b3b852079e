"""The queues: the only module that imports RQ. Rows in the database are the truth; Redis only carries work."""

import functools
import logging
import os
import socket
import threading
from collections import Counter
from collections.abc import Sequence
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
SPEECH, NETWORK = "speech", "network"
QUEUES_OF = {  # by the kind of worker that takes from them, in the order in which it looks at them
    SPEECH: ("interactive", "default", "bulk"),
    # Calls to other services, for which speech must not wait: first those that somebody waits for, last long texts
    NETWORK: ("network", "network-upkeep", "network-long"),
}
QUEUES = tuple(name for names in QUEUES_OF.values() for name in names)
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


def enqueue_missing(task: str, rows: Sequence[tuple[str, str]]) -> None:
    """Enqueue those of the waiting rows, (id, queue), that Redis does not hold; nothing while it is away."""
    if not rows:
        return
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


def has_worker(name: str) -> bool:
    """Whether a worker lives that takes from this queue. RedisError while Redis is away."""
    workers = live_workers()
    return any(workers[kind] for kind, names in QUEUES_OF.items() if name in names)


def figures() -> dict[str, Any]:
    """For /health: whether Redis answers, how many workers live, how many tasks wait."""
    try:
        workers = live_workers()
        waiting = Counter({name: queue_of(name).count for name in QUEUES})
    except RedisError:
        return {"status": "down", "workers": None, "queued": None}
    return {"status": state(workers, waiting), "workers": workers.total(), "queued": waiting.total()}


def state(workers: Counter[str], waiting: Counter[str]) -> str:
    """`up`, or which workers are missing; those for the network when tasks wait for them."""
    if not workers:
        return "no workers"
    if not workers[SPEECH]:
        return "no speech workers"
    has_network_tasks = any(waiting[name] for name in QUEUES_OF[NETWORK])
    return "no network workers" if has_network_tasks and not workers[NETWORK] else "up"


def live_workers() -> Counter[str]:
    """How many of each kind were heard of in the last ten seconds. RedisError while Redis is away."""
    names = (key.decode().removeprefix(WORKER_KEYS) for key in connection().scan_iter(f"{WORKER_KEYS}*", count=1000))
    return Counter(name.partition("-")[0] for name in names)


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


def work(kind: str = SPEECH) -> None:
    """Be a worker of this kind until a signal asks to stop. RedisError when Redis goes away at the wrong moment."""
    if kind == SPEECH:
        warm_up()
    waiting = redis.Redis.from_url(settings.REDIS_URL)  # RQ sets its time-outs for long waits
    queues = [django_rq.get_queue(name, connection=waiting) for name in QUEUES_OF[kind]]
    name = f"{kind}-{socket.gethostname()}-{os.getpid()}"
    Worker(queues, name=name, connection=waiting).work(logging_level="WARNING")


def warm_up() -> None:
    for load in hooks.worker_starts:
        try:
            load()
        except DatabaseError as error:
            logger.warning("The database is away, the worker starts cold: %s", error)


def _beat(name: str) -> None:
    """Say that this worker lives, idle and busy alike."""
    while True:
        try:
            connection().set(WORKER_KEYS + name, os.getpid(), ex=HEARTBEAT_TTL_SECONDS)
        except RedisError as error:
            logger.warning("No heartbeat: Redis is away (%s).", error)
        if stopping.wait(HEARTBEAT_SECONDS):
            return
