"""A job's text to a sound file: sentences, engine, encoder, one sentence after the other."""

import time
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config import times
from jobs import audio, text
from jobs.models import Job
from voices import engines
from voices.models import Voice

if TYPE_CHECKING:
    import numpy as np

Report = Callable[[int, int], None]  # sentences done, sentences in all


@dataclass(frozen=True)
class Spoken:
    """A finished file, and where the seconds went."""

    encoded: audio.Encoded
    sentences: int
    first_audio: float  # seconds from the job's creation to its first sound
    synthesis: float  # seconds
    encoding: float  # seconds


class Stopwatch:
    """Watches sentences being made: reports each, and adds up the seconds spent on making them."""

    def __init__(self, total: int, report: Report) -> None:
        self.total, self._report = total, report
        self.done = 0
        self.seconds = 0.0
        self.first_at = times.now()

    def watch(self, chunks: Iterable["np.ndarray"]) -> Iterator["np.ndarray"]:
        started = time.perf_counter()
        for chunk in chunks:
            self.seconds += time.perf_counter() - started
            self.done += 1
            if self.done == 1:
                self.first_at = times.now()
            self.report()
            yield chunk
            started = time.perf_counter()

    def report(self) -> None:
        self._report(self.done, self.total)


def speak(job: Job, path: Path, report: Report) -> Spoken:
    """Write the job's sound to a local file; `report` is called after each sentence, and between
    the parts of a long one; it may raise to stop.

    Raises DomainError with a sentence for the job when the voice can't speak or there is nothing to say.
    """
    started = time.perf_counter()
    voice = Voice.objects.filter(voice_id=job.voice_id).first()
    if voice is None:
        raise engines.VoiceBroken(f"The voice {job.voice_id} is gone. Choose another voice.")
    engine = engines.get(voice.engine)
    sentences = text.sentences(job.text, voice.language)
    watch = Stopwatch(len(sentences), report)
    chunks = engine.synthesize(
        job.voice_id, sentences, speed=job.speed, speaker=job.speaker or None, between=watch.report
    )
    encoded = audio.encode(
        watch.watch(chunks),
        sample_rate=engine.sample_rate(job.voice_id),
        format=job.format,
        path=path,
        title=job.title,
        artist=voice.name,
    )
    first_audio = (watch.first_at - job.created_at).total_seconds()
    return Spoken(encoded, len(sentences), first_audio, watch.seconds, time.perf_counter() - started - watch.seconds)


def warm_up() -> None:
    """Load what the first job of a worker would otherwise wait for."""
    text.sentences("Hello. Hello again.")
    audio.warm_up()
