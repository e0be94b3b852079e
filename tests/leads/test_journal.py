"""The journal's writing side: what was appended is on the disk, and many share one fsync."""

import datetime as dt
import os
import signal
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from config.errors import Unavailable
from leads import journal, records
from leads.journal import reading, writer
from leads.records import Damaged
from tests.installation import soon
from tests.leads.journals import files, record_of, text, waiting

THREADS = 50


def kept(folder):
    return [records.read(line) for line in text(folder).splitlines()]


@pytest.fixture
def folder(settings):
    return settings.JOURNAL_DIR


def test_a_line_comes_back_as_the_record(folder):
    record = record_of(1, data={"text": "Grüße\n\u2028 \U0001f600", "n": [1, None, 2.5]})
    journal.append(record)
    assert kept(folder) == [record]
    assert records.arrival_of(record.line()) == record.arrival


def test_a_changed_or_cut_line_is_damaged():
    line = record_of(1).line()
    for bad in (line[:-2], line[:-9], line.replace(b'"number":1', b'"number":2'), b"", b"\n", b"{}", b"\x00" * 200):
        with pytest.raises(Damaged):
            records.read(bad)
        with pytest.raises(Damaged):
            records.arrival_of(bad)


def test_one_file_of_this_process(folder):
    for number in range(3):
        journal.append(record_of(number))
    (path,) = files(folder)
    assert path.name.endswith(f"-{os.getpid()}.jsonl")
    assert path.stat().st_mode & 0o777 == 0o600
    assert reading.is_living(path)


def test_many_are_written_together_or_not_at_all(folder):
    journal.append_many([record_of(number) for number in range(5)])
    assert waiting(folder) == [0, 1, 2, 3, 4]


def test_threads_share_one_fsync(folder, monkeypatch):
    """While the first waits for the disk, all others gather: two fsyncs of the file in all."""
    journal.append(record_of(0))
    calls, gathered, fsync = [], threading.Event(), os.fsync

    def slow(descriptor):
        calls.append(descriptor)
        gathered.wait(10)
        fsync(descriptor)

    def append(number):
        journal.append(record_of(number))

    monkeypatch.setattr(os, "fsync", slow)
    with ThreadPoolExecutor(THREADS) as pool:
        ends = [pool.submit(append, 1)]
        soon(lambda: calls)
        ends += [pool.submit(append, number) for number in range(2, THREADS + 1)]
        soon(lambda: len(writer.Mine.writer.batch.records) == THREADS - 1)
        assert not any(end.done() for end in ends)
        gathered.set()
        for end in ends:
            end.result()
    assert len(calls) == 2
    assert sorted(waiting(folder)) == list(range(THREADS + 1))


def test_nobody_is_told_before_the_disk_has_it(folder, monkeypatch):
    def fail(descriptor):
        raise OSError(5, "Input/output error")

    journal.append(record_of(1))
    monkeypatch.setattr(os, "fsync", fail)
    with pytest.raises(Unavailable) as refusal:
        journal.append(record_of(2))
    assert refusal.value.retry_after
    assert waiting(folder) == [1]


def test_a_failed_fsync_gives_the_file_up(folder, monkeypatch):
    journal.append(record_of(1))
    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", lambda descriptor: (_ for _ in ()).throw(OSError(5, "Input/output error")))
        with pytest.raises(Unavailable):
            journal.append(record_of(2))
    journal.append(record_of(3))
    assert len(files(folder)) == 2
    assert waiting(folder) == [1, 3]


def test_all_of_a_failed_batch_are_told(folder, monkeypatch):
    """And those who come later aren't held up by them."""
    first, calls, fsync = threading.Event(), [], os.fsync

    def fails_second(descriptor):
        calls.append(descriptor)
        if len(calls) == 1:
            first.wait(10)
        if len(calls) == 2:
            raise OSError(28, "No space left on device")
        fsync(descriptor)

    def append(number):
        try:
            journal.append(record_of(number))
        except Unavailable as error:
            return error.message
        return ""

    journal.append(record_of(0))
    monkeypatch.setattr(os, "fsync", fails_second)
    with ThreadPoolExecutor(10) as pool:
        ends = [pool.submit(append, 1)]
        soon(lambda: calls)
        ends += [pool.submit(append, number) for number in range(2, 6)]
        soon(lambda: len(writer.Mine.writer.batch.records) == 4)
        first.set()
        said = [end.result() for end in ends]
    assert said[0] == ""
    assert all(sentence.startswith("The disk is full.") for sentence in said[1:])
    assert append(6) == ""
    assert waiting(folder) == [0, 1, 6]


def test_a_new_day_has_a_file_of_its_own(folder, monkeypatch):
    journal.append(record_of(1))
    monkeypatch.setattr(writer, "today", lambda: dt.date(2030, 1, 1))
    journal.append(record_of(2))
    assert len(files(folder)) == 2
    assert waiting(folder) == [1, 2]


def test_a_long_file_is_followed_by_another(folder, monkeypatch):
    journal.append(record_of(1))
    monkeypatch.setattr(writer, "FILE_MAX_BYTES", 100)
    journal.append(record_of(2))
    assert len(files(folder)) == 2


def test_a_file_that_was_moved_away_is_not_written_on(folder):
    journal.append(record_of(1))
    files(folder)[0].unlink()
    journal.append(record_of(2))
    assert waiting(folder) == [2]


def test_another_folder_has_another_file(folder, settings, tmp_path):
    journal.append(record_of(1))
    settings.JOURNAL_DIR = tmp_path / "other"
    settings.JOURNAL_DIR.mkdir()
    journal.append(record_of(2))
    assert (waiting(folder), waiting(settings.JOURNAL_DIR)) == ([1], [2])


def test_a_child_writes_a_file_of_its_own(folder):
    """And doesn't keep its parent's file alive."""
    journal.append(record_of(1))
    reader, end = os.pipe()
    if not (pid := os.fork()):
        try:
            journal.append(record_of(2))
            os.write(end, b"written")
            signal.pause()
        finally:
            os._exit(1)
    try:
        assert os.read(reader, 10) == b"written"
        assert len(files(folder)) == 2
        assert sorted(waiting(folder)) == [1, 2]
        mine = next(path for path in files(folder) if path.name.endswith(f"-{os.getpid()}.jsonl"))
        writer.begin_anew()
        assert not reading.is_living(mine)
    finally:
        os.kill(pid, signal.SIGKILL)
        os.waitpid(pid, 0)
        os.close(reader)
        os.close(end)
