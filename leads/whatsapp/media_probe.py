"""What a sound or a video really holds, found by decoding: `python -m leads.whatsapp.media_probe FILE` prints JSON.

A process of its own with the limits of `voices.probe`: a hostile file may crash FFmpeg. Imports no Django.
"""

import json
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

from voices import containers
from voices.probe import CHANNELS_MAX, CODECS, MICROSECONDS, Unreadable, has_video, limit

if TYPE_CHECKING:
    import av

PACKETS = 2_000  # looked at for the first frame
VIDEO_CODECS = re.compile(r"h26[34]|hevc|mpeg4|(lib)?vp[89]|(lib)?(dav1d|av1|aom-av1)")
NOT_THAT = "It can't be decoded."


def look(path: Path) -> dict[str, Any]:
    """The container, `kind` audio or video, its length. Unreadable when nothing of it can be decoded."""
    import av

    with path.open("rb") as file:
        container = containers.recognise(file)
    if container is None:
        raise Unreadable(NOT_THAT)
    options = {"protocol_whitelist": "file", "format_whitelist": container.demuxer}
    try:
        with av.open(str(path), format=container.demuxer, options=options) as source:
            kind = "video" if has_video(source) else "audio"
            decode(source, kind)
            seconds = (source.duration or 0) / MICROSECONDS
    except (av.FFmpegError, ValueError, OverflowError, MemoryError) as error:
        raise Unreadable(NOT_THAT) from error
    return {"container": container.name, "kind": kind, "seconds": seconds}


def decode(source: "av.container.InputContainer", kind: str) -> None:
    """One frame of the stream that people would see or hear."""
    stream = next(iter(source.streams.video if kind == "video" else source.streams.audio), None)
    known = VIDEO_CODECS if kind == "video" else CODECS
    if stream is None or stream.codec_context is None or not known.fullmatch(stream.codec_context.name):
        raise Unreadable(NOT_THAT)
    if kind == "audio" and stream.codec_context.channels > CHANNELS_MAX:
        raise Unreadable(NOT_THAT)
    for _, packet in zip(range(PACKETS), source.demux(stream), strict=False):
        if packet.decode():
            return
    raise Unreadable(NOT_THAT)


def main(path: Path) -> None:
    limit()
    try:
        report = look(path)
    except Unreadable as error:
        report = {"refused": str(error)}
    sys.stdout.write(json.dumps(report) + "\n")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
