"""Every kind of sound file, written and decoded again."""

import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from jobs.audio import FORMATS, FormatUnknown, encode
from jobs.text import NothingToSay
from tests.jobs import decoding
from tests.jobs.decoding import AAC_FRAME, CONTAINERS, Decoded, assert_lasts

RATE = 22_050


def tone(seconds: float, *, volume: float = 0.5, rate: int = RATE) -> np.ndarray:
    time = np.arange(round(seconds * rate)) / rate
    return (np.sin(2 * np.pi * 440 * time) * volume * 32_767).astype(np.int16)


def write(path: Path, chunks: list[np.ndarray], *, kind: str = "wav", **options: Any) -> Any:
    return encode(chunks, sample_rate=RATE, format=kind, path=path, **options)


def decode(path: Path, kind: str, rate: int = RATE) -> Decoded:
    return decoding.decode(path, raw_rate=rate if kind == "pcm" else None)


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100, 48_000])
def test_every_format_gives_the_sound_back(tmp_path: Path, kind: str, rate: int) -> None:
    path, original = tmp_path / "sound", tone(1.234, rate=rate)
    chunks = [original[:7], original[7:7], original[7:9000], original[9000:]]
    encoded = encode(chunks, sample_rate=rate, format=kind, path=path)
    sound = decode(path, kind, rate)
    assert (sound.container, sound.channels) == (CONTAINERS[kind], 1)
    assert sound.rate == (48_000 if kind == "opus" else rate)
    assert encoded.duration == len(original) / rate
    assert encoded.size_bytes == path.stat().st_size
    assert_lasts(sound, encoded.duration)
    assert_same_sound(sound, original, rate)


def assert_same_sound(sound: Decoded, original: np.ndarray, rate: int) -> None:
    """Apart from its ends, where codecs swing in and out."""
    begin = AAC_FRAME if sound.container == "aac" else 0
    time = np.arange(0.1, 1.1, 1 / sound.rate)
    heard = sound.samples[begin + round(0.1 * sound.rate) :][: len(time)]
    expected = np.interp(time, np.arange(len(original)) / rate, original / 32_768)
    assert (heard - expected).std() < 0.06 * expected.std()  # LAME alone turns it down by 5 %


@pytest.mark.parametrize("kind", ["wav", "mp3", "opus", "flac"])
def test_the_file_says_how_long_it_is(tmp_path: Path, kind: str) -> None:
    encoded = write(tmp_path / "a", [tone(3.21)], kind=kind)
    pre_skip = 0.0065 if kind == "opus" else 0  # which FFmpeg counts and players leave out
    assert decode(tmp_path / "a", kind).header_duration == pytest.approx(encoded.duration + pre_skip, abs=0.001)


@pytest.mark.parametrize(
    ("kind", "asked", "had"), [("pcm", 24_000, 24_000), ("wav", 8_000, 8_000), ("opus", 44_100, 48_000)]
)
def test_another_rate_than_the_voices(tmp_path: Path, kind: str, asked: int, had: int) -> None:
    encoded = write(tmp_path / "a", [tone(0.4), tone(0.3)], kind=kind, file_rate=asked)
    sound = decode(tmp_path / "a", kind, asked)
    assert (encoded.sample_rate, sound.rate, encoded.duration) == (had, had, 0.7)
    assert_lasts(sound, 0.7)


def test_nothing_is_lost_without_compression(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(-32_768, 32_768, 5_000).astype(np.int16)
    for kind in ("wav", "flac", "pcm"):
        write(tmp_path / "a", [noise], kind=kind)
        assert np.array_equal(decode(tmp_path / "a", kind).samples * 32_768, noise)


def test_the_lowest_sample_has_a_peak(tmp_path: Path) -> None:
    lowest = np.full(RATE, -32_768, np.int16)  # its positive twin does not fit into 16 bits
    assert write(tmp_path / "a", [lowest, tone(1)]).peaks[:60] == [100] * 60


@pytest.mark.parametrize(("kind", "most"), [("mp3", 66_000), ("aac", 66_000), ("opus", 40_000), ("flac", 220_000)])
def test_what_is_compressed_is_small(tmp_path: Path, kind: str, most: int) -> None:
    noise = np.random.default_rng(1).normal(0, 90, 10 * RATE)
    encoded = write(tmp_path / "a", [(tone(10) * 0.7 + noise).astype(np.int16)], kind=kind)
    assert 20_000 < encoded.size_bytes * 8 / 10 < most  # bits a second; 352,800 as it is


@pytest.mark.parametrize("kind", [kind for kind in FORMATS if kind != "pcm"])
def test_tags(tmp_path: Path, kind: str) -> None:
    write(tmp_path / "tagged", [tone(0.5)], kind=kind, title="Grüße, 你好", artist="Alice")
    write(tmp_path / "bare", [tone(0.5)], kind=kind)
    tags = decode(tmp_path / "tagged", kind).tags
    assert (tags["title"], tags["artist"]) == ("Grüße, 你好", "Alice")
    assert not {"title", "artist"} & decode(tmp_path / "bare", kind).tags.keys()


def test_pcm_is_samples_and_nothing_else(tmp_path: Path) -> None:
    sound = tone(0.5)
    write(tmp_path / "a", [sound], kind="pcm", title="Grüße", artist="Alice")
    assert (tmp_path / "a").read_bytes() == sound.astype("<i2").tobytes()


def test_peaks_draw_the_sound(tmp_path: Path) -> None:
    parts = [tone(2, volume=0.8), tone(2, volume=0.4), np.zeros(2 * RATE, np.int16)]
    peaks = write(tmp_path / "a", parts).peaks
    assert len(peaks) == 120
    assert all(isinstance(peak, int) for peak in peaks)
    assert peaks[:40] == [100] * 40
    assert peaks[41:80] == [50] * 39
    assert peaks[81:] == [0] * 39


def test_peaks_do_not_depend_on_the_chunks(tmp_path: Path) -> None:
    sound = (tone(3) * np.linspace(0, 1, 3 * RATE)).astype(np.int16)
    sizes = [1, 50, 109, 110, 111, 3_000, 12_345]
    edges = np.cumsum(sizes * 3)
    assert write(tmp_path / "a", np.split(sound, edges)).peaks == write(tmp_path / "b", [sound]).peaks


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("rate", [None, 48_000])
def test_the_shortest_sounds(tmp_path: Path, kind: str, rate: int | None) -> None:
    encoded = write(tmp_path / "a", [tone(0.02)], kind=kind, file_rate=rate)
    assert encoded.duration == 0.02
    assert 0.019 < decode(tmp_path / "a", kind, encoded.sample_rate).duration < 0.12
    with suppress(NothingToSay):
        write(tmp_path / "b", [tone(0.02)[:1]], kind=kind, file_rate=rate)
        assert (tmp_path / "b").stat().st_size


@pytest.mark.parametrize("samples", [1, 2, 150, 3_000])
def test_short_and_silent_sounds(tmp_path: Path, samples: int) -> None:
    encoded = write(tmp_path / "a", [np.zeros(samples, np.int16)])
    assert encoded.peaks == [0] * 120
    assert encoded.duration == samples / RATE
    assert write(tmp_path / "a", [np.full(samples, 9, np.int16)]).peaks == [100] * 120


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("chunks", [[], [np.zeros(0, np.int16)] * 3], ids=["no chunk", "empty chunks"])
def test_no_sound_is_refused(tmp_path: Path, kind: str, chunks: list[np.ndarray]) -> None:
    with pytest.raises(NothingToSay, match="There is nothing to say in this text."):
        write(tmp_path / "a", chunks, kind=kind)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", FORMATS)
def test_an_error_leaves_no_file(tmp_path: Path, kind: str) -> None:
    def failing() -> Iterator[np.ndarray]:
        yield tone(5)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        write(tmp_path / "a", failing(), kind=kind)
    assert list(tmp_path.iterdir()) == []


def test_unknown_format(tmp_path: Path) -> None:
    with pytest.raises(
        FormatUnknown, match="tape is not a known format. Choose one of: wav, mp3, opus, flac, aac, pcm"
    ):
        write(tmp_path / "a", [tone(1)], kind="tape")
    assert list(tmp_path.iterdir()) == []


def test_the_web_server_does_not_import_av() -> None:
    code = "import sys, jobs.audio; assert not {'av', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
