"""Real sound files of every kind, and files that only look like some."""

import functools
import io
import struct

import av
import numpy as np

KINDS = {
    "wav": ("wav", "pcm_s16le", "audio/wav"),
    "mp3": ("mp3", "libmp3lame", "audio/mpeg"),
    "m4a": ("ipod", "aac", "audio/mp4"),
    "aac": ("adts", "aac", "audio/aac"),
    "ogg": ("ogg", "libopus", "audio/ogg"),
    "flac": ("flac", "flac", "audio/flac"),
    "webm": ("webm", "libopus", "audio/webm"),
}


@functools.cache
def sound(kind: str = "wav", seconds: float = 1.0, channels: str = "mono", with_video: bool = False) -> bytes:
    """A tone; `mp4` and `webm` may have pictures too."""
    container, codec, _ = KINDS.get(kind, (kind, "aac", ""))
    target = io.BytesIO()
    with av.open(target, "w", format=container) as file:
        stream = file.add_stream(codec, rate=48_000, layout=channels)
        if with_video:
            add_video(file, seconds)
        for frame in tone(seconds, stream.layout.nb_channels, channels):
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return target.getvalue()


def tone(seconds: float, count: int, layout: str):
    wave = (8_000 * np.sin(np.arange(int(seconds * 48_000)) * 0.05)).astype(np.int16)
    for start in range(0, len(wave), 1_024):
        samples = np.repeat(wave[start : start + 1_024], count).reshape(1, -1)
        frame = av.AudioFrame.from_ndarray(samples, format="s16", layout=layout)
        frame.sample_rate, frame.pts = 48_000, start
        yield frame


def add_video(file, seconds: float) -> None:
    stream = file.add_stream("libvpx" if file.format.name == "webm" else "mpeg4", rate=10)
    stream.width, stream.height, stream.pix_fmt = 64, 48, "yuv420p"
    for number in range(int(seconds * 10)):
        frame = av.VideoFrame.from_ndarray(np.zeros((48, 64, 3), np.uint8), format="rgb24")
        frame.pts = number
        file.mux(stream.encode(frame))
    file.mux(stream.encode(None))


def recording() -> bytes:
    """WebM as a browser records it: written as it goes, so that its header knows no length."""

    class Pipe(io.RawIOBase):
        def __init__(self) -> None:
            self.written = b""

        def writable(self) -> bool:
            return True

        def write(self, data) -> int:
            self.written += bytes(data)
            return len(data)

    pipe = Pipe()
    with av.open(pipe, "w", format="webm", options={"live": "1"}) as file:
        stream = file.add_stream("libopus", rate=48_000, layout="mono")
        for frame in tone(2.0, 1, "mono"):
            file.mux(stream.encode(frame))
        file.mux(stream.encode(None))
    return pipe.written


def wav(
    samples: bytes, *, channels: int = 1, rate: int = 8_000, bits: int = 16, fmt_size: int = 16, size: int | None = None
) -> bytes:
    """A WAV file that says what it is told to."""
    head = struct.pack("<4sI4s4sI", b"RIFF", 36 + len(samples), b"WAVE", b"fmt ", fmt_size)
    per_frame = channels * bits // 8
    fmt = struct.pack("<HHIIHH", 1, channels, rate, rate * per_frame & 0xFFFFFFFF, per_frame & 0xFFFF, bits)
    return head + fmt + struct.pack("<4sI", b"data", len(samples) if size is None else size) + samples


def id3(size: int) -> bytes:
    """The head of an ID3 tag of so many bytes."""
    return b"ID3\x04\0\0" + bytes(size >> shift & 0x7F for shift in (21, 14, 7, 0))
