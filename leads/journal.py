"""The journal: what the desk acknowledges is on the disk first, whether the database answers or not."""

import os
import socket
import threading
from pathlib import Path

from django.conf import settings

from config.errors import Unavailable
from config.ids import new_id
from leads.records import Record

NOT_WRITTEN = "The journal can't be written, so nothing was taken. Ask whoever runs this installation."


class Journal:
    """The file of this process."""

    def __init__(self, folder: Path) -> None:
        folder.mkdir(parents=True, exist_ok=True)
        self.path = folder / f"{socket.gethostname()}-{new_id()}-{os.getpid()}.jsonl"
        self.lock = threading.Lock()

    def append(self, line: bytes) -> None:
        with self.lock, self.path.open("ab") as file:
            file.write(line)
            file.flush()
            os.fsync(file.fileno())


def append(record: Record) -> None:
    """On the disk when it returns. Unavailable when that can't be, and then nothing of it is kept."""
    try:
        Journal(settings.JOURNAL_DIR).append(record.line())
    except OSError as error:
        raise Unavailable(NOT_WRITTEN) from error


def settle(record: Record) -> None:
    """Note that the record is done, so that it is not replayed."""


def is_behind() -> bool:
    """Whether records wait to be replayed: what comes in now waits behind them, so that all stay in order."""
    return False
