"""Speech brought to the loudness that LOUDNESS_LUFS names, measured again."""

from pathlib import Path

import numpy as np
import pytest
from django.core.files.storage import default_storage

from config import work
from config.files import work_folder
from jobs import actions, loudness
from jobs.loudness import levelled
from jobs.models import Job, TempAudio
from jobs.text import NothingToSay
from tests.jobs.decoding import decode
from voices.engines.piper import engine

RATE = 22_050


def tone(seconds, decibels):
    """Of 1,000 Hz, which the meter hears at 3 LU less than its peak in decibels."""
    time = np.arange(round(seconds * RATE)) / RATE
    return np.rint(np.sin(2 * np.pi * 1_000 * time) * 32_767 * 10 ** (decibels / 20)).astype(np.int16)


def measured(samples):
    return loudness.measured(np.array_split(samples, 7), RATE)


def level(path, *chunks, target=-20.0):
    """The whole sound afterwards; no file is left."""
    made = np.concatenate(list(levelled(chunks, sample_rate=RATE, target=target, path=path / "samples")))
    assert list(path.iterdir()) == []
    assert (len(made), made.dtype) == (sum(len(chunk) for chunk in chunks), np.int16)
    return made


def test_the_meter_agrees_with_the_standard():
    """EBU Tech 3341, case 1: 1,000 Hz at -23 dBFS in both channels is -23 LUFS; in one of them it is 3 LU less."""
    assert measured(tone(20, -23)) == pytest.approx(-26.0, abs=0.1)


@pytest.mark.parametrize("decibels", [-30, -17, -3])
def test_quiet_and_loud_come_to_the_target(tmp_path, decibels):
    sound = tone(3, decibels)
    made = level(tmp_path, sound[:9], sound[9:9], sound[9:50_000], sound[50_000:])
    assert measured(made) == pytest.approx(-20, abs=0.1)


def test_peaks_are_limited_and_stay_in_their_place(tmp_path):
    sound = tone(3, -30)
    sound[40_000] = 16_384  # a click at -6 dB
    made = level(tmp_path, sound)
    assert int(np.abs(made).argmax()) == 40_000
    assert int(np.abs(made).max()) <= 32_768 * 10 ** (-1 / 20) + 1
    assert measured(made) == pytest.approx(-20, abs=0.5)


def test_what_is_very_quiet_is_not_raised_to_a_shout(tmp_path):
    assert measured(level(tmp_path, tone(3, -55))) == pytest.approx(-58 + 20, abs=0.2)


def test_what_is_quiet_in_it_stays_quiet(tmp_path):
    made = level(tmp_path, tone(2, -20), tone(2, -40))
    assert measured(made[: 2 * RATE]) - measured(made[2 * RATE :]) == pytest.approx(20, abs=0.2)


@pytest.mark.parametrize("sound", [tone(0.3, -30), np.zeros(3 * RATE, np.int16)], ids=["short", "silent"])
def test_what_cannot_be_measured_stays_as_it_is(tmp_path, sound):
    assert np.array_equal(level(tmp_path, sound), sound)


def test_an_error_leaves_no_file(tmp_path):
    def failing():
        yield tone(1, -20)
        raise RuntimeError("broken")

    with pytest.raises(RuntimeError, match="broken"):
        list(levelled(failing(), sample_rate=RATE, target=-20, path=tmp_path / "samples"))
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize("kind", ["wav", "mp3"])
@pytest.mark.parametrize("target", [-28, -36])
def test_a_job(alice, demo, settings, kind, target):
    def heard():
        job = actions.start_job(by=alice, text="Ropes creak. A gull complains.", format=kind)
        actions.run_job(job=job)
        job.refresh_from_db()
        sound = decode(Path(default_storage.path(TempAudio.objects.get(audio_id=job.audio_id).path)))
        assert sound.duration == pytest.approx(job.duration, abs=0.001)
        return measured((sound.samples * 32_767).astype(np.int16))

    assert abs(heard() - target) > 5
    settings.LOUDNESS_LUFS = target
    assert heard() == pytest.approx(target, abs=1)  # LAME takes half a decibel
    assert list(work_folder().iterdir()) == []


def test_a_job_with_nothing_to_hear_fails_as_ever(alice, demo, settings, monkeypatch):
    settings.LOUDNESS_LUFS = -16
    job = actions.start_job(by=alice, text="Ropes creak.")
    monkeypatch.setattr(engine, "synthesize", lambda *args, **kwargs: iter([np.zeros(0, np.int16)]))
    actions.run_job(job=job)
    job.refresh_from_db()
    assert (job.status, job.error) == ("failed", NothingToSay().message)
    assert list(work_folder().iterdir()) == []


def test_writing_what_was_measured_keeps_the_lease_and_can_be_stopped(alice, demo, settings, monkeypatch):
    settings.LOUDNESS_LUFS = -16
    job, parts = actions.start_job(by=alice, text="Ropes creak."), iter(range(3))

    def levelled(chunks, **options):
        (sound,) = chunks
        for part in parts:
            if part == 1:
                actions.cancel_job(by=alice, job=Job.objects.get())
            yield sound

    monkeypatch.setattr(loudness, "levelled", levelled)
    monkeypatch.setattr(work, "CHECK_SECONDS", 0)
    actions.run_job(job=job)
    assert (Job.objects.get().status, next(parts, None)) == ("cancelled", 2)
    assert list(work_folder().iterdir()) == []
