"""Chapters to one M4B: AAC in MP4, with a mark where each chapter begins. PyAV is imported with the first one."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from jobs.audio import codec_rate

if TYPE_CHECKING:
    import av

CONTENT_TYPE, EXTENSION = "audio/mp4", "m4b"
PAUSE_SECONDS = 1.0  # between two chapters
CODEC, BIT_RATE = "aac", 64_000  # one voice needs no more
AUDIOBOOK = "2"  # the kind that players by Apple sort it under
MILLISECOND = Fraction(1, 1000)


@dataclass(frozen=True)
class Part:
    """A chapter: its sound in the storage, and how long that is, in seconds."""

    title: str
    name: str
    duration: float


@dataclass(frozen=True)
class Bound:
    duration: float  # seconds
    size_bytes: int


def write(
    parts: Sequence[Part],
    path: Path,
    *,
    open_sound: Callable[[str], BinaryIO],
    title: str,
    author: str,
    report: Callable[[int, int], object],
) -> Bound:
    """Write a local file, chapter after chapter; of none more than a packet is in memory.

    Each chapter begins where its mark says, a second after the one before has ended. `report` gets with each packet the
    milliseconds that are written and those of all; it may raise to stop. Raises whatever `open_sound` raises.
    """
    import av

    starts, total = starts_of(parts)
    with av.open(str(path), "w", format="ipod", container_options={"movflags": "+faststart"}) as book:
        book.metadata.update(tags(title, author))
        book.set_chapters(marks(parts, starts, total))
        writer = Writer(book, lambda done: report(done, total))
        for part, start in zip(parts, starts, strict=True):
            writer.silence_until(start)
            with open_sound(part.name) as file, av.open(file) as source:
                for frame in source.decode(audio=0):
                    writer.add(frame)
        writer.silence_until(total)
        writer.end()
    return Bound(total / 1000, path.stat().st_size)


def starts_of(parts: Sequence[Part]) -> tuple[list[int], int]:
    """When each chapter begins, and when the last one ends, in milliseconds."""
    starts, end = list[int](), 0.0
    for part in parts:
        starts.append(round(1000 * end))
        end += part.duration + PAUSE_SECONDS
    return starts, max(1, round(1000 * (end - PAUSE_SECONDS)))


def tags(title: str, author: str) -> dict[str, str]:
    known = {"title": title, "album": title, "artist": author, "album_artist": author}
    return {name: value for name, value in known.items() if value} | {"genre": "Audiobook", "media_type": AUDIOBOOK}


def marks(parts: Sequence[Part], starts: Sequence[int], total: int) -> list["av.container.core.Chapter"]:
    """From the beginning of each chapter to that of the next."""
    return [
        {"id": number, "start": start, "end": end, "time_base": MILLISECOND, "metadata": {"title": part.title}}
        for number, (part, start, end) in enumerate(zip(parts, starts, [*starts[1:], total], strict=True))
    ]


class Writer:
    """Takes frames of any rate, one after the other, and encodes them at the rate of the first."""

    def __init__(self, book: "av.container.OutputContainer", report: Callable[[int], object]) -> None:
        self.book, self._report = book, report
        self._stream: av.AudioStream | None = None
        self._samples = self._rate = 0

    def add(self, frame: "av.AudioFrame") -> None:
        import av

        if self._stream is None:
            self._begin(frame.sample_rate)
        if self._source != (frame.sample_rate, frame.format.name, frame.layout.name):
            self._flush()
            self._source = (frame.sample_rate, frame.format.name, frame.layout.name)
            self._resampler = av.AudioResampler(format="fltp", layout="mono", rate=self._rate)
        frame.pts = None
        for part in self._resampler.resample(frame):
            self._encode(part)

    def _begin(self, rate: int) -> None:
        self._rate = codec_rate(CODEC, rate)
        self._stream = self.book.add_stream(CODEC, rate=self._rate, layout="mono", options={"aac_coder": "fast"})
        self._stream.bit_rate = BIT_RATE
        self._source: tuple[int, str, str] | None = None

    def _flush(self) -> None:
        """What the resampler still holds of the chapter before."""
        if self._source:
            for part in self._resampler.resample(None):
                self._encode(part)
        self._source = None

    def _encode(self, frame: "av.AudioFrame") -> None:
        frame.pts, frame.time_base = self._samples, Fraction(1, self._rate)
        self._samples += frame.samples
        self.book.mux(self._stream.encode(frame))
        self._report(1000 * self._samples // self._rate)

    def silence_until(self, milliseconds: int) -> None:
        """Nothing, when that has passed already, or before the first sound."""
        if self._stream is None:
            return
        self._flush()
        for samples in blocks(milliseconds * self._rate // 1000 - self._samples, self._rate):
            self._encode(silence(samples, self._rate))

    def end(self) -> None:
        if self._stream is not None:
            self.book.mux(self._stream.encode(None))


def blocks(samples: int, most: int) -> Iterator[int]:
    while samples > 0:
        yield min(samples, most)
        samples -= most


def silence(samples: int, rate: int) -> "av.AudioFrame":
    import av
    import numpy as np

    frame = av.AudioFrame.from_ndarray(np.zeros((1, samples), dtype=np.float32), format="fltp", layout="mono")
    frame.sample_rate = rate
    return frame
