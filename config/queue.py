"""The queues: the only module that imports RQ. Rows in the database are the truth; Redis only carries work."""

import functools
import json
import logging
import math
import threading
import time
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
from rq.exceptions import InvalidJobOperation  # noqa: TID251
from rq.worker import SimpleWorker  # noqa: TID251

from config import hooks, workers
from config.ids import OBJECT_ID
from config.redis import CLIENT_OPTIONS, WORKER_KEYS, own_name

logger = logging.getLogger(__name__)
SPEECH, NETWORK, ERRANDS = "speech", "network", "errands"
QUEUES_OF = {  # by the kind of worker that takes from them, in the order in which it looks at them
    SPEECH: ("interactive", "default", "bulk"),
    # Calls to other services, for which speech must not wait: first those that somebody waits for, last long texts.
    # The assistant's answers may take long, and hold one of the two kinds of worker only
    NETWORK: ("network", "network-answers", "network-upkeep", "network-long"),
    ERRANDS: ("network", "network-upkeep"),  # so that long texts never hold all who send mails
}
QUEUES = tuple(dict.fromkeys(name for names in QUEUES_OF.values() for name in names))
TASKS_BY_RANK = 8  # that a worker takes in the order of its queues, before it looks at another one first
HEARTBEAT_SECONDS = 3
HEARTBEAT_TTL_SECONDS = 10
RQ_HEARTBEAT_SECONDS = 10
FAILED_TTL_SECONDS = 3600
stopping = threading.Event()  # set when this worker has been asked to stop


@functools.cache
def connection() -> redis.Redis:
    """One client for the process; it keeps a pool of connections."""
    return redis.Redis.from_url(settings.REDIS_URL, **CLIENT_OPTIONS)


@functools.cache
def queue_of(name: str) -> DjangoRQ:
    return django_rq.get_queue(name, connection=connection())


def enqueue(task: str, pk: str, *, queue: str, owner: str = "") -> bool:
    """Hand the row to a worker; False while Redis is away: the sweeper enqueues it later."""
    try:
        job_id = task_id(task, pk, owner)
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


def task_id(task: str, pk: str, owner: str = "") -> str:
    """With an owner it tells whose task it is, for config/sharing.py; with '' for a row, how all of one owner begin."""
    return "-".join((task.replace(".", "-"), *([owner] if owner else []), pk))


def held(name: str) -> frozenset[str]:
    """The ids of the tasks that lie in a queue. RedisError while Redis is away."""
    return frozenset(queue_of(name).job_ids)


def task_and_row(job_id: str) -> tuple[str, str]:
    """What `task_id` was made of, but for the owner; unlike the task itself it can be read whatever lies in Redis."""
    *task, pk = job_id.split("-")
    return ".".join(part for part in task if not OBJECT_ID.fullmatch(part)), pk


def enqueued() -> set[str]:
    """The ids of all tasks that lie in Redis. RedisError while it is away."""
    return {task for name in QUEUES for task in held(name)}


def run_next(name: str) -> None:
    """Within another task, run the next one of a queue, if one waits, as its worker would.

    RedisError while Redis is away. One that fails is logged; what is lost with this process, the sweeper finds.
    """
    lies_in = queue_of(name)
    first = connection().lpop(lies_in.key)
    try:
        if first and (task := lies_in.fetch_job(first.decode())):
            connection().delete(task.key)
            task.perform()
    except RedisError:
        raise
    except Exception:
        logger.exception("%r failed within another task.", first)


def has_worker(name: str) -> bool:
    """Whether a worker lives that takes from this queue. RedisError while Redis is away."""
    return takers(name, live_workers()) > 0


def takers(name: str, workers: Counter[str]) -> int:
    """How many of these workers, by kind, take from a queue."""
    return sum(workers[kind] for kind, names in QUEUES_OF.items() if name in names)


def figures() -> dict[str, Any]:
    """For /health: whether Redis answers, how many workers live, how many tasks wait."""
    try:
        live, waiting = live_workers(), depths()
    except RedisError:
        return {"status": "down", "workers": None, "queued": None}
    return {"status": state(live, waiting), "workers": live.total(), "queued": waiting.total()}


def depths() -> Counter[str]:
    """How many tasks lie in each queue. RedisError while Redis is away."""
    return Counter({name: queue_of(name).count for name in QUEUES})


def state(workers: Counter[str], waiting: Counter[str]) -> str:
    """`up`, or which workers are missing; those for the network when tasks wait for them."""
    if not workers:
        return "no workers"
    if not workers[SPEECH]:
        return "no speech workers"
    is_left = any(waiting[name] and not takers(name, workers) for name in QUEUES_OF[NETWORK])
    return "no network workers" if is_left else "up"


def live_workers() -> Counter[str]:
    """How many of each kind were heard of in the last ten seconds. RedisError while Redis is away."""
    names = (key.decode().removeprefix(WORKER_KEYS) for key in connection().scan_iter(f"{WORKER_KEYS}*", count=1000))
    return Counter(name.partition("-")[0] for name in names)


def heartbeats() -> list[workers.Heartbeat]:
    """What each live worker said last, by name. RedisError while Redis is away."""
    keys = sorted(connection().scan_iter(f"{WORKER_KEYS}*", count=1000))
    asked = connection().pipeline(transaction=False)
    for key in keys:
        asked.get(key).pttl(key)
    answers = asked.execute()
    return [
        workers.read(key.decode().removeprefix(WORKER_KEYS), value, silent_seconds=since(left))
        for key, value, left in zip(keys, answers[::2], answers[1::2], strict=True)
        if value is not None
    ]


def since(milliseconds_left: int) -> float | None:
    """How many seconds ago a heartbeat came that runs out so soon; None for one that never does."""
    return None if milliseconds_left < 0 else HEARTBEAT_TTL_SECONDS - milliseconds_left / 1000


class Worker(SimpleWorker):
    """Runs tasks in its own process, one after the other, so that what a task has loaded stays loaded."""

    taken, told = 0, -math.inf

    def register_birth(self) -> None:
        super().register_birth()
        threading.Thread(target=_beat, args=(self.name,), name="heartbeat", daemon=True).start()

    def reorder_queues(self, reference_queue: Any) -> None:
        """Whenever a task is taken. Now and then each of the later queues comes first, for as long as one task.

        Else whoever keeps the first one full would keep everybody else's tasks in the others for ever.
        """
        self.taken += 1
        turn, is_within = divmod(self.taken, TASKS_BY_RANK)
        first = 0 if is_within else 1 + (turn - 1) % (len(self.queues) - 1)
        self._ordered_queues = self.queues[first:] + self.queues[:first]

    def heartbeat(self, timeout: int | None = None, pipeline: Any = None) -> None:
        """RQ's own, else sent five times a task: often enough that its key, of seven minutes, outlives a long wait."""
        if time.monotonic() - self.told >= RQ_HEARTBEAT_SECONDS:
            self.told = time.monotonic()
            super().heartbeat(timeout, pipeline)

    def set_state(self, state: str, pipeline: Any = None) -> None:
        """Told when it changes: RQ tells it twice."""
        if state != self._state:
            super().set_state(state, pipeline)

    def check_for_suspension(self, burst: bool) -> None:
        """Nobody suspends a worker here, and RQ asks Redis about it before each task."""

    def request_stop(self, signum: int, frame: FrameType | None) -> None:
        stopping.set()
        super().request_stop(signum, frame)

    def handle_job_success(self, job: Any, queue: Any, started_job_registry: Any) -> None:
        """RQ's own. A task may lie in the queue twice: for whoever ends it second RQ has nothing left to clean up."""
        try:
            super().handle_job_success(job, queue, started_job_registry)
        except InvalidJobOperation:
            with self.connection.pipeline() as pipeline:
                self.cleanup_execution(job, pipeline=pipeline)
                pipeline.delete(job.key)  # RQ has written its end into it
                pipeline.execute()

    def perform_job(self, job: Any, queue: Any) -> bool:
        close_old_connections()
        with workers.diary.working_on(*task_and_row(job.id)):
            is_done = super().perform_job(job, queue)
        workers.diary.note_end(is_done=is_done)
        return is_done


def work(kind: str = SPEECH) -> None:
    """Be a worker of this kind until a signal asks to stop. RedisError when Redis goes away at the wrong moment."""
    if kind == SPEECH:
        warm_up()
    waiting = redis.Redis.from_url(settings.REDIS_URL)  # RQ sets its time-outs for long waits
    queues = [django_rq.get_queue(name, connection=waiting) for name in QUEUES_OF[kind]]
    Worker(queues, name=own_name(kind), connection=waiting).work(logging_level="WARNING")


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
            connection().set(WORKER_KEYS + name, json.dumps(workers.diary.entry()), ex=HEARTBEAT_TTL_SECONDS)
        except RedisError as error:
            logger.warning("No heartbeat: Redis is away (%s).", error)
        if stopping.wait(HEARTBEAT_SECONDS):
            return
