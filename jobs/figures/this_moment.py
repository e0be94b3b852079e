"""The figures of this installation, for the page and for Prometheus alike: queues, workers, what became of jobs."""

import logging
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from redis.exceptions import RedisError

from accounts.models import User
from config import queue, times
from config.db import STORE_ERRORS
from config.errors import Forbidden
from config.workers import Heartbeat
from jobs.figures import counted
from jobs.figures.counted import Tally
from jobs.models import Job

logger = logging.getLogger(__name__)
ended_here: Counter[str] = Counter()  # by status: what this process has ended


@dataclass(frozen=True)
class QueueFigures:
    """None stands for what is not known, because Redis or the database is away."""

    name: str
    tasks: int | None  # that lie in Redis
    jobs: int | None  # that wait, as rows
    oldest_seconds: float | None  # the age of the oldest of them; 0 without any


@dataclass(frozen=True)
class WorkerFigures:
    name: str
    kind: str
    works_on: str  # in words; '' for an idle worker
    work_seconds: float
    silent_seconds: float | None
    tasks: int
    crashes: int
    jobs_completed: int
    jobs_failed: int
    busy_seconds: float
    busy_share: float  # of the last minute, 0 to 1
    memory_bytes: int
    voices: list[str]

    @property
    def busy_percent(self) -> int:
        return round(100 * self.busy_share)

    @property
    def memory_megabytes(self) -> int:
        return round(self.memory_bytes / 1_000_000)


@dataclass(frozen=True)
class Figures:
    queues: list[QueueFigures]
    workers: list[WorkerFigures]
    tally: Tally
    has_redis: bool
    has_database: bool

    @property
    def tasks(self) -> int:
        return sum(each.tasks or 0 for each in self.queues)

    @property
    def jobs(self) -> int:
        return sum(each.jobs or 0 for each in self.queues)

    @property
    def working(self) -> int:
        """How many workers are not idle."""
        return sum(bool(each.works_on) for each in self.workers)

    @property
    def oldest_seconds(self) -> float | None:
        return max((each.oldest_seconds or 0.0 for each in self.queues), default=None) if self.jobs else None

    @property
    def pace(self) -> float | None:
        """Seconds of work for each second of sound; None before there was any."""
        speech = self.tally.total(counted.SPEECH)
        return self.tally.total(counted.SYNTHESIS) / speech if speech else None

    @property
    def cached_percent(self) -> int | None:
        """Of the parts of texts that were asked for, those that had been spoken before; None before there was any."""
        parts = self.tally.total(counted.SEGMENTS)
        return round(100 * self.tally.total(counted.SEGMENTS, counted.CACHED) / parts) if parts else None


def check_reader(user: User) -> None:
    if not user.is_staff:
        raise Forbidden("Only staff of this installation can see its figures. Ask one of them.")


def look(tallied: Callable[[], Tally]) -> Figures:
    """The figures of this moment, with those counts. Whatever is away is left out."""
    waiting = waiting_rows()
    try:
        depths, heard, tally = queue.depths(), queue.heartbeats(), tallied()
    except RedisError as error:
        logger.warning("Redis is away, the figures are incomplete: %s", error)
        return Figures(queue_figures(None, waiting), [], Tally(), has_redis=False, has_database=waiting is not None)
    return Figures(
        queue_figures(depths, waiting), worker_figures(heard), tally, has_redis=True, has_database=waiting is not None
    )


def waiting_rows() -> dict[str, dict[str, Any]] | None:
    """By queue, how many jobs wait and since when; None while the database is away. Reads nothing but an index."""
    try:
        return {row["queue"]: row for row in Job.objects.waiting_by_queue()}
    except STORE_ERRORS as error:
        logger.warning("The database is away, the figures are incomplete: %s", error)
        return None


def queue_figures(depths: Counter[str] | None, waiting: dict[str, dict[str, Any]] | None) -> list[QueueFigures]:
    now = times.now()

    def figures(name: str) -> QueueFigures:
        tasks = None if depths is None else depths[name]
        if waiting is None:
            return QueueFigures(name, tasks, None, None)
        row = waiting.get(name)
        age = max(0.0, (now - row["oldest"]).total_seconds()) if row else 0.0
        return QueueFigures(name, tasks, row["rows"] if row else 0, age)

    return [figures(name) for name in queue.QUEUES]


def worker_figures(heard: list[Heartbeat]) -> list[WorkerFigures]:
    names = names_of_work(heard)
    return [worker(heartbeat, names) for heartbeat in heard]


def worker(heartbeat: Heartbeat, names: dict[str, str]) -> WorkerFigures:
    said = heartbeat.said
    return WorkerFigures(
        name=heartbeat.name,
        kind=heartbeat.kind,
        works_on=names.get(said.get("row", ""), words_of(said.get("task", ""))),
        work_seconds=said.get("task_seconds", 0.0),
        silent_seconds=heartbeat.silent_seconds,
        tasks=said.get("tasks", 0),
        crashes=said.get("crashes", 0),
        jobs_completed=said.get("jobs_completed", 0),
        jobs_failed=said.get("jobs_failed", 0),
        busy_seconds=said.get("busy_seconds", 0.0),
        busy_share=said.get("busy_share", 0.0),
        memory_bytes=said.get("memory_bytes", 0),
        voices=said.get("voices", []),
    )


def names_of_work(heard: list[Heartbeat]) -> dict[str, str]:
    """The jobs that workers are at, by their ids, as `Job 17`; without the database none."""
    pks = [heartbeat.said["row"] for heartbeat in heard if heartbeat.said.get("task") == Job.task]
    try:
        return {job.pk: str(job) for job in Job.objects.filter(pk__in=pks).only("job_id")} if pks else {}
    except STORE_ERRORS:
        return {}


def words_of(task: str) -> str:
    """The name of a task's function as words: `accounts.tasks.make_export` is `make export`."""
    return "a job" if task == Job.task else task.rpartition(".")[2].replace("_", " ")


def count_ended(job: Job) -> None:
    """Count a job that has just ended, for this process's heartbeat and for all. Never raises."""
    ended_here[job.status] += 1
    counted.count_ended(job)


def of_this_worker() -> dict[str, int]:
    return {"jobs_completed": ended_here["completed"], "jobs_failed": ended_here["failed"]}
