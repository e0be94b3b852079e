"""What became of jobs, counted in Redis when each ends: in all, and by the hour for the last day.

Best effort: nobody's work fails for a figure, and the counts go with Redis's data. Nothing here looks at a job that
has ended before, so a million of them cost nothing.
"""

import datetime as dt
import logging
from collections import defaultdict
from collections.abc import Iterable, Iterator

from redis.exceptions import RedisError

from config import queue, times
from config.leases import Status
from jobs.models import Job

logger = logging.getLogger(__name__)
IN_ALL, BY_HOUR = "echodesk:counted", "echodesk:counted:%Y%m%d%H"
HOURS = 24
HOUR_LIFETIME = dt.timedelta(hours=HOURS + 2)
JOBS, FAILURES, CHARACTERS, SPEECH, SYNTHESIS = "jobs", "failures", "characters", "speech", "synthesis"
WAIT, FIRST_SOUND, PACE = "wait", "first_sound", "pace"
SEGMENTS, CACHED, MADE = "segments", "cached", "made"
BOUNDS = {  # of the histograms: seconds, and seconds of work for each second of sound
    WAIT: (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800),
    FIRST_SOUND: (0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 30, 60, 300, 1_800),
    PACE: (0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1, 2, 5),
}
BEYOND, SUM = "inf", "sum"
Labels = tuple[str, ...]


class Tally:
    """Amounts by what they count and by labels: a status and a queue, a cause, an engine."""

    def __init__(self, fields: Iterable[tuple[bytes, bytes]] = ()) -> None:
        self._amounts: defaultdict[str, defaultdict[Labels, float]] = defaultdict(lambda: defaultdict(float))
        for name, amount in fields:
            what, *labels = name.decode().split("|")
            self._amounts[what][tuple(labels)] += float(amount)

    def amounts(self, what: str) -> dict[Labels, float]:
        return dict(sorted(self._amounts[what].items()))

    def total(self, what: str, *labels: str) -> float:
        """Of all entries whose labels begin like this."""
        return sum(amount for own, amount in self._amounts[what].items() if own[: len(labels)] == labels)

    def histograms(self, what: str) -> dict[str, "Histogram"]:
        """By the first label."""
        found: dict[str, dict[str, float]] = defaultdict(dict)
        for (label, part), amount in self.amounts(what).items():
            found[label][part] = amount
        return {label: Histogram(BOUNDS[what], parts) for label, parts in found.items()}

    def histogram(self, what: str) -> "Histogram":
        """Of all labels together."""
        parts: dict[str, float] = defaultdict(float)
        for (_, part), amount in self.amounts(what).items():
            parts[part] += amount
        return Histogram(BOUNDS[what], parts)


class Histogram:
    """How many values lay up to each bound."""

    def __init__(self, bounds: tuple[float, ...], parts: dict[str, float]) -> None:
        self.bounds, self.sum = bounds, parts.get(SUM, 0.0)
        self.counts = [parts.get(name, 0.0) for name in (*(f"{bound:g}" for bound in bounds), BEYOND)]

    @property
    def count(self) -> float:
        return sum(self.counts)

    def up_to(self) -> Iterator[tuple[float, float]]:
        """Each bound, and how many values lay up to it; the last bound is infinite."""
        so_far = 0.0
        for bound, count in zip((*self.bounds, float("inf")), self.counts, strict=True):
            so_far += count
            yield bound, so_far

    def bound_of(self, share: float) -> float | None:
        """The first bound up to which this share of the values lay; None without any."""
        if not self.count:
            return None
        return next(bound for bound, count in self.up_to() if count >= share * self.count)


def count_ended(job: Job) -> None:
    """Count a job that has just completed, failed or been cancelled. Never raises."""
    add(amounts_of(job))


def count_segments(*, cached: int, made: int) -> None:
    """Count what one try at a job has taken from the cache, and what it had to make. Never raises."""
    add([(named(SEGMENTS, CACHED), cached), (named(SEGMENTS, MADE), made)] if cached or made else [])


def add(amounts: Iterable[tuple[str, float]]) -> None:
    hour, amounts = times.now().strftime(BY_HOUR), list(amounts)
    if not amounts:
        return
    try:
        asked = queue.connection().pipeline(transaction=False)
        for field, amount in amounts:
            asked.hincrbyfloat(IN_ALL, field, amount)
            asked.hincrbyfloat(hour, field, amount)
        asked.expire(hour, HOUR_LIFETIME)
        asked.execute()
    except RedisError as error:
        logger.warning("What a job has done is not counted: Redis is away (%s).", error)


def amounts_of(job: Job) -> Iterator[tuple[str, float]]:
    yield named(JOBS, job.status, job.queue), 1
    if job.status == Status.FAILED:
        yield named(FAILURES, job.cause or "unknown"), 1
    if job.status == Status.COMPLETED:
        yield named(CHARACTERS, job.engine), job.characters
        yield named(SPEECH, job.engine), job.duration or 0.0
        yield named(SYNTHESIS, job.engine), job.timings.get("synthesis", 0.0)
        for what, label, value in measured(job):
            yield named(what, label, part_of(what, value)), 1
            yield named(what, label, SUM), value


def measured(job: Job) -> Iterator[tuple[str, str, float]]:
    """The values of the histograms, with the label of each."""
    if job.attempts <= 1:  # of a later attempt the time before it is no wait
        for what, timing in ((WAIT, "queued"), (FIRST_SOUND, "first_audio")):
            if timing in job.timings:
                yield what, job.queue, max(0.0, job.timings[timing])
    if job.duration and "synthesis" in job.timings:
        yield PACE, job.engine, job.timings["synthesis"] / job.duration


def named(*parts: str) -> str:
    return "|".join(part.replace("|", " ") for part in parts)


def part_of(what: str, value: float) -> str:
    return next((f"{bound:g}" for bound in BOUNDS[what] if value <= bound), BEYOND)


def in_all() -> Tally:
    """Since Redis has its data. RedisError while it is away."""
    return Tally(queue.connection().hgetall(IN_ALL).items())


def last_day() -> Tally:
    """Of this hour and the 24 before it. RedisError while Redis is away."""
    now, asked = times.now(), queue.connection().pipeline(transaction=False)
    for hours in range(HOURS + 1):
        asked.hgetall((now - dt.timedelta(hours=hours)).strftime(BY_HOUR))
    return Tally(field for hour in asked.execute() for field in hour.items())
