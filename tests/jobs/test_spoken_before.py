"""The same request again is given a copy of the file that was made the first time."""

import datetime as dt

import pytest
from django.core.files.storage import default_storage

from config import times
from jobs import actions, synthesis
from jobs.actions import pronunciations, spoken_before
from jobs.models import Job

TEXT = "Ropes creak for $3.50.\n\n漢字 is not read."
SAME = ("total_chunks", "duration", "size_bytes", "sample_rate", "peaks", "sentences", "unspoken", "sound_key")


@pytest.fixture
def made(monkeypatch):
    """How often a sound was made."""
    calls, speak = [], synthesis.speak
    monkeypatch.setattr(synthesis, "speak", lambda *args: calls.append(1) or speak(*args))
    return calls


@pytest.fixture
def say(demo):
    def say(by, **fields):
        job = actions.start_job(by=by, **{"text": TEXT, "format": "mp3"} | fields)
        actions.run_job(job=job)
        job = Job.objects.get(pk=job.pk)
        assert job.status == "completed", job.error
        return job

    return say


def sound(api, job):
    return api(job.user).get(f"/api/jobs/{job.pk}/audio").getvalue()


def test_it_is_copied(api, alice, say, made):
    first, again = say(alice), say(alice, keep=True)
    assert len(made) == 1
    assert sound(api, first) == sound(api, again)
    assert {name: getattr(again, name) for name in SAME} == {name: getattr(first, name) for name in SAME}
    assert (again.progress, again.completed_chunks, again.is_kept, first.is_kept) == (100, 2, True, False)
    assert again.timings["synthesis"] == 0
    actions.delete_job(by=alice, job=first)
    assert len(sound(api, again)) == again.size_bytes
    assert len(sound(api, say(alice))) == again.size_bytes
    assert len(made) == 1


def test_whatever_its_file_depends_on_is_compared(alice, bob, say, made, settings):
    say(alice)
    for fields in ({"text": TEXT + "!"}, {"format": "opus"}, {"speed": 2}, {"title": "Other"}, {"sample_rate": 16_000}):
        say(alice, **fields)
    say(bob)
    pronunciations.add(by=alice, word="ropes", replacement="hopes")
    say(alice)
    settings.LOUDNESS_LUFS = -16
    say(alice)
    assert len(made) == 9
    settings.SPEECH_CACHE_MB = 0
    say(alice)
    assert len(made) == 10


@pytest.mark.parametrize("loss", ["expired", "gone", "cut", "old"])
def test_what_has_lost_its_sound_is_made_again(alice, say, made, loss):
    first = say(alice)
    name = spoken_before.sounds.path_of(first)
    if loss == "expired":
        Job.objects.update(expires_at=times.now() - dt.timedelta(seconds=1))
    elif loss == "old":
        Job.objects.update(completed_at=times.now() - dt.timedelta(days=8))
    else:
        default_storage.delete(name)
    if loss == "cut":
        with default_storage.open(name, "wb") as file:
            file.write(b"half")
    assert say(alice).size_bytes == first.size_bytes
    assert len(made) == 2
