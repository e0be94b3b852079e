"""The command that compares files and rows: what it says, what it refuses, in S3 too, and in how much memory."""

import tracemalloc

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import call_command
from django.db import OperationalError

from config import files, hooks, storage_audit, times
from config.management.commands import audit_storage
from jobs.models import TempAudio
from tests.config.stored import HOUR, audio_file, audit, everything, put

__all__ = ["audio_file", "audit", "everything"]


def test_nothing_is_deleted_beside_an_empty_database(db):
    name = put("audio/old.wav", age=48 * HOUR)
    with pytest.raises(audit_storage.CommandError, match="another database") as ended:
        call_command("audit_storage", "--delete")
    assert ended.value.returncode == 2
    assert default_storage.exists(name)


def test_a_storage_that_is_not_mounted_is_away_and_not_empty(finished, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "not mounted"
    with pytest.raises(audit_storage.CommandError, match="Is it mounted") as ended:
        call_command("audit_storage")
    assert ended.value.returncode == 2


def test_a_new_installation_has_no_storage_yet(db, audit, settings, tmp_path):
    settings.MEDIA_ROOT = tmp_path / "nothing yet"
    assert audit()[0] == 0


def test_a_database_that_is_away(db, monkeypatch):
    def fail():
        raise OperationalError("no server")

    kind = hooks.StoredFiles("broken", (), fail, set)
    monkeypatch.setattr(storage_audit.hooks, "stored_files", [kind])
    with pytest.raises(audit_storage.CommandError, match="is away: no server") as ended:
        call_command("audit_storage")
    assert ended.value.returncode == 2


def test_in_words(everything, capsys):
    put("audio/old.wav", age=48 * HOUR)
    default_storage.delete(everything[1])
    with pytest.raises(SystemExit):
        call_command("audit_storage", "--delete")
    first, second, sums = capsys.readouterr().out.splitlines()
    assert first == f"row without a file: job 2 of the kept sounds: {everything[1]}"
    assert second.startswith("file without a row, deleted: audio/old.wav, since ")
    assert sums == "12 rows and 12 files looked at: 1 rows without a file, 1 files without a row, 1 of them deleted."


def test_it_tells_how_far_it_is(everything, capsys, monkeypatch):
    monkeypatch.setattr(audit_storage, "PROGRESS_SECONDS", 0)
    call_command("audit_storage")
    assert "12 rows and 12 files looked at ..." in capsys.readouterr().err


def test_the_help_says_what_is_done(capsys):
    with pytest.raises(SystemExit):
        call_command("audit_storage", "--help")
    shown = capsys.readouterr().out
    assert [word for word in ("--json", "--delete", "exit status is 0", "older than 24") if word not in shown] == []


def test_in_s3(s3, finished, audit, monkeypatch):
    path = TempAudio.objects.get().path
    default_storage.save("kept/someone/lost.wav", ContentFile(b"sound"))
    assert audit()[0] == 0  # young
    monkeypatch.setattr(storage_audit, "YOUNG", -HOUR)
    status, found, sums = audit("--delete")
    assert (status, list(found), sums["files"], sums["deleted"]) == (1, ["kept/someone/lost.wav"], 5, 0)
    monkeypatch.setattr(storage_audit, "SAFE", -HOUR)
    assert audit("--delete")[2]["deleted"] == 1
    default_storage.delete(path)
    status, found, sums = audit()
    assert (status, list(found), found[path]["found"]) == (1, [path], "row_without_file")


def test_an_s3_that_is_away_or_has_no_such_bucket(s3, finished):
    default_storage.bucket.objects.all().delete()
    default_storage.bucket.delete()
    with pytest.raises(audit_storage.CommandError, match="is away") as ended:
        call_command("audit_storage")
    default_storage.bucket.create()
    assert ended.value.returncode == 2


def test_memory_stays_the_same_however_many_there_are(db, monkeypatch):
    """Rows and files that are made as they are read."""

    def peak(number):
        def walk(folder):
            return (files.Stored(f"audio/{each}.wav", times.now() - 2 * HOUR) for each in range(number))

        monkeypatch.setattr(files, "walk", walk)
        kind = hooks.StoredFiles(
            "numbers", ("audio",), lambda: ((str(each), f"audio/{each}.wav") for each in range(number)), set
        )
        monkeypatch.setattr(storage_audit.hooks, "stored_files", [kind])
        monkeypatch.setattr(files, "missing", lambda names: [])
        monkeypatch.setattr(storage_audit, "storage_is_there", lambda: True)
        tracemalloc.start()
        audit = storage_audit.Audit(lambda audit: None)
        assert list(audit.findings()) == []
        found = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        assert (audit.rows, audit.files) == (number, number)
        return found

    peak(1_000)
    assert peak(50_000) < 1.2 * peak(1_000)
