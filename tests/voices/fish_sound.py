"""Sound as the Fish Audio API answers it: a tone, 50 ms for each word, in its four formats."""

import io
import wave

import av
import numpy as np

CODECS = {"mp3": ("mp3", "libmp3lame"), "opus": ("ogg", "libopus")}
CONTENT_TYPES = {"wav": "audio/wav", "mp3": "audio/mpeg", "opus": "audio/opus", "pcm": "audio/pcm"}
WORD_SECONDS = 0.05


def tone(text: str, *, rate: int, speed: float, volume: float) -> np.ndarray:
    count = round(rate * WORD_SECONDS * len(text.split()) / speed)
    wave_form = np.sin(2 * np.pi * 440 * np.arange(count) / rate)
    return (wave_form * 8_000 * 10 ** (volume / 20)).clip(-32_768, 32_767).astype("<i2")


def sound(text: str, *, kind: str, rate: int, speed: float, volume: float) -> bytes:
    samples = tone(text, rate=rate, speed=speed, volume=volume)
    if kind == "pcm":
        return samples.tobytes()
    return wav(samples, rate) if kind == "wav" else encoded(samples, rate, *CODECS[kind])


def wav(samples: np.ndarray, rate: int) -> bytes:
    file = io.BytesIO()
    with wave.open(file, "wb") as writer:
        writer.setnchannels(1)
        writer.setsampwidth(2)
        writer.setframerate(rate)
        writer.writeframes(samples.tobytes())
    return file.getvalue()


def encoded(samples: np.ndarray, rate: int, container: str, codec: str) -> bytes:
    file = io.BytesIO()
    with av.open(file, "w", format=container) as output:
        stream = output.add_stream(codec, rate=rate, layout="mono")
        frame = av.AudioFrame.from_ndarray(samples.astype(np.int16).reshape(1, -1), format="s16", layout="mono")
        frame.sample_rate = rate
        resampler = av.AudioResampler(stream.format, stream.layout, rate, frame_size=stream.frame_size or None)
        for part in (*resampler.resample(frame), *resampler.resample(None), None):
            output.mux(stream.encode(part))
    return file.getvalue()
