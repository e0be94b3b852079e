"""Samples to sound files, by PyAV, which is imported with the first file: the web server reads only the table."""

from array import array
from collections.abc import Iterable, Iterator, Mapping
from contextlib import nullcontext
from dataclasses import dataclass, field
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING

from config.errors import Unprocessable
from jobs.listening.tee import Sink, Tee
from jobs.text import NothingToSay

if TYPE_CHECKING:
    import av
    import numpy as np

BARS = 120  # of the waveform that a page draws
BLOCKS_A_SECOND = 200  # the fineness at which loudness is remembered while a file is written


class FormatUnknown(Unprocessable):
    code = "format_unknown"


@dataclass(frozen=True)
class Format:
    """One kind of file; `container`, `codec` and the options are FFmpeg's names, `bit_rate` is in bits a second."""

    content_type: str
    extension: str
    container: str
    codec: str
    bit_rate: int | None = None
    options: Mapping[str, str] = field(default_factory=dict)
    container_options: Mapping[str, str] = field(default_factory=dict)
    is_raw: bool = False  # samples and nothing else: no browser plays it, and its rate has to be told


FORMATS = {
    "wav": Format("audio/wav", "wav", "wav", "pcm_s16le"),
    # Speech needs no more than 64k in one channel; level 7 takes half the time of the default and measured no worse.
    "mp3": Format("audio/mpeg", "mp3", "mp3", "libmp3lame", 64_000, {"compression_level": "7"}),
    # Firefox plays nothing that is called audio/opus. Level 5 takes a third of the time of the default.
    # Pages of 0.2 seconds: by default they have one, and whoever listens meanwhile would wait for it.
    "opus": Format(
        "audio/ogg", "opus", "ogg", "libopus", 32_000, {"compression_level": "5"}, {"page_duration": "200000"}
    ),
    "flac": Format("audio/flac", "flac", "flac", "flac"),
    # ADTS is what clients of OpenAI's API know as aac; its title stands before the sound, in ID3.
    "aac": Format("audio/aac", "aac", "adts", "aac", 64_000, {"aac_coder": "fast"}, {"write_id3v2": "1"}),
    "pcm": Format("audio/pcm", "pcm", "s16le", "pcm_s16le", is_raw=True),
}


@dataclass(frozen=True)
class Encoded:
    """A written file: exact duration in seconds, samples a second, size in bytes, and 120 loudness bars (0 to 100)."""

    duration: float
    sample_rate: int
    size_bytes: int
    peaks: list[int]


def get_format(name: str) -> Format:
    if name not in FORMATS:
        raise FormatUnknown(f"{name} is not a known format. Choose one of: {', '.join(FORMATS)}.", field="format")
    return FORMATS[name]


def encode(
    chunks: Iterable["np.ndarray"],
    *,
    sample_rate: int,
    format: str,  # noqa: A002 - the word the API and the forms use
    path: Path,
    file_rate: int | None = None,
    title: str = "",
    artist: str = "",
    sink: Sink | None = None,
) -> Encoded:
    """Write a mono sound to a local file, chunk by chunk: int16 arrays of shape (samples,) at `sample_rate` Hz.

    The file has that rate too, or `file_rate` in Hz, or the next higher one that its codec takes. `sink` gets the bytes
    of the file in order as each chunk is encoded, first those before the sound, in which sizes are not true yet.
    Memory does not grow with the length, but for 400 bytes a second of peaks. Raises FormatUnknown, NothingToSay when
    there is no sample at all (resampled: under a millisecond), and whatever `chunks` raises; the file is then removed.
    """
    kind, loudness = get_format(format), Loudness(sample_rate)
    tags = {name: value for name, value in (("title", title), ("artist", artist)) if value}
    try:
        rate = codec_rate(kind.codec, file_rate or sample_rate)
        is_written = write(frames(loudness.watched(chunks), sample_rate), kind, rate, path, tags, sink)
        if not is_written or not loudness.samples:  # resampled, less than a millisecond becomes nothing
            raise NothingToSay
    except BaseException:
        path.unlink(missing_ok=True)
        raise
    return Encoded(loudness.samples / sample_rate, rate, path.stat().st_size, loudness.bars())


def warm_up() -> None:
    """Load the encoders into this process."""
    import av

    for kind in FORMATS.values():
        av.Codec(kind.codec, "w")


def write(
    sound: Iterable["av.AudioFrame"], kind: Format, rate: int, path: Path, tags: Mapping[str, str], sink: Sink | None
) -> bool:
    """Whatever rate the sound has, the encoder resamples it to `rate` Hz. False when that leaves nothing to write."""
    import av

    options = dict(kind.container_options) | ({"flush_packets": "1"} if sink else {})
    with (
        Tee(path, sink) if sink else nullcontext(str(path)) as file,
        av.open(file, "w", format=kind.container, container_options=options) as container,
    ):
        container.metadata.update(tags)
        stream = container.add_stream(kind.codec, rate=rate, layout="mono", options=dict(kind.options))
        if kind.bit_rate:
            stream.bit_rate = kind.bit_rate
        container.start_encoding()
        has_sound = False
        for frame in chain(sound, [None]):
            packets = stream.encode(frame)
            has_sound = has_sound or bool(packets)
            container.mux(packets)
    return has_sound


def codec_rate(codec: str, sample_rate: int) -> int:
    """This rate where the codec takes it, else the next higher one that it takes; both in Hz."""
    import av

    rates = av.Codec(codec, "w").audio_rates
    if not rates or sample_rate in rates:
        return sample_rate
    return min((rate for rate in rates if rate > sample_rate), default=max(rates))


def frames(chunks: Iterable["np.ndarray"], sample_rate: int) -> Iterator["av.AudioFrame"]:
    import av

    position = 0
    for chunk in chunks:
        frame = av.AudioFrame.from_ndarray(chunk.reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate, frame.pts = sample_rate, position
        position += len(chunk)
        yield frame


class Loudness:
    """Counts the samples that go by and remembers the loudest of every 5 ms."""

    def __init__(self, sample_rate: int) -> None:
        self.samples = 0
        self._block = max(1, sample_rate // BLOCKS_A_SECOND)
        self._peaks = array("H")

    def watched(self, chunks: Iterable["np.ndarray"]) -> Iterator["np.ndarray"]:
        for chunk in chunks:
            if len(chunk):
                self._remember(chunk)
                yield chunk

    def _remember(self, chunk: "np.ndarray") -> None:
        import numpy as np

        started = self.samples % self._block  # samples of a block that the chunk before began
        starts = [0, *range((self._block - started) % self._block or self._block, len(chunk), self._block)]
        peaks = np.maximum.reduceat(np.abs(chunk.astype(np.int32)), starts)
        if started:
            peaks[0] = max(peaks[0], self._peaks.pop())
        self._peaks.extend(peaks.tolist())
        self.samples += len(chunk)

    def bars(self) -> list[int]:
        """The sound in 120 equal parts, each as loud as its loudest sample; the loudest of all is 100."""
        count, loudest = len(self._peaks), max(self._peaks, default=0) or 1
        edges = [count * bar // BARS for bar in range(BARS + 1)]
        parts = (self._peaks[start : max(end, start + 1)] for start, end in zip(edges, edges[1:], strict=False))
        return [round(100 * max(part) / loudest) for part in parts]
