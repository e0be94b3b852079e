"""Sound files, decoded again to see what is in them."""

import io
from dataclasses import dataclass
from pathlib import Path

import av
import numpy as np

CONTENT_TYPES = {
    "wav": "audio/wav",
    "mp3": "audio/mpeg",
    "opus": "audio/ogg",
    "flac": "audio/flac",
    "aac": "audio/aac",
    "pcm": "audio/pcm",
}
CONTAINERS = {"wav": "wav", "mp3": "mp3", "opus": "ogg", "flac": "flac", "aac": "aac", "pcm": "s16le"}
AAC_FRAME = 1_024  # samples: ADTS begins with one of silence, fills up its last one, and can't tell either


@dataclass
class Decoded:
    samples: np.ndarray  # from -1 to 1, of shape (samples,)
    rate: int  # Hz
    channels: int
    container: str  # FFmpeg's name
    codec: str
    header_duration: float  # seconds, as the file says or players guess
    tags: dict[str, str]

    @property
    def duration(self) -> float:
        return len(self.samples) / self.rate


def decode(sound: Path | bytes, *, raw_rate: int | None = None) -> Decoded:
    """Of raw samples, in which nothing says so, `raw_rate` is the rate."""
    file = io.BytesIO(sound if isinstance(sound, bytes) else sound.read_bytes())
    raw = {"format": "s16le", "options": {"sample_rate": str(raw_rate)}} if raw_rate else {}
    with av.open(file, **raw) as container:
        stream = container.streams.audio[0]
        frames = np.concatenate([frame.to_ndarray().reshape(-1) for frame in container.decode(stream)])
        return Decoded(
            frames / 32_768 if frames.dtype == np.int16 else frames,
            stream.rate,
            stream.channels,
            container.format.name,
            stream.codec_context.name,
            container.duration / 1_000_000,
            container.metadata | stream.metadata,
        )


def assert_lasts(sound: Decoded, seconds: float) -> None:
    """Exactly as long as it should be, but for AAC, which grows by up to two frames."""
    longer = 2 * AAC_FRAME / sound.rate if sound.container == "aac" else 0.0
    assert seconds - 0.001 <= sound.duration <= seconds + longer + 0.001
