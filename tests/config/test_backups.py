import sqlite3
import stat
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path

import pytest

from config.backups import KEPT, back_up


@pytest.fixture
def database(tmp_path: Path) -> Iterator[Path]:
    """A database in use: its last row is in the write-ahead log only."""
    path = tmp_path / "a name with % and ?.sqlite3"
    with closing(sqlite3.connect(path, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode=WAL")
        writer.execute("CREATE TABLE words (word TEXT)")
        writer.execute("INSERT INTO words VALUES ('hello')")
        yield path


def words(path: Path) -> list[tuple[str]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute("SELECT word FROM words").fetchall()


def test_the_copy_has_what_is_in_the_log_too(database: Path, tmp_path: Path) -> None:
    copy = back_up(database, tmp_path / "backups")
    assert words(copy) == [("hello",)]
    assert stat.S_IMODE(copy.stat().st_mode) == 0o600


def test_five_copies_are_kept(database: Path, tmp_path: Path) -> None:
    copies = [back_up(database, tmp_path / "backups") for _ in range(KEPT + 2)]
    assert sorted((tmp_path / "backups").iterdir()) == copies[2:]


def test_what_a_broken_copy_left_does_not_matter(database: Path, tmp_path: Path) -> None:
    (tmp_path / "backups").mkdir()
    (tmp_path / "backups" / f"{database.stem}.part").write_text("no database")
    assert words(back_up(database, tmp_path / "backups")) == [("hello",)]


def test_a_missing_database_is_not_made(tmp_path: Path) -> None:
    with pytest.raises(sqlite3.OperationalError):
        back_up(tmp_path / "missing.sqlite3", tmp_path / "backups")
    assert not (tmp_path / "missing.sqlite3").exists()
