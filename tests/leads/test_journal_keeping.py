"""Files in which all is done: compressed, kept, read again, and deleted in the end."""

import gzip
import os
import time

import pytest

from config.errors import Unavailable
from leads import journal, records
from leads.journal import folder as journal_folder
from leads.journal import gate, history, keeping, writer
from tests.leads.journals import files, record_of, writing


@pytest.fixture
def folder(settings):
    return settings.JOURNAL_DIR


def write_file(folder, *numbers, name="host-x-1", arrival=0):
    """What a process has left; all of it is done."""
    made = [record_of(number, **({"arrival": arrival + number} if arrival else {})) for number in numbers]
    path = folder / f"{name}.jsonl"
    path.write_bytes(b"".join(record.line() for record in made))
    path.with_suffix(".done").write_bytes(b"".join(writer.mark(record.arrival, "") for record in made))
    return path, made


def kept(folder):
    (path,) = files(folder, ".jsonl.gz")
    return [records.read(line).data["number"] for line in gzip.decompress(path.read_bytes()).splitlines()]


def names(folder):
    return {path.name for path in folder.iterdir()} - {gate.GATE, gate.REPLAY, writer.APPEND}


def test_a_finished_file_is_compressed(folder):
    path, made = write_file(folder, 1, 2, 3)
    assert keeping.compress_finished() == 1
    assert names(folder) == {"host-x-1.jsonl.gz"}
    assert kept(folder) == [1, 2, 3]
    stat = (folder / "host-x-1.jsonl.gz").stat()
    assert stat.st_mtime_ns == made[-1].arrival
    assert stat.st_mode & 0o777 == 0o600


def test_a_file_with_something_to_do_stays(folder):
    path, _ = write_file(folder, 1, 2)
    with path.open("ab") as file:
        file.write(record_of(3).line())
    assert keeping.compress_finished() == 0
    assert path.exists()


def test_the_file_of_a_running_process_stays(folder):
    journal.append(record := record_of(1))
    journal.settle(record)
    with writing(folder) as other:
        other.stdout.readline()
        assert keeping.compress_finished() == 0
    assert len(files(folder)) == 2


def test_what_its_sender_saw_refused_is_not_kept(folder):
    journal.append_many([done := record_of(1), refused := record_of(2)])
    journal.settle(done)
    journal.drop(refused)
    assert [line.record().data["number"] for line in history.lines()] == [1]
    writer.begin_anew()
    keeping.compress_finished()
    assert kept(folder) == [1]


def test_of_nothing_nothing_is_kept(folder):
    journal.append(record := record_of(1))
    journal.drop(record)
    writer.begin_anew()
    (folder / "host-y-1.jsonl").touch()
    assert keeping.compress_finished() == 2
    assert names(folder) == set()


def test_damaged_lines_are_kept_as_they_are(folder):
    path, made = write_file(folder, 1, 2)
    path.write_bytes(made[0].line() + b"broken\n" + made[1].line() + b'{"kind":')
    assert keeping.compress_finished() == 1
    (gz,) = files(folder, ".gz")
    assert gzip.decompress(gz.read_bytes()) == made[0].line() + b"broken\n" + made[1].line() + b'{"kind":\n'


def test_a_compression_that_was_cut_off_is_done_again(folder):
    write_file(folder, 1, 2)
    (folder / "host-x-1.jsonl.gz.part").write_bytes(b"half")
    (folder / "host-y-1.jsonl.gz.part").write_bytes(b"half")
    keeping.compress_finished()
    assert kept(folder) == [1, 2]
    (folder / "host-z-1.done").touch()  # its file was deleted, then the process was killed
    keeping.purge()
    assert names(folder) == {"host-x-1.jsonl.gz"}


def test_not_while_another_process_is_at_it(folder):
    write_file(folder, 1)
    with gate.one_at_a_time():
        assert keeping.compress_finished() == 0
        assert keeping.purge() == 0
    assert keeping.compress_finished() == 1


def test_kept_files_go_after_their_days(folder, settings):
    day, settings.JOURNAL_KEEP_DAYS = 86_400 * 10**9, 3
    write_file(folder, 1, name="old", arrival=time.time_ns() - 3 * day - 10**10)
    write_file(folder, 2, name="new", arrival=time.time_ns() - 3 * day + 10**12)
    keeping.compress_finished()
    assert keeping.purge() == 1
    assert names(folder) == {"new.jsonl.gz"}


def test_what_waits_never_goes(folder, settings):
    path, _ = write_file(folder, 1, arrival=10**18)
    path.with_suffix(".done").unlink()
    path.with_suffix(".refused").write_text("{}\n")
    os.utime(path, (0, 0))
    assert keeping.compress_finished() == keeping.purge() == 0
    assert names(folder) == {"host-x-1.jsonl", "host-x-1.refused"}


def test_without_the_folder_there_is_nothing_to_do(folder):
    folder.rmdir()
    assert keeping.compress_finished() == keeping.purge() == 0


def test_history_is_in_order_over_all_files(folder):
    """Compressed or not; lines of threads that wrote at once may have changed places."""
    start = time.time_ns()
    write_file(folder, 1, 5, 4, 9, name="a", arrival=start)
    write_file(folder, 2, 3, 8, name="b", arrival=start)
    keeping.compress_finished()
    write_file(folder, 7, 6, 10, name="c", arrival=start)
    write_file(folder, 300, 12, 11, name="d", arrival=start)
    assert [line.record().data["number"] for line in history.lines()] == [*range(1, 13), 300]


def test_history_goes_on_after_damage(folder):
    found = []
    write_file(folder, 1, 2, name="a")
    write_file(folder, *range(1000), name="b")
    keeping.compress_finished()
    packed = folder / "b.jsonl.gz"
    packed.write_bytes(packed.read_bytes()[:-2000])
    path, made = write_file(folder, 3, 4, name="c")
    path.write_bytes(made[0].line() + b"broken\n" + made[1].line())
    told = [line.record().data["number"] for line in history.lines(lambda path, number: found.append(path.name))]
    assert found == ["b.jsonl.gz", "c.jsonl"]
    assert told[:2] == [1, 2]
    assert told[-2:] == [3, 4]


def test_the_folder_is_made_before_the_start(folder):
    folder.rmdir()
    journal_folder.make(print)
    journal_folder.make(print)
    assert folder.stat().st_mode & 0o777 == 0o700
    folder.rmdir()
    folder.write_text("")
    with pytest.raises(Unavailable, match="JOURNAL_DIR"):
        journal_folder.make(print)
