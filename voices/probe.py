"""What a sound file really is, found by decoding it: `python -m voices.probe FILE` prints one line of JSON.

A process of its own, with limits, because a hostile file may crash FFmpeg or have it take all memory and time. Imports
no Django.
"""

import json
import re
import sys
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from config import child_limits
from voices import containers
from voices.containers import Container

if TYPE_CHECKING:
    import av

MEMORY_BYTES = 1536 * 1024**2  # of addresses
CPU_SECONDS = 10
DECODED_SECONDS = 30  # that are decoded; of the rest only the packets are read
LONGEST_SECONDS = 3_601  # nothing is read after that
CHANNELS_MAX = 64  # more are counted, but never decoded
MICROSECONDS = 1_000_000
BROKEN_SHARE = 0.1  # of the decoded packets
DAMAGED = "This sound file is damaged: it can't be decoded. Export it again, or choose another one."
CODECS = re.compile(
    r"pcm_\w+|adpcm_(ms|ima_wav)|mp[123](float)?|aac(_fixed)?|alac|flac|(lib)?opus|(lib)?vorbis|(lib)?speex"
)


@dataclass(frozen=True)
class Probe:
    """A file that was read: `duration` in seconds, counted from its packets, `sample_rate` in Hz."""

    container: str
    codec: str
    duration: float
    channels: int
    sample_rate: int
    has_video: bool


class Unreadable(Exception):
    """Why the file is no sound, as a sentence."""


class Listener:
    """Who is told of the sound while it is decoded, and how much of it that is. This one wants only its beginning."""

    decoded_seconds: float = DECODED_SECONDS
    longest_seconds: float = LONGEST_SECONDS  # nothing is read after that

    def begin(self, container: Container, codec: str, has_video: bool) -> None:
        """Before anything is decoded."""

    def hear(self, frames: "list[av.AudioFrame]") -> None:
        """What one packet holds."""


class Extent:
    """From when to when packets last, in seconds; those without a time follow one another."""

    def __init__(self) -> None:
        self.start: float | None = None
        self.end = 0.0

    def add(self, packet: "av.Packet") -> None:
        unit = float(packet.time_base)  # fractions would take longer than the decoding
        length = (packet.duration or 0) * unit
        begin = self.end if packet.pts is None else packet.pts * unit
        self.start = begin if self.start is None else min(self.start, begin)
        self.end = max(self.end, begin + length)

    @property
    def seconds(self) -> float:
        return self.end - (self.start or 0.0)


def probe(path: Path, listener: Listener | None = None) -> Probe:
    """Decode what the listener wants and read on to the end. Unreadable when it is no sound or ends too early."""
    import av

    with path.open("rb") as file:
        container = containers.recognise(file)
    if container is None:
        raise Unreadable("This is no sound file that is known here. Send WAV, MP3, M4A, AAC, Ogg, FLAC or WebM.")
    options = {"protocol_whitelist": "file", "format_whitelist": container.demuxer}
    try:
        with av.open(str(path), format=container.demuxer, options=options) as source:
            return measure(source, container, path, listener or Listener())
    except (av.FFmpegError, ValueError, OverflowError, MemoryError) as error:
        raise Unreadable(DAMAGED) from error


def measure(source: "av.container.InputContainer", container: Container, path: Path, listener: Listener) -> Probe:
    stream = next(iter(source.streams.audio), None)
    if stream is None:
        raise Unreadable("There is no sound in this file. Choose another one.")
    codec = stream.codec_context
    if codec is None or not CODECS.fullmatch(codec.name):
        raise Unreadable("The sound in this file is coded in a way that is not taken here. Convert it to WAV or MP3.")
    heard, seen = Extent(), Extent()
    if codec.channels <= CHANNELS_MAX:
        listener.begin(container, codec.name, has_video(source))
        read(source, stream, heard, seen, listener)
        if seen.seconds < listener.longest_seconds:
            check_end(container, path, header_seconds(source, container, path), seen.seconds)
    return Probe(container.name, codec.name, heard.seconds, codec.channels, codec.sample_rate, has_video(source))


def read(
    source: "av.container.InputContainer", stream: "av.AudioStream", heard: Extent, seen: Extent, listener: Listener
) -> None:
    """Read all packets, decode the first of the stream's; Unreadable when too many of them are broken."""
    import av

    good = broken = 0
    for packet in source.demux():
        if not packet.size:
            continue
        seen.add(packet)
        if packet.stream is stream:
            heard.add(packet)
        if heard.seconds > listener.longest_seconds:
            return
        if packet.stream is stream and heard.seconds < listener.decoded_seconds + 1:
            try:
                frames = packet.decode()
                good += bool(frames)
                listener.hear(frames)
            except av.InvalidDataError:
                broken += 1
    if not good or broken > good * BROKEN_SHARE:
        raise Unreadable(DAMAGED)


def header_seconds(source: "av.container.InputContainer", container: Container, path: Path) -> float:
    """How long the header says that it is; 0 when it says nothing and FFmpeg guessed."""
    if container.name in ("aac", "ogg"):
        return 0.0
    with path.open("rb") as file:
        if container.name == "mp3" and not containers.has_mp3_length(file):
            return 0.0
    return (source.duration or 0) / MICROSECONDS


def check_end(container: Container, path: Path, announced: float, found: float) -> None:
    with path.open("rb") as file:
        is_cut_off = containers.is_cut_off(container, file)
    if is_cut_off or announced > found * 1.01 + 0.1:
        raise Unreadable("This file ends before its sound does. Upload the whole file.")


def has_video(source: "av.container.InputContainer") -> bool:
    """Whether there are moving pictures; a cover is none."""
    from av.stream import Disposition

    return any(not stream.disposition & Disposition.attached_pic for stream in source.streams.video)


def limit(*, written_bytes: int = 0) -> None:
    child_limits.limit(memory_bytes=MEMORY_BYTES, cpu_seconds=CPU_SECONDS, written_bytes=written_bytes)


def main(path: Path) -> None:
    limit()
    try:
        report = asdict(probe(path))
    except Unreadable as error:
        report = {"refused": str(error)}
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
