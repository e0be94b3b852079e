"""How loud a sound is, how much of it is speech, and how it looks. Imports no Django."""

import math

import numpy as np

BARS = 120  # of the waveform that a page draws
FRAME_SECONDS = 0.02  # whose energy tells speech from silence
FULL_SCALE = 32_768  # of 16 bit
CLIPPED = (FULL_SCALE - 1) / FULL_SCALE  # a sample this far from zero has most likely been cut off
FLOOR_DB = -90.0  # what nothing at all counts as
SILENT_DB = -60.0  # a frame below is never speech
ABOVE_NOISE_DB = 10.0  # so much louder than the quietest tenth of the frames is speech,
NEAR_LOUD_DB, FAR_FROM_LOUD_DB = 15.0, 40.0  # but what is this near to the loudest frames always is, this far never


class Meter:
    """Takes a sound part by part: arrays of shape (channels, samples) at `rate` Hz, of any type that FFmpeg has."""

    def __init__(self, rate: int) -> None:
        self.rate = rate
        self.samples = 0
        self._frame = max(1, round(rate * FRAME_SECONDS))
        self._values = self._clipped = 0
        self._peak = 0.0
        self._rest = np.zeros(0, np.float32)
        self._energies: list[np.ndarray] = []
        self._tops: list[np.ndarray] = []

    def add(self, part: np.ndarray) -> np.ndarray:
        """The part in one channel, the mean of all of them, as float32 from -1 to 1."""
        loud = np.abs(sound := as_floats(part))
        self.samples += sound.shape[1]
        self._values += sound.size
        self._peak = max(self._peak, float(loud.max()))
        self._clipped += int(np.count_nonzero(loud >= CLIPPED))
        mono = sound[0] if len(sound) == 1 else sound.mean(axis=0)
        waiting = np.concatenate([self._rest, mono])
        whole = len(waiting) - len(waiting) % self._frame
        self._remember(waiting[:whole].reshape(-1, self._frame))
        self._rest = waiting[whole:]
        return mono

    def _remember(self, frames: np.ndarray) -> None:
        if frames.size:
            self._energies.append(np.square(frames).mean(axis=1))
            self._tops.append(np.abs(frames).max(axis=1))

    def result(self) -> dict[str, float | list[int]]:
        """`duration` in seconds, `peak_db` in dBFS, shares from 0 to 1, 120 `peaks` from 0 to 100."""
        self._remember(self._rest.reshape(1, -1))
        return {
            "duration": self.samples / self.rate,
            "peak_db": round(decibels(self._peak), 1),
            "clipped_share": round(self._clipped / max(1, self._values), 5),
            "speech_share": round(speech_share(joined(self._energies)), 3),
            "peaks": bars(joined(self._tops)),
        }


def as_floats(part: np.ndarray) -> np.ndarray:
    """Samples as float32 from -1 to 1; what is louder, or no number, as a file of floats may hold it, is cut off."""
    if part.dtype == np.uint8:
        return part.astype(np.float32) / 128 - 1
    if part.dtype.kind == "i":
        return part.astype(np.float32) / -float(np.iinfo(part.dtype).min)
    return np.clip(np.nan_to_num(part.astype(np.float32)), -1, 1)


def joined(parts: list[np.ndarray]) -> np.ndarray:
    return np.concatenate(parts) if parts else np.zeros(1)


def decibels(amplitude: float) -> float:
    return max(FLOOR_DB, 20 * math.log10(amplitude)) if amplitude else FLOOR_DB


def speech_share(energies: np.ndarray) -> float:
    """The share of frames that are louder than the noise. Only energy is looked at: a tone counts as speech too."""
    levels = np.maximum(10 * np.log10(np.maximum(energies, 1e-12)), FLOOR_DB)
    noise, loud = np.percentile(levels, (10, 95))
    limit = np.clip(noise + ABOVE_NOISE_DB, loud - FAR_FROM_LOUD_DB, loud - NEAR_LOUD_DB)
    return float(np.mean(levels > max(limit, SILENT_DB)))


def bars(tops: np.ndarray) -> list[int]:
    """The sound in 120 equal parts, each as loud as its loudest sample; the loudest of all is 100."""
    edges = np.arange(BARS) * len(tops) // BARS
    return np.round(100 * np.maximum.reduceat(tops, edges) / (tops.max() or 1)).astype(int).tolist()
