"""A journal that can't be written: nothing is taken, everybody is told, and all goes on when there is room again.

On a real disk that is really full: as root, `chmod` keeps nobody out.
"""

import shutil
import subprocess
from concurrent.futures import ThreadPoolExecutor

import pytest

from config.errors import Unavailable
from leads import journal
from leads.actions import replay
from leads.journal import gate, probe, writer
from leads.models import TranscriptEvent
from tests.leads.journals import files, record_of, text, waiting

KILOBYTES = 64
EVENT = {"session_id": "call_1", "role": "user", "content": "Is anybody there?"}


@pytest.fixture
def disk(settings):
    """A small disk on which the journal lies."""
    folder = settings.JOURNAL_DIR
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", f"size={KILOBYTES}k", "tmpfs", str(folder)], capture_output=True, text=True
    )
    if mounted.returncode:
        pytest.skip(f"No disk can be mounted here: {mounted.stderr.strip()}")
    try:
        yield folder
    finally:
        subprocess.run(["umount", "--lazy", str(folder)], check=True)


def fill(folder):
    """All of it; the file that holds the room."""
    path = folder / "fills-the-disk"
    with path.open("wb", buffering=0) as file:
        try:
            while file.write(bytes(1024)):
                pass
        except OSError:
            return path


def test_nothing_is_taken_by_a_full_disk(disk):
    journal.append(record_of(1))
    room = fill(disk)
    with pytest.raises(Unavailable, match="The disk is full"):
        for number in range(2, 100):  # until the last block of the file is full too
            journal.append(record_of(number, data={"number": number, "text": "x" * 500}))
    told = waiting(disk)
    assert told == list(range(1, len(told) + 1))
    assert text(disk).endswith(b"\n")
    room.unlink()
    journal.append(record_of(1000))
    assert waiting(disk) == [*told, 1000]


def test_a_line_longer_than_the_room_leaves_nothing(disk):
    journal.append(record_of(1))
    with pytest.raises(Unavailable):
        journal.append(record_of(2, data={"text": "x" * KILOBYTES * 1024}))
    journal.append(record_of(3))
    assert waiting(disk) == [1, 3]


def test_who_tries_again_and_again_leaves_no_files(disk):
    fill(disk)
    for number in range(10):
        with pytest.raises(Unavailable):
            journal.append(record_of(number))
    assert files(disk) == []


def test_of_many_at_once_those_are_there_that_were_told_so(disk):
    def append(number):
        try:
            journal.append(record_of(number, data={"number": number, "text": "x" * 400}))
        except Unavailable:
            return None
        return number

    with ThreadPoolExecutor(16) as pool:
        told = [number for number in pool.map(append, range(400)) if number is not None]
    assert 0 < len(told) < 400
    assert sorted(waiting(disk)) == told


def test_the_api_takes_nothing_then(api, alice, disk):
    client = api(alice)
    assert client.post("/api/transcripts/events", EVENT, "application/json").status_code == 201
    room = fill(disk)
    content = {**EVENT, "content": "y" * 5000}
    answer = client.post("/api/transcripts/events", content, "application/json")
    assert answer.status_code == 503
    assert answer.headers["Retry-After"]
    assert answer.json() == {"detail": answer.json()["detail"], "code": "unavailable"}
    assert answer.json()["detail"].startswith("The disk is full.")
    assert TranscriptEvent.objects.count() == 1
    assert not probe.is_writable()
    room.unlink()
    assert client.post("/api/transcripts/events", content, "application/json").status_code == 201
    assert TranscriptEvent.objects.count() == 2


def test_a_full_disk_does_not_stop_the_replay(alice, disk):
    """What is done can't be noted then; it is done again later, and is there once."""
    event = {**EVENT, "event_id": "e1", "timestamp": "2026-11-21T10:00:00.000Z", "source": "", "meta": {}, "arrival": 1}
    record = record_of(1, kind="events", team_id=alice.team_id, by_id=alice.pk, data={"events": [event]})
    journal.append(record)
    journal.fall_behind(record)
    room = fill(disk)
    assert replay.replay().done == 1
    assert not gate.is_behind()
    room.unlink()
    gate.close()
    replay.replay()
    assert TranscriptEvent.objects.count() == 1


def test_nothing_is_taken_without_the_folder(settings, api, alice):
    client = api(alice)
    assert client.post("/api/transcripts/events", EVENT, "application/json").status_code == 201
    shutil.rmtree(settings.JOURNAL_DIR)
    answer = client.post("/api/transcripts/events", EVENT, "application/json")
    assert answer.status_code == 503
    assert "JOURNAL_DIR" in answer.json()["detail"]
    assert not settings.JOURNAL_DIR.exists()
    assert TranscriptEvent.objects.count() == 1
    settings.JOURNAL_DIR.mkdir()
    assert client.post("/api/transcripts/events", EVENT, "application/json").status_code == 201


def test_nothing_is_taken_when_the_folder_is_a_file(settings):
    settings.JOURNAL_DIR.rmdir()
    settings.JOURNAL_DIR.write_text("")
    with pytest.raises(Unavailable):
        journal.append(record_of(1))


def test_a_read_only_disk_takes_nothing(disk, monkeypatch, caplog):
    journal.append(record_of(1))
    writer.begin_anew()  # a disk with a file that is being written stays writable
    subprocess.run(["mount", "-o", "remount,ro", str(disk)], check=True)
    with pytest.raises(Unavailable, match="can't be written"):
        journal.append(record_of(2))
    assert waiting(disk) == [1]
    monkeypatch.setattr(replay.Seen, "looked_at", -1000.0)
    replay.sweep()
    assert "can't be replayed" in caplog.text
