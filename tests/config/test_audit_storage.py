"""Files and rows that do not belong together are found, and nothing else is."""

import pytest
from django.core.files.storage import default_storage

from config import files, hooks, times
from jobs import actions
from jobs.models import TEMP_AUDIO_LIFETIME, Job, TempAudio
from tests.config.stored import HOUR, audio_file, audit, everything, grow_old, hour_folder, put
from voices.models import AudioFile, Voice

__all__ = ["audio_file", "audit", "everything"]


def test_where_files_and_rows_belong_together_nothing_is_found(everything, audit):
    grow_old(48 * HOUR)
    assert audit("--delete") == (
        0,
        {},
        {"rows": 12, "files": 12, "rows_without_files": 0, "files_without_rows": 0, "deleted": 0},
    )
    assert [name for name in everything if not default_storage.exists(name)] == []


def test_every_folder_that_something_is_written_to_is_looked_at(everything):
    looked_at = {folder for kind in hooks.stored_files for folder in kind.folders}
    assert {name.partition("/")[0] for name in everything} == looked_at
    assert set(default_storage.listdir(".")[0]) == looked_at


def test_a_row_without_its_file_is_found_in_each_kind(everything, audit):
    for name in everything:
        default_storage.delete(name)
    status, found, sums = audit("--delete")
    assert (status, sorted(found), sums["rows_without_files"], sums["deleted"]) == (1, sorted(everything), 12, 0)
    assert {each["found"] for each in found.values()} == {"row_without_file"}
    assert (TempAudio.objects.count(), Voice.objects.count(), AudioFile.objects.count()) == (1, 1, 1)


def test_a_file_without_a_row_is_found_in_each_kind(everything, audit):
    orphans = [put(name.replace(".", "-lost.")) for name in everything]
    status, found, sums = audit()
    assert (status, sorted(found), sums["files_without_rows"]) == (1, sorted(orphans), 12)
    assert {each["kind"] for each in found.values()} == {kind.kind for kind in hooks.stored_files}


def test_a_file_of_this_hour_may_still_get_its_row(db, audit):
    put(f"kept/{'a' * 24}/new.wav", age=HOUR / 2)
    assert audit()[0] == 0


def test_only_old_files_without_a_row_are_deleted(everything, audit):
    old, recent = put("audio/old.wav", age=25 * HOUR), put("audio/recent.wav", age=23 * HOUR)
    status, found, sums = audit("--delete")
    assert (status, found[old]["deleted"], found[recent]["deleted"], sums["deleted"]) == (1, True, False, 1)
    assert [default_storage.exists(name) for name in (old, recent)] == [False, True]
    assert sorted(audit()[1]) == [recent]


def test_without_the_option_nothing_is_deleted(everything, audit):
    old = put("audio/old.wav", age=48 * HOUR)
    assert audit()[1][old]["deleted"] is False
    assert default_storage.exists(old)


def test_what_a_worker_leaves_that_is_killed_while_it_keeps_a_sound(finished, monkeypatch, audit):
    class Killed(BaseException):
        pass

    def die(*given, **fields):
        raise Killed

    monkeypatch.setattr("jobs.actions.kept_audio.settle", die)
    with pytest.raises(Killed):
        actions.kept_audio.keep_sound(by=finished.user, job=finished)
    grow_old()
    (copy,) = audit()[1]
    assert copy.startswith(f"kept/{finished.user_id}/")
    grow_old(25 * HOUR)
    audit("--delete")
    assert not default_storage.exists(copy)
    assert default_storage.exists(TempAudio.objects.get().path)


def test_a_sound_that_an_importer_brought_is_known_by_its_hour(alice, audit):
    made = times.now() - 3 * HOUR
    name = put(f"{hour_folder(3 * HOUR)}/{'b' * 24}.mp3")
    TempAudio.objects.create(user=alice, path=name, content_type="audio/mpeg", size_bytes=5, created_at=made)
    assert audit()[0] == 0


def test_parts_for_listeners_belong_to_a_job_that_is_being_made(job, audit):
    name = put(f"{hour_folder(2 * HOUR)}/{job.pk}-1763740000000-96000.part")
    strange = put(f"{hour_folder(2 * HOUR)}/nobody-1-0.part")
    assert list(audit()[1]) == [strange]
    actions.cancel_job(by=job.user, job=job)
    assert sorted(audit()[1]) == sorted([name, strange])


def test_a_file_of_another_kind_s_folder_may_have_its_row(alice, audit):
    name = put("references/old-studio/voice.wav")
    AudioFile.objects.create(user=alice, s3_key=name, is_stored=True)
    assert audit()[0] == 0


def test_expired_sounds_go_by_themselves_row_and_file_each_in_its_time(alice, audit):
    rowless = put(f"{hour_folder(25 * HOUR)}/rowless.wav", age=25 * HOUR)
    made = times.now() - TEMP_AUDIO_LIFETIME - HOUR / 60
    fileless = {"path": "temp/2026010100/gone.wav", "content_type": "audio/wav", "size_bytes": 5}
    TempAudio.objects.create(user=alice, created_at=made, **fileless)
    assert audit("--delete")[0] == 0
    assert default_storage.exists(rowless)


def test_expired_sounds_that_no_sweep_took_are_found(db, audit):
    name = put(f"{hour_folder(30 * HOUR)}/forgotten.wav", age=30 * HOUR)
    assert list(audit()[1]) == [name]


def test_a_row_that_goes_while_it_is_looked_at_is_no_finding(finished, audit, monkeypatch):
    look = files.missing

    def missing(names):
        for job in Job.objects.all():
            actions.delete_job(by=finished.user, job=job)
        return look(names)

    monkeypatch.setattr(files, "missing", missing)
    assert audit()[1] == {}


def test_records_of_what_clients_keep_themselves_are_not_ours(alice, audit):
    AudioFile.objects.create(user=alice, s3_key="somewhere/else.wav", is_stored=False)
    assert audit()[0] == 0
