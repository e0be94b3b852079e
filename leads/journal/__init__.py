"""The journal: what the desk acknowledges is on the disk first, whether the database answers or not.

Each record that was appended ends in one of four ways: `settle` (done), `drop` (refused, its sender knows it),
`leave` (it waits behind others) or `fall_behind` (it waits, and all that comes after it waits too).
"""

import logging

from config.errors import Unavailable, disk_sentence
from leads.journal import gate, writer
from leads.journal.gate import is_behind
from leads.records import Record

__all__ = ["append", "append_many", "drop", "fall_behind", "is_behind", "leave", "settle"]

logger = logging.getLogger(__name__)
NOT_WRITTEN = (
    "The desk's journal can't be written, so nothing was taken. Ask whoever runs this installation to look at the "
    "folder JOURNAL_DIR, then try again."
)


def append(record: Record) -> None:
    """On the disk when it returns. Unavailable when that can't be, and then nothing of it is kept."""
    append_many([record])


def append_many(records: list[Record]) -> None:
    """All of them on the disk when it returns, or none."""
    try:
        writer.append(records)
    except OSError as error:
        logger.error("The journal can't be written: %s", error)
        raise Unavailable(disk_sentence(error) or NOT_WRITTEN) from error


def settle(record: Record) -> None:
    """Note that the record is done, so that it is not replayed. Never raises: done twice, it changes nothing."""
    writer.end(record, writer.DONE)


def drop(record: Record) -> None:
    """The same for a record that was refused: it isn't kept for a restore either."""
    writer.end(record, writer.DROPPED)


def leave(record: Record) -> None:
    """The record waits to be replayed, as others before it do."""
    writer.end(record)


def fall_behind(record: Record) -> None:
    """The record waits to be replayed, and whatever comes in until then waits behind it."""
    gate.close()
    writer.end(record)
