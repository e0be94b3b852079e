"""Recordings that are as good or as bad for cloning as a test wants."""

import functools
import io

import av
import numpy as np

from tests.voices.sounds import add_video, sound, wav

RATE = 8_000  # Hz


def tone(seconds: float, db: float = -6.0) -> np.ndarray:
    """A tone whose tops are at `db` dBFS."""
    return 10 ** (db / 20) * np.sin(np.arange(int(seconds * RATE)) * 0.5)


def silence(seconds: float) -> np.ndarray:
    return np.zeros(int(seconds * RATE))


def wav_of(*parts: np.ndarray) -> bytes:
    """16 bit, mono; what is louder than can be is cut off, as a bad microphone does."""
    samples = np.clip(np.concatenate(parts) * 32_768, -32_768, 32_767)
    return wav(samples.astype("<i2").tobytes(), rate=RATE)


@functools.cache
def video_without_sound() -> bytes:
    target = io.BytesIO()
    with av.open(target, "w", format="mp4") as file:
        add_video(file, 2.0)
    return target.getvalue()


GOOD = wav_of(tone(12))
REFUSED = {  # the content, what it is called, the status, and a part of the sentence
    "too low a rate": (wav(b"\x40" * 6_000, rate=2_000, bits=8), "a.wav", 422, "has 2,000 Hz, too few for a voice"),
    "empty": (b"", "a.wav", 422, "is empty"),
    "text": (b"Dear diary, today I spoke.\n" * 100, "a.wav", 415, "no sound file"),
    "a page before the sound": (
        b"<html><script>alert(1)</script></html>" + sound("mp3", 2.0),
        "a.mp3",
        415,
        "no sound",
    ),
    "truncated": (sound("m4a", 3.0)[:9_000], "a.m4a", 415, "."),
    "cut off": (sound("wav", 3.0)[:50_000], "a.wav", 415, "ends before its sound does"),
    "mislabelled": (sound("mp3", 2.0), "a.wav", 415, "not what it is called"),
    "header alone": (wav(b""), "a.wav", 422, "ends after its header"),
    "video without sound": (video_without_sound(), "a.mp4", 415, "no sound in this file"),
    "silence": (wav_of(silence(3)), "a.wav", 422, "nothing to hear"),
    "nearly silence": (wav_of(tone(3, -61)), "a.wav", 422, "nothing to hear"),
    "0.2 seconds": (wav_of(tone(0.2)), "a.wav", 422, "shorter than a second"),
    "20 minutes": (wav(b"\x40" * RATE * 1_200, bits=8, rate=RATE), "a.wav", 422, "longer than 10 minutes"),
    "9 channels": (wav(b"\1\2" * 9 * RATE * 2, channels=9), "a.wav", 422, "9 channels"),
}
