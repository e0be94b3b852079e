"""The figures as Prometheus reads them. Its library writes the text; nothing is kept between two readings."""

from collections.abc import Callable, Iterable, Iterator

from prometheus_client import CollectorRegistry
from prometheus_client.core import CounterMetricFamily, GaugeMetricFamily, HistogramMetricFamily, Metric
from prometheus_client.exposition import choose_encoder
from prometheus_client.registry import Collector

from jobs.figures import counted, this_moment
from jobs.figures.counted import Histogram, Tally
from jobs.figures.this_moment import Figures, QueueFigures, WorkerFigures

Cells = Iterable[tuple[tuple[str, ...], float]]  # the values of the labels, and the figure


def text(accept: str) -> tuple[bytes, str]:
    """The figures of this moment, and the content type that the reader's `Accept` chose."""
    registry = CollectorRegistry(auto_describe=False)
    registry.register(Snapshot(this_moment.look(counted.in_all)))
    write, content_type = choose_encoder(accept)
    return write(registry), content_type


class Snapshot(Collector):
    def __init__(self, looked: Figures) -> None:
        self.looked = looked

    def collect(self) -> Iterator[Metric]:
        looked = self.looked
        yield gauge("redis_up", "Whether Redis answers.", (), [((), looked.has_redis)])
        yield gauge("database_up", "Whether the database answers.", (), [((), looked.has_database)])
        yield from of_queues(looked.queues)
        if looked.has_redis:
            yield from of_jobs(looked.tally)
            yield from of_workers(looked.workers)


def of_queues(queues: list[QueueFigures]) -> Iterator[Metric]:
    """What is not known is left out: a 0 would be a lie."""

    def cells(of: Callable[[QueueFigures], float | None]) -> Cells:
        return [((each.name,), value) for each in queues if (value := of(each)) is not None]

    labels = ("queue",)
    yield gauge("queue_tasks", "Tasks that lie in Redis.", labels, cells(lambda each: each.tasks))
    yield gauge("queue_waiting_jobs", "Jobs that wait for a worker.", labels, cells(lambda each: each.jobs))
    yield gauge(
        "queue_oldest_job_seconds", "Age of the oldest waiting job.", labels, cells(lambda each: each.oldest_seconds)
    )


def of_jobs(tally: Tally) -> Iterator[Metric]:
    def sums(name: str, words: str, labels: tuple[str, ...], what: str) -> Metric:
        return counter(name, words, labels, tally.amounts(what).items())

    yield sums("jobs", "Jobs that have ended.", ("status", "queue"), counted.JOBS)
    yield sums("job_failures", "Jobs that have failed.", ("cause",), counted.FAILURES)
    yield sums("characters", "Characters of text spoken.", ("engine",), counted.CHARACTERS)
    yield sums("speech_seconds", "Seconds of sound made.", ("engine",), counted.SPEECH)
    yield sums("synthesis_seconds", "Seconds that its synthesis took.", ("engine",), counted.SYNTHESIS)
    yield sums("segments", "Parts of texts, by where their sound came from.", ("source",), counted.SEGMENTS)
    yield histogram("job_wait_seconds", "From asking for a job to its start.", "queue", tally.histograms(counted.WAIT))
    yield histogram(
        "job_first_sound_seconds",
        "From asking for a job to its first sound.",
        "queue",
        tally.histograms(counted.FIRST_SOUND),
    )
    yield histogram(
        "job_real_time_factor",
        "Seconds of synthesis for each second of sound.",
        "engine",
        tally.histograms(counted.PACE),
    )


def of_workers(workers: list[WorkerFigures]) -> Iterator[Metric]:
    def cells(of: Callable[[WorkerFigures], float]) -> Cells:
        return [((each.name, each.kind), of(each)) for each in workers]

    labels = ("worker", "kind")
    yield gauge("worker_busy", "Whether the worker works.", labels, cells(lambda each: bool(each.works_on)))
    yield gauge("worker_memory_bytes", "Its memory.", labels, cells(lambda each: each.memory_bytes))
    yield gauge("worker_voices", "Voices that it holds in memory.", labels, cells(lambda each: len(each.voices)))
    silent = [((each.name, each.kind), each.silent_seconds) for each in workers if each.silent_seconds is not None]
    yield gauge("worker_silent_seconds", "Since it was last heard of.", labels, silent)
    yield counter("worker_busy_seconds", "Seconds of work.", labels, cells(lambda each: each.busy_seconds))
    yield counter("worker_tasks", "Tasks that it has done.", labels, cells(lambda each: each.tasks))
    yield counter("worker_crashes", "Tasks that broke.", labels, cells(lambda each: each.crashes))
    ended = [
        ((each.name, each.kind, status), jobs)
        for each in workers
        for status, jobs in (("completed", each.jobs_completed), ("failed", each.jobs_failed))
    ]
    yield counter("worker_jobs", "Jobs that it has ended.", (*labels, "status"), ended)


def gauge(name: str, words: str, labels: tuple[str, ...], cells: Cells) -> Metric:
    return filled(GaugeMetricFamily(f"echodesk_{name}", words, labels=labels), cells)


def counter(name: str, words: str, labels: tuple[str, ...], cells: Cells) -> Metric:
    return filled(CounterMetricFamily(f"echodesk_{name}", words, labels=labels), cells)


def filled(family: GaugeMetricFamily | CounterMetricFamily, cells: Cells) -> Metric:
    for labels, value in cells:
        family.add_metric(labels, value)
    return family


def histogram(name: str, words: str, label: str, found: dict[str, Histogram]) -> Metric:
    family = HistogramMetricFamily(f"echodesk_{name}", words, labels=(label,))
    for value, each in sorted(found.items()):
        buckets = [("+Inf" if bound == float("inf") else f"{bound:g}", count) for bound, count in each.up_to()]
        family.add_metric((value,), buckets, each.sum)
    return family
