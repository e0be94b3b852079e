"""A job's text to a sound file: sentences, engine, encoder, one sentence after the other."""

import time
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from config import times
from jobs import audio, loudness, sources, text
from jobs.listening.publishing import Publisher
from jobs.models import Job
from voices import engines

if TYPE_CHECKING:
    import numpy as np

Report = Callable[[int, int], None]  # sentences done, sentences in all


@dataclass(frozen=True)
class Spoken:
    """A finished file, and where the seconds went."""

    encoded: audio.Encoded
    sentences: int
    first_audio: float  # seconds from when it was asked for to its first sound
    synthesis: float  # seconds
    encoding: float  # seconds


class Stopwatch:
    """Watches sentences being made: reports each, and adds up the seconds spent on them and the bytes billed."""

    def __init__(self, report: Report, publisher: Publisher) -> None:
        self._report, self.publisher = report, publisher
        self.total = self.done = self.billed_bytes = 0
        self.seconds = 0.0
        self.first_at = times.now()

    def watch(
        self, sentences: Sequence[str], chunks: Iterable["np.ndarray"], billed_bytes: Callable[[str], int]
    ) -> Iterator["np.ndarray"]:
        """Give on the sound of each sentence; `billed_bytes` says what the engine bills a text by."""
        self.total = len(sentences)
        started = time.perf_counter()
        for sentence, chunk in zip(sentences, chunks, strict=True):
            self.seconds += time.perf_counter() - started
            self.billed_bytes += billed_bytes(sentence)
            self.done += 1
            if self.done == 1:
                self.first_at = times.now()
            self.report()
            yield chunk
            started = time.perf_counter()

    def follow(self, chunks: Iterable["np.ndarray"]) -> Iterator["np.ndarray"]:
        """Give on sound that takes its time after all sentences have been made."""
        for chunk in chunks:
            self.report()
            yield chunk

    def report(self) -> None:
        self._report(self.done, self.total)


def speak(job: Job, path: Path, watch: Stopwatch) -> Spoken:
    """Write the job's sound to a local file; `watch` reports after each sentence, and between the parts or the tries
    of one, which may raise to stop.

    Raises DomainError with a sentence for the job when the voice can't speak or there is nothing to say.
    """
    started = time.perf_counter()
    source = sources.of_job(job)
    engine, sentences = engines.get(source.engine), text.sentences(job.text, source.language)
    chunks = engine.synthesize(
        source.engine_id, sentences, speed=job.speed, speaker=job.speaker or None, between=watch.report
    )
    sample_rate, heard = engine.sample_rate(source.engine_id), watch.watch(sentences, chunks, engine.billed_bytes)
    if settings.LOUDNESS_LUFS:
        target, samples = settings.LOUDNESS_LUFS, path.with_suffix(".samples")
        heard = watch.follow(loudness.levelled(heard, sample_rate=sample_rate, target=target, path=samples))
    is_heard, publisher = watch.publisher.is_heard, watch.publisher
    encoded = audio.encode(
        publisher.sentences(heard, sample_rate) if is_heard else heard,
        sample_rate=sample_rate,
        format=job.format,
        path=path,
        file_rate=job.sample_rate,
        title=job.title,
        artist=source.name,
        sink=publisher.write if is_heard else None,
    )
    publisher.finish()
    first_audio = (watch.first_at - job.queued_at).total_seconds()
    return Spoken(encoded, len(sentences), first_audio, watch.seconds, time.perf_counter() - started - watch.seconds)


def warm_up() -> None:
    """Load what the first job of a worker would otherwise wait for."""
    text.sentences("Hello. Hello again.")
    audio.warm_up()
