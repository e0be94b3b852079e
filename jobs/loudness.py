"""Loudness as EBU R128 measures it, brought to a target by one gain and a limiter for the peaks, all by FFmpeg."""

from collections.abc import Iterable, Iterator
from contextlib import suppress
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO

from jobs import audio

if TYPE_CHECKING:
    import av
    import numpy as np

SILENCE_LUFS = -70.0  # what the meter says of silence, and of less than 0.4 seconds
GAIN_MAX_DB = 20.0  # what is quieter is hardly speech
LIMITER = "limit=-1dB:level=disabled:latency=1"  # codecs swing over what they are given
BLOCK_SAMPLES = 64 * 1024


def levelled(chunks: Iterable["np.ndarray"], *, sample_rate: int, target: float, path: Path) -> Iterator["np.ndarray"]:
    """The same sound at about `target` LUFS: int16 arrays of shape (samples,), as many samples in all.

    Nothing comes before the last chunk has been made; meanwhile the samples lie in the file `path`. Silence stays as it
    is, and so does what is too short to be measured.
    """
    try:
        with path.open("wb") as file:
            loudness = measured(kept(chunks, file), sample_rate)
        if loudness <= SILENCE_LUFS:
            yield from blocks(path)
        else:
            yield from amplified(blocks(path), sample_rate, min(target - loudness, GAIN_MAX_DB))
    finally:
        path.unlink(missing_ok=True)


def kept(chunks: Iterable["np.ndarray"], file: BinaryIO) -> Iterator["np.ndarray"]:
    for chunk in chunks:
        if len(chunk):
            file.write(chunk.tobytes())
            yield chunk


def blocks(path: Path) -> Iterator["np.ndarray"]:
    import numpy as np

    with path.open("rb") as file:
        while len(samples := np.fromfile(file, np.int16, BLOCK_SAMPLES)):
            yield samples


def measured(chunks: Iterable["np.ndarray"], sample_rate: int) -> float:
    """In LUFS, of the whole sound."""
    loudness = SILENCE_LUFS
    for frame in filtered(chunks, sample_rate, ("ebur128", "metadata=1")):
        loudness = float(frame.metadata.get("lavfi.r128.I", loudness))  # the last, shorter frame says nothing
    return loudness


def amplified(chunks: Iterable["np.ndarray"], sample_rate: int, gain_db: float) -> Iterator["np.ndarray"]:
    filters = (("volume", f"{gain_db:.2f}dB:precision=float"), ("alimiter", LIMITER), ("aformat", "s16"))
    for frame in filtered(chunks, sample_rate, *filters):
        yield frame.to_ndarray().reshape(-1)


def filtered(chunks: Iterable["np.ndarray"], sample_rate: int, *filters: tuple[str, str]) -> Iterator["av.AudioFrame"]:
    """What comes out of FFmpeg's filters, each with its options."""
    import av

    graph, time_base = av.filter.Graph(), Fraction(1, sample_rate)
    start = graph.add_abuffer(sample_rate=sample_rate, format="s16", layout="mono", time_base=time_base)
    graph.link_nodes(start, *(graph.add(*each) for each in filters), graph.add("abuffersink")).configure()
    for frame in audio.frames(chunks, sample_rate):
        graph.push(frame)
        yield from ready(graph)
    graph.push(None)
    yield from ready(graph)


def ready(graph: "av.filter.Graph") -> Iterator["av.AudioFrame"]:
    import av

    with suppress(av.BlockingIOError, av.EOFError):
        while True:
            yield graph.pull()
