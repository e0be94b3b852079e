"""Temporary audio of the old TTS backend, with --stored and without."""

import datetime as dt

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from accounts.models import User
from config import times
from jobs import actions
from jobs.models import Job, TempAudio
from tests.jobs.tts_backend import HERE, NEW, PERSON, REFUSED, SOUND, importer, job, person, sound

HOUR = dt.timedelta(hours=1)


@pytest.fixture
def run(db, tmp_path):
    folder = tmp_path / "exports"
    folder.mkdir()
    run = importer(folder)
    return lambda *options, **tables: run(*options, users=[person()], **tables)


@pytest.fixture
def recent():
    """When a sound was made whose day is not over."""
    return times.now() - HOUR


@pytest.fixture
def file(var_dir):
    return default_storage.save("old/gull.wav", ContentFile(b"RIF"))


def heard(api):
    answer = api(User.objects.get(pk=PERSON)).get("/api/jobs/41/audio")
    return answer.status_code, answer.getvalue()


def test_without_stored_the_sound_is_over(run, file, recent, api):
    at = times.iso(recent)
    tables = {"jobs": [job(completed_at=at)], "temp_audio": [sound(created_at=at)]}
    assert run(**tables)[0]["temp_audio"] == HERE  # its job names it: there is nothing else to keep
    assert heard(api)[0] == 410
    assert not TempAudio.objects.exists()
    assert Job.objects.get().expires_at <= times.now()


def test_with_stored_it_is_heard_until_its_day_is_over(run, file, recent, api):
    at = times.iso(recent)
    tables = {"jobs": [job(completed_at=at)], "temp_audio": [sound(created_at=at)]}
    dry = run("--stored", "--dry-run", **tables)
    assert dry == run("--stored", **tables)
    assert dry[0]["temp_audio"] == NEW
    assert heard(api) == (200, b"RIF")
    made, row = Job.objects.get(), TempAudio.objects.get()
    assert (made.expires_at, made.size_bytes) == (recent + 24 * HOUR, 3)
    assert (row.audio_id, row.user_id, row.content_type) == (SOUND, PERSON, "audio/wav")
    assert run("--stored", **tables)[0]["temp_audio"] == HERE
    TempAudio.objects.update(created_at=recent - 24 * HOUR)
    actions.purge_expired()
    assert not TempAudio.objects.exists()
    assert default_storage.exists("old/gull.wav")  # what was copied stays


def test_a_later_run_may_bring_the_sounds(run, file, recent, api):
    at = times.iso(recent)
    run(jobs=[job(completed_at=at)])
    assert run("--stored", temp_audio=[sound(created_at=at)])[0]["temp_audio"] == NEW
    assert heard(api) == (200, b"RIF")


@pytest.mark.parametrize("job_id", [41, "41", "65f0a1b2c3d4e5f601234502"])
def test_the_row_of_a_sound_may_name_its_job(run, file, recent, api, job_id):
    tables = {"jobs": [job(audio_id=None)], "temp_audio": [sound(created_at=times.iso(recent), job_id=job_id)]}
    assert run("--stored", **tables)[0]["temp_audio"] == NEW
    assert heard(api) == (200, b"RIF")


def test_of_a_job_with_a_new_number_too(run, file, recent, alice, demo):
    for _ in range(2):
        actions.start_job(by=alice, text="Hello.")
    tables = {"jobs": [job(job_id=2, audio_id=None)], "temp_audio": [sound(job_id=2, created_at=times.iso(recent))]}
    assert run("--stored", "--dry-run", **tables) == run("--stored", **tables)
    assert Job.objects.get(user=PERSON).audio_id == TempAudio.objects.get().audio_id == SOUND
    assert not Job.objects.filter(user=alice, audio_id__isnull=False).exists()


def test_a_sound_that_is_over_only_tells_its_job(run, file):
    tables = {"jobs": [job(audio_id=None)], "temp_audio": [sound(job_id=41)]}
    assert run("--stored", **tables)[0]["temp_audio"] == NEW
    assert run("--stored", **tables)[0]["temp_audio"] == HERE
    assert (Job.objects.get().audio_id, TempAudio.objects.count()) == (SOUND, 0)


def test_a_row_without_an_owner_belongs_to_the_owner_of_its_job(run, file, recent):
    tables = {"jobs": [job()], "temp_audio": [sound(user_id=None, created_at=times.iso(recent))]}
    assert run("--stored", **tables)[0]["temp_audio"] == NEW
    assert TempAudio.objects.get().user_id == PERSON


def test_a_sound_without_a_job_is_kept_while_it_lasts(run, file, recent):
    assert run("--stored", temp_audio=[sound(created_at=times.iso(recent))])[0]["temp_audio"] == NEW
    assert run(temp_audio=[sound(audio_id="a" * 24)])[0]["temp_audio"] == REFUSED
    assert TempAudio.objects.get().audio_id == SOUND


@pytest.mark.parametrize(
    "path", [None, "../gull.wav", "/gull.wav", "old/none.wav", "old/gull.txt", "temp/x.wav", "old"]
)
def test_a_file_that_cannot_be_is_refused(run, file, recent, path):
    tables = {"jobs": [job()], "temp_audio": [sound(path=path, created_at=times.iso(recent))]}
    dry = run("--stored", "--dry-run", **tables)
    assert dry == run("--stored", **tables)
    assert dry[0]["temp_audio"] == REFUSED
    assert not TempAudio.objects.exists()


def test_a_row_that_fails_leaves_no_file(run, file, recent, monkeypatch):
    def fail(*args, **options):
        raise RuntimeError("a bug")

    monkeypatch.setattr(TempAudio, "save", fail)
    with pytest.raises(RuntimeError):
        run("--stored", temp_audio=[sound(created_at=times.iso(recent))])
    assert default_storage.listdir("temp")[0] == [] or not default_storage.listdir(f"temp/{recent:%Y%m%d%H}")[1]


def test_of_two_jobs_with_one_sound_the_first_has_it(run, file, recent, alice):
    twin = job(_id="a" * 24, job_id=42, user_id=None)
    tables = {"jobs": [job(), twin], "temp_audio": [sound(user_id=alice.pk, created_at=times.iso(recent))]}
    dry = run("--stored", "--dry-run", "--owner", alice.email, **tables)
    counts, err = run("--stored", "--owner", alice.email, **tables)
    assert dry == (counts, err)
    assert (counts["jobs"], counts["temp_audio"]) == ((2, 2, 0, 0), REFUSED)
    assert "line 2: imported without its audio_id" in err
    assert "somebody else's job" in err
    assert dict(Job.objects.values_list("job_id", "audio_id")) == {41: SOUND, 42: None}
