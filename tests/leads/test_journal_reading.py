"""What waits in the journal, whoever has written it: files of running processes, of killed ones, and their marks."""

import datetime as dt
import signal

import pytest

from leads import journal
from leads.journal import reading, writer
from leads.records import Kind
from tests.leads.journals import files, record_of, waiting, writing


@pytest.fixture
def folder(settings):
    return settings.JOURNAL_DIR


def test_what_is_done_is_noted_in_the_file_it_is_in(folder, monkeypatch):
    """Also when the day has ended meanwhile; then the file has no writer any more."""
    old, new = record_of(1), record_of(2)
    journal.append(old)
    (path,) = files(folder)
    monkeypatch.setattr(writer, "today", lambda: dt.date(2030, 1, 1))
    journal.append(new)
    assert reading.is_living(path)
    journal.settle(old)
    assert not reading.is_living(path)
    assert waiting(folder) == [2]


def test_marks_end_the_waiting(folder):
    done, dropped, left = (record_of(number) for number in range(3))
    for record in (done, dropped, left):
        journal.append(record)
    journal.settle(done)
    journal.drop(dropped)
    journal.leave(left)
    assert waiting(folder) == [2]
    assert not journal.is_behind()
    assert not writer.Mine.writer.files


def test_a_mark_that_was_cut_off_spoils_no_other(folder):
    for number in range(2):
        journal.append(record := record_of(number))
        journal.settle(record)
    (marks,) = files(folder, ".done")
    first, second = marks.read_bytes().splitlines(keepends=True)
    marks.write_bytes(first[:7] + second)
    assert waiting(folder) == [0]


def test_to_settle_never_raises(folder, monkeypatch):
    journal.append(record := record_of(1))
    monkeypatch.setattr(writer, "MARKS_SUFFIX", f".{'x' * 300}")
    journal.settle(record)
    journal.settle(record_of(2))


def test_two_records_with_one_id_end_apart(folder):
    """A request that is sent again under its idempotency key has the id of the first."""
    first, second = record_of(1, id="c" * 24), record_of(2, id="c" * 24)
    journal.append_many([first, second])
    journal.settle(first)
    assert waiting(folder) == [2]


def test_a_killed_process_leaves_all_it_told_of(folder):
    with writing(folder) as process:
        told = [int(process.stdout.readline()) for _ in range(20)]
        process.send_signal(signal.SIGKILL)
        told += [int(line) for line in process.stdout]
        process.wait()
    (path,) = files(folder)
    assert not reading.is_living(path)
    assert set(waiting(folder)) >= set(told)


def test_a_dead_file_may_end_in_the_middle_of_a_line(folder):
    lines = [record_of(number).line() for number in range(4)]
    path = folder / "host-x-1.jsonl"
    path.write_bytes(lines[0] + b"nonsense\n" + lines[1] + lines[2] + lines[3][:40])
    assert waiting(folder) == [0, 1, 2]
    path.write_bytes(b"".join(lines)[:-1])
    assert waiting(folder) == [0, 1, 2, 3]


def test_a_line_that_is_being_written_is_read_when_it_is_whole(folder):
    journal.append(record_of(0))
    (path,) = files(folder)
    backlog, line = reading.Backlog(folder), record_of(1, kind=Kind.EVENTS).line()
    with path.open("ab") as file:
        file.write(line[:50])
        file.flush()
        assert len(backlog.look(at_all=True)) == 1
        file.write(line[50:])
    assert len(backlog.look(at_all=True)) == 2
    assert backlog.files[path].damaged == 0


def test_what_a_living_writer_may_do_itself_is_left_to_it_for_a_while(folder, monkeypatch):
    journal.append(record_of(1))
    backlog = reading.Backlog(folder)
    assert not backlog.look(at_all=False)
    monkeypatch.setattr(reading, "SETTLING_SECONDS", 0)
    assert len(backlog.look(at_all=False)) == 1


def test_order_is_that_of_arrival_over_all_files(folder):
    with writing(folder, 1000) as other:
        for number in range(5):
            journal.append(record_of(number))
            other.stdout.readline()
    entries = reading.Backlog(folder).look(at_all=True)
    assert len({entry.path for entry in entries}) == 2
    assert [entry.arrival for entry in entries] == sorted(entry.arrival for entry in entries)
