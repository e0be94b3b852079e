"""Sound files, decoded again to see what is in them."""

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import av
import numpy as np
import pytest

from jobs.audio import FORMATS, Format, FormatUnknown, encode
from jobs.text import NothingToSay

RATE = 22_050


def tone(seconds: float, *, volume: float = 0.5, rate: int = RATE) -> np.ndarray:
    time = np.arange(round(seconds * rate)) / rate
    return (np.sin(2 * np.pi * 440 * time) * volume * 32_767).astype(np.int16)


def write(path: Path, chunks: list[np.ndarray], *, kind: str = "wav", **options: Any) -> Any:
    return encode(chunks, sample_rate=RATE, format=kind, path=path, **options)


def decode(path: Path) -> tuple[np.ndarray, Any]:
    """Samples from -1 to 1 of shape (channels, samples), and the open container."""
    container = av.open(str(path))
    frames = [frame.to_ndarray() for frame in container.decode(audio=0)]
    sound = np.concatenate([frame.reshape(1, -1) for frame in frames], axis=1)
    return (sound / 32_768 if sound.dtype == np.int16 else sound), container


@pytest.mark.parametrize("kind", FORMATS)
@pytest.mark.parametrize("rate", [16_000, 22_050, 24_000, 44_100, 48_000])
def test_every_format_gives_the_sound_back(tmp_path: Path, kind: str, rate: int) -> None:
    path, original = tmp_path / "sound", tone(1.234, rate=rate)
    chunks = [original[:7], original[7:7], original[7:9000], original[9000:]]
    encoded = encode(chunks, sample_rate=rate, format=kind, path=path)
    sound, container = decode(path)
    stream = container.streams.audio[0]
    assert (stream.rate, stream.channels) == (rate, 1)
    assert sound.shape == (1, len(original))
    assert np.abs(sound[0] - original / 32_768)[500:-500].max() < 0.04  # LAME turns it down by 5 %
    assert encoded.duration == len(original) / rate
    assert container.duration / 1e6 == pytest.approx(encoded.duration, abs=0.001)
    assert encoded.size_bytes == path.stat().st_size


def test_wav_is_exact(tmp_path: Path) -> None:
    noise = np.random.default_rng(1).integers(-32_768, 32_768, 5_000).astype(np.int16)
    write(tmp_path / "a", [noise])
    sound, _ = decode(tmp_path / "a")
    assert np.array_equal(sound[0] * 32_768, noise)


def test_the_lowest_sample_has_a_peak(tmp_path: Path) -> None:
    lowest = np.full(RATE, -32_768, np.int16)  # its positive twin does not fit into 16 bits
    assert write(tmp_path / "a", [lowest, tone(1)]).peaks[:60] == [100] * 60


def test_mp3_is_small(tmp_path: Path) -> None:
    encoded = write(tmp_path / "a", [tone(10)], kind="mp3")
    assert encoded.size_bytes * 8 / 10 == pytest.approx(64_000, rel=0.03)


@pytest.mark.parametrize("kind", FORMATS)
def test_tags(tmp_path: Path, kind: str) -> None:
    write(tmp_path / "tagged", [tone(0.5)], kind=kind, title="Grüße, 你好", artist="Alice")
    write(tmp_path / "bare", [tone(0.5)], kind=kind)
    tags = av.open(str(tmp_path / "tagged")).metadata
    assert (tags["title"], tags["artist"]) == ("Grüße, 你好", "Alice")
    assert not {"title", "artist"} & av.open(str(tmp_path / "bare")).metadata.keys()


def test_a_codec_that_refuses_the_rate_gets_another(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(FORMATS, "opus", Format("audio/ogg", "opus", "ogg", "libopus", 32_000))
    encoded = write(tmp_path / "a", [tone(2)], kind="opus")
    sound, container = decode(tmp_path / "a")
    assert encoded.duration == 2
    assert sound.shape[1] / container.streams.audio[0].rate == pytest.approx(2, abs=0.001)


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
    with pytest.raises(FormatUnknown, match="tape is not a known format. Choose one of: wav, mp3"):
        write(tmp_path / "a", [tone(1)], kind="tape")
    assert list(tmp_path.iterdir()) == []


def test_the_web_server_does_not_import_av() -> None:
    code = "import sys, jobs.audio; assert not {'av', 'numpy'} & set(sys.modules)"
    subprocess.run([sys.executable, "-c", code], check=True)
