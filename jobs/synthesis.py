"""A job's sentences to a sound file: measured, levelled, encoded and published, one after the other."""

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings

from config import times
from jobs import audio, loudness, text
from jobs.job_voice import JobVoice
from jobs.listening.publishing import Publisher
from jobs.models import Job, Sentence
from jobs.segments import Said
from jobs.text import Utterance

if TYPE_CHECKING:
    import numpy as np

Report = Callable[[int, int], None]  # sentences said, and their characters


@dataclass(frozen=True)
class Spoken:
    """A finished file, and where the seconds went."""

    encoded: audio.Encoded
    chunks: int  # sentences
    unspoken: Counter[str]  # letters that were left out
    sentences: list[Sentence]  # those that are heard, and when
    first_audio: float  # seconds from when it was asked for to its first sound
    synthesis: float  # seconds
    encoding: float  # seconds
    key: str  # the same for all jobs whose file is the same


class Stopwatch:
    """Watches sentences being made: reports each, notes from when to when it is heard, and adds up the seconds spent on
    them and the bytes billed.
    """

    def __init__(self, report: Report, publisher: Publisher) -> None:
        self._report, self.publisher = report, publisher
        self.done = self.characters = self.billed_bytes = self.samples = 0
        self._began, self._aside = time.perf_counter(), 0.0
        self.seconds = 0.0
        self.sentences: list[Sentence] = []
        self.first_at = times.now()

    def watch(self, said: Iterable[Said], voice: JobVoice) -> Iterator["np.ndarray"]:
        """Give on the sound of each sentence with its pause, arrays of shape (samples,) at the voice's rate."""
        started = self.now()
        for utterance, sound, is_made in said:
            self.seconds += self.now() - started
            self.billed_bytes += voice.engine.billed_bytes(utterance.spoken) if is_made else 0
            self.done += 1
            self.characters += len(utterance.shown) + 1  # what stands between two of them
            if self.done == 1:
                self.first_at = times.now()
            self.report()
            yield self.note(utterance, sound, voice.sample_rate)
            started = self.now()

    def now(self) -> float:
        """Seconds, without those in which it was stopped."""
        return time.perf_counter() - self._aside

    @property
    def has_run_longer(self) -> bool:
        """Than it was stopped."""
        return self.now() - self._began >= self._aside

    @contextmanager
    def stopped(self) -> Iterator[None]:
        began = time.perf_counter()
        try:
            yield
        finally:
            self._aside += time.perf_counter() - began

    def note(self, utterance: Utterance, sound: "np.ndarray", sample_rate: int) -> "np.ndarray":
        """When it is heard, counted in samples, so that nothing adds up; of some sentences nothing is heard."""
        start, end = self.samples, self.samples + len(sound)
        if len(sound):
            edges = (round(1000 * edge / sample_rate) for edge in (start, end))
            self.sentences.append(Sentence(*edges, utterance.shown))
        heard = with_pause(sound, utterance.pause * sample_rate // 1000)
        self.samples += len(heard)
        return heard

    def follow(self, chunks: Iterable["np.ndarray"]) -> Iterator["np.ndarray"]:
        """Give on sound that takes its time after all sentences have been made."""
        for chunk in chunks:
            self.report()
            yield chunk

    def report(self) -> None:
        self._report(self.done, self.characters)


def with_pause(sound: "np.ndarray", samples: int) -> "np.ndarray":
    import numpy as np

    return np.concatenate([sound, np.zeros(samples, np.int16)]) if samples else sound


def speak(job: Job, path: Path, watch: Stopwatch, voice: JobVoice, said: Iterable[Said]) -> Spoken:
    """Write the job's sound to a local file; `watch` reports after each sentence, and between the parts or the tries
    of one, which may raise to stop.

    Raises DomainError with a sentence for the job when the voice can't speak or there is nothing to say.
    """
    started, sample_rate = watch.now(), voice.sample_rate
    heard = watch.watch(said, voice)
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
        artist=voice.source.name,
        sink=publisher.write if is_heard else None,
    )
    publisher.finish()
    first_audio = (watch.first_at - job.queued_at).total_seconds()
    encoding = watch.now() - started - watch.seconds
    seconds = (first_audio, watch.seconds, encoding)
    return Spoken(encoded, watch.done, voice.unspoken, watch.sentences, *seconds, voice.file_key)


def warm_up() -> None:
    """Load what the first job of a worker would otherwise wait for."""
    text.sentences("Hello. *Hello* again in 1984 😂.")
    audio.warm_up()
