"""What a recording to be cloned is like: `python -m voices.reference_probe FILE TRACK` prints one line of JSON.

As `voices.probe`, but all of the sound is decoded and measured. Where the engine may not know the kind of file, the
sound is also written to TRACK: WAV, 16 bit, one channel, at the source's rate but at most 48,000 Hz.
"""

import gc
import json
import os
import sys
import wave
from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

from voices import probe
from voices.containers import Container

if TYPE_CHECKING:
    import av
    import numpy as np

    from voices.reference_meter import Meter

LONGEST_SECONDS = 601  # nothing is read after that
TRACK_RATE = 48_000  # Hz, at most; the rate of Opus
TRACK_BYTES = 64 * 1024**2  # more than so many seconds take
BATCH_SECONDS = 1  # of sound that is measured at once
KNOWN = {"wav": "pcm", "mp3": "mp3", "mp4": "aac", "ogg": "opus", "flac": "flac"}  # files that the engine documents


class Recorder(probe.Listener):
    """Measures a sound, and writes it down where it has to be in another form."""

    decoded_seconds = longest_seconds = LONGEST_SECONDS

    def __init__(self, path: Path) -> None:
        self.path = path
        self.track: Track | None = None
        self.meter: Meter | None = None
        self._waiting: list[np.ndarray] = []
        self._needs_track = False

    def begin(self, container: Container, codec: str, has_video: bool) -> None:
        self._needs_track = has_video or KNOWN.get(container.name, "no") not in codec

    def hear(self, frames: "list[av.AudioFrame]") -> None:
        for frame in frames:
            if self.meter is None:
                self._start(frame.sample_rate)
            samples, channels = frame.to_ndarray(), frame.layout.nb_channels
            self._waiting.append(samples if frame.format.is_planar else samples.reshape(-1, channels).T)
            self._waiting_samples += frame.samples
            if self._waiting_samples >= BATCH_SECONDS * frame.sample_rate:
                self._measure()

    def _start(self, rate: int) -> None:
        from voices.reference_meter import Meter

        self.meter, self._waiting_samples = Meter(rate), 0
        self.track = Track(self.path, rate) if self._needs_track else None

    def _measure(self) -> None:
        import numpy as np

        if not self._waiting_samples:
            return
        mono = self.meter.add(np.concatenate(self._waiting, axis=1))
        self._waiting, self._waiting_samples = [], 0
        if self.meter.samples > (LONGEST_SECONDS + 2) * self.meter.rate:
            raise probe.Unreadable("This sound file is damaged: it holds more sound than it says.")
        if self.track:
            self.track.write(mono)

    def end(self) -> dict[str, object]:
        """What was measured; nothing when nothing could be decoded."""
        if self.meter is None:
            return {}
        self._measure()
        if self.track:
            self.track.close()
        return self.meter.result()


class Track:
    """A WAV file that takes one channel of float32 samples, -1 to 1, at `rate` Hz."""

    def __init__(self, path: Path, rate: int) -> None:
        import av

        self.rate, self._position = rate, 0
        self._resampler = av.AudioResampler(format="s16", layout="mono", rate=min(rate, TRACK_RATE))
        self._file = wave.Wave_write(str(path))
        self._file.setparams((1, 2, min(rate, TRACK_RATE), 0, "NONE", ""))

    def write(self, samples: "np.ndarray") -> None:
        import av

        frame = av.AudioFrame.from_ndarray(samples.reshape(1, -1), format="flt", layout="mono")
        frame.sample_rate, frame.pts = self.rate, self._position
        self._position += len(samples)
        self._keep(frame)

    def _keep(self, frame: "av.AudioFrame | None") -> None:
        for part in self._resampler.resample(frame):
            self._file.writeframes(part.to_ndarray().tobytes())

    def close(self) -> None:
        self._keep(None)
        self._file.close()


def examine(path: Path, track: Path) -> dict[str, object]:
    recorder = Recorder(track)
    try:
        found = asdict(probe.probe(path, recorder))
        return found | recorder.end() | {"has_track": recorder.track is not None}
    except probe.Unreadable as error:
        return {"refused": str(error)}
    except OSError as error:
        return {"errno": error.errno}  # the disk is full, for example


if __name__ == "__main__":
    probe.limit(written_bytes=TRACK_BYTES)
    os.environ["OPENBLAS_NUM_THREADS"] = "1"  # threads that nothing here uses would double the start of NumPy
    gc.disable()  # this process ends before there is anything to collect
    sys.stdout.write(json.dumps(examine(Path(sys.argv[1]), Path(sys.argv[2]))) + "\n")
