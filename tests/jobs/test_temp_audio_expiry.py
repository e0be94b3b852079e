"""Temporary sound after its day: MongoDB may delete the row, the sweep both; each without the other."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from config import times
from jobs import actions, sounds
from jobs.models import TEMP_AUDIO_LIFETIME, Job, TempAudio

HOUR = dt.timedelta(hours=1)


@pytest.fixture(params=["disk", "s3"])
def storage(request):
    """The files of each test, on both kinds of storage."""
    if request.param == "s3":
        request.getfixturevalue("s3")
    return default_storage


def put(user, age):
    made = times.now() - age
    name = default_storage.save(f"temp/{made:%Y%m%d%H}/{age.total_seconds():.0f}.wav", ContentFile(b"RIFF"))
    return TempAudio.objects.create(
        user=user, path=name, content_type="audio/wav", size_bytes=4, created_at=made, audio_id=f"{int(age / HOUR):024}"
    )


def test_row_and_file_go_together(storage, alice):
    old, young = put(alice, 27 * HOUR), put(alice, 2 * HOUR)
    actions.purge_expired()
    assert [sound.audio_id for sound in TempAudio.objects.all()] == [young.audio_id]
    assert (storage.exists(old.path), storage.exists(young.path)) == (False, True)
    assert storage.listdir("temp")[0] == [young.path.split("/")[1]]


def test_parts_for_listeners_go_with_their_hour(storage, alice):
    sound = put(alice, 27 * HOUR)
    part = storage.save(sound.path.replace(".wav", "-1-0.part"), ContentFile(b"part"))
    actions.purge_expired()
    assert not storage.exists(part)


def test_a_file_whose_row_has_gone_first_goes_by_its_hour(storage, alice):
    waits, goes = put(alice, TEMP_AUDIO_LIFETIME + HOUR / 60), put(alice, 27 * HOUR)
    TempAudio.objects.all().delete()  # as MongoDB does
    actions.purge_expired()
    assert (storage.exists(waits.path), storage.exists(goes.path)) == (True, False)


def test_a_row_whose_file_has_gone_first_goes_too(storage, alice):
    sound = put(alice, 25 * HOUR)
    storage.delete(sound.path)
    actions.purge_expired()
    assert not TempAudio.objects.exists()


def test_a_job_whose_row_of_sound_is_gone_says_so(api, alice, finished):
    TempAudio.objects.all().delete()
    answer = api(alice).get(f"/api/jobs/{finished.pk}/audio")
    assert (answer.status_code, answer.json()["detail"]) == (410, sounds.GONE)
    assert api(alice).get(f"/api/jobs/{finished.pk}").status_code == 200


def test_a_kept_sound_outlives_the_row_and_the_hour(alice, finished):
    actions.kept_audio.keep_sound(by=alice, job=finished)
    TempAudio.objects.update(created_at=times.now() - 30 * HOUR)
    actions.purge_expired()
    kept = Job.objects.get()
    assert (kept.is_expired, default_storage.exists(kept.kept_path)) == (False, True)
