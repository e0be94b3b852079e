"""What recordings are like, and which of them may become a voice."""

import io
import json
import subprocess
import sys
import wave

import numpy as np
import pytest
from django.conf import settings as project_settings

from config.errors import DomainError, TooLarge
from config.files import LocalFile
from tests.voices.recordings import GOOD, REFUSED, tone, wav_of
from tests.voices.recordings import silence as nothing
from tests.voices.sounds import KINDS, recording, sound, wav
from voices import reference_check, sound_files
from voices.sound_files import NotAudio

KNOWS_NOTHING = """
import json, sys
from pathlib import Path
from voices import reference_probe
reference_probe.KNOWN = {}
print(json.dumps(reference_probe.examine(Path(sys.argv[1]), Path(sys.argv[2]))))
"""


@pytest.fixture
def each_file_is_read_once():
    """Not here: what reads them is what these tests are about."""


@pytest.fixture
def examine(tmp_path):
    """What a recording is found to be, and the sound track that was made of it."""

    def examined(content, name="", content_type=""):
        path = tmp_path / "upload"
        path.write_bytes(content)
        with (
            LocalFile(path) as file,
            reference_check.examined(file, name=name, content_type=content_type) as found,
        ):
            return found, found.track and found.track.read_bytes()

    return examined


@pytest.fixture
def no_work_files():
    """A worker that an earlier test has killed may have left one."""
    work = project_settings.VAR_DIR / "work"
    before = set(work.glob("*.wav"))
    yield
    assert set(work.glob("*.wav")) == before


@pytest.mark.parametrize("kind", KINDS)
def test_each_kind_of_sound_is_measured(examine, no_work_files, kind):
    found, track = examine(sound(kind, 2.0, "stereo"), f"a.{kind}", KINDS[kind][2])
    assert found.sound.duration == pytest.approx(2.0, abs=0.06)
    assert found.measured["peak_db"] == pytest.approx(-12.2, abs=1)
    assert (found.measured["clipped_share"], found.measured["speech_share"]) == (0, pytest.approx(1, abs=0.05))
    assert (len(found.peaks), max(found.peaks), found.keeps_track) == (120, 100, False)
    assert (track is None) == (kind not in ("aac", "webm"))


@pytest.mark.parametrize("kind", ["mp4", "mov", "webm", "matroska"])
def test_of_a_video_the_sound_track_is_taken(examine, no_work_files, kind):
    found, track = examine(sound(kind, 2.0, "stereo", with_video=True))
    with wave.open(io.BytesIO(track)) as file:
        assert (file.getnchannels(), file.getsampwidth(), file.getframerate()) == (1, 2, 48_000)
        samples = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    assert len(samples) / 48_000 == pytest.approx(2.0, abs=0.06)
    assert np.abs(samples).max() == pytest.approx(8_000, rel=0.1)
    assert (found.keeps_track, found.kind.content_type, found.sound.has_video) == (True, "audio/wav", True)


def test_a_recording_of_a_browser_goes_to_the_engine_as_wav_but_is_kept_as_it_is(examine):
    found, track = examine(recording(), "Recording.webm", "audio/webm;codecs=opus")
    assert (track[:4], found.kind.content_type, found.kept_bytes) == (b"RIFF", "audio/webm", len(recording()))


def test_the_track_of_a_low_rate_keeps_that_rate(examine, monkeypatch):
    monkeypatch.setattr(reference_check, "PROGRAM", ["-c", KNOWS_NOTHING])
    _, track = examine(GOOD)
    with wave.open(io.BytesIO(track)) as file:
        assert (file.getframerate(), file.getnframes()) == (8_000, 12 * 8_000)


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_recording_is_refused(examine, no_work_files, name):
    content, called, status, words = REFUSED[name]
    with pytest.raises(DomainError) as refused:
        examine(content, called)
    assert refused.value.status == status
    assert words in refused.value.message
    assert getattr(refused.value, "field", "audio") == "audio"


@pytest.mark.parametrize(("seconds", "is_taken"), [(0.99, False), (1.0, True), (600.0, True), (601.0, False)])
def test_the_limits_of_the_length(examine, seconds, is_taken):
    content = wav(b"\x40" * int(seconds * 8_000), bits=8)
    if is_taken:
        assert examine(content)[0].sound.duration == seconds
    else:
        with pytest.raises(DomainError):
            examine(content)


@pytest.mark.parametrize(
    ("content", "field", "value"),
    [
        (wav_of(tone(3, -34)), "peak_db", pytest.approx(-34, abs=0.2)),
        (wav_of(tone(3, 6)), "clipped_share", pytest.approx(0.67, abs=0.05)),
        (wav_of(tone(3, -0.1)), "clipped_share", 0.0),
        (wav_of(tone(2), nothing(2)), "speech_share", pytest.approx(0.5, abs=0.02)),
        (wav_of(tone(3), tone(1, -50)), "speech_share", pytest.approx(0.75, abs=0.02)),
        (wav_of(tone(3)), "speech_share", 1.0),
    ],
)
def test_what_is_measured(examine, content, field, value):
    assert examine(content)[0].measured[field] == value


def test_the_peaks_draw_the_sound(examine):
    peaks = examine(wav_of(tone(2, -6), tone(2, -12)))[0].peaks
    assert (peaks[:55], peaks[65:]) == ([100] * 55, pytest.approx([50] * 55, abs=1))


def test_one_channel_that_is_cut_off_counts(examine):
    both = np.stack([np.full(16_000, 32_767), np.zeros(16_000)], axis=1).astype("<i2")
    assert examine(wav(both.tobytes(), channels=2))[0].measured["clipped_share"] == 0.5


def test_samples_of_any_type_are_measured(examine):
    loud = {bits: wav(bytes([*bytes(bits // 8 - 1), 0x40] * 16_000), bits=bits) for bits in (16, 24, 32)}
    for content in loud.values():
        assert examine(content)[0].measured["peak_db"] == pytest.approx(-6, abs=0.1)
    floats = np.array([0.5, np.inf, np.nan, -3.0] * 4_000, "<f4").tobytes()
    content = wav(floats, bits=32)
    content = content[:20] + b"\3\0" + content[22:]  # samples of floats
    assert examine(content)[0].measured["peak_db"] == 0


def test_large_files_are_refused_unread(tmp_path, monkeypatch):
    monkeypatch.setattr(reference_check, "REFERENCE_MAX_BYTES", 1_000)
    path = tmp_path / "upload"
    path.write_bytes(GOOD)
    with LocalFile(path) as file, pytest.raises(TooLarge):
        reference_check.check_size(file)


def test_the_process_knows_no_secrets_and_no_django(examine, monkeypatch):
    monkeypatch.setenv("FISH_API_KEY", "a secret")
    program = "import json, os, sys; from voices import reference_probe; " + (
        "print(json.dumps({'refused': f\"{'FISH_API_KEY' in os.environ} {'django' in sys.modules}.\"}))"
    )
    monkeypatch.setattr(reference_check, "PROGRAM", ["-c", program])
    with pytest.raises(NotAudio, match=r"^False False\.$"):
        examine(GOOD)


def test_a_file_that_takes_for_ever_is_refused_and_leaves_nothing(examine, no_work_files, monkeypatch):
    program = "import sys, time; open(sys.argv[2], 'wb').write(b'x'); time.sleep(60)"
    monkeypatch.setattr(reference_check, "PROGRAM", ["-c", program])
    monkeypatch.setattr(sound_files, "SECONDS_TO_READ", 1.0)
    with pytest.raises(NotAudio, match="takes too long"):
        examine(GOOD)


def test_a_full_disk_is_told_as_such(tmp_path):
    path = tmp_path / "a.webm"
    path.write_bytes(recording())
    program = [sys.executable, "-m", "voices.reference_probe", str(path), "/dev/full"]
    done = subprocess.run(program, cwd=project_settings.BASE_DIR, capture_output=True, check=False, timeout=60)
    assert (done.returncode, json.loads(done.stdout)) == (0, {"errno": 28})
