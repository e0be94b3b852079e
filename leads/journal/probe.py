"""Whether the journal could take a record now."""

import os
import tempfile

from django.conf import settings

PROBE_BYTES = 64 * 1024  # more than any file system keeps beside the blocks of a full disk


def is_writable() -> bool:
    """Writes into JOURNAL_DIR; nothing of it stays."""
    try:
        with tempfile.TemporaryFile(dir=settings.JOURNAL_DIR, buffering=0) as file:
            file.write(bytes(PROBE_BYTES))
            os.fsync(file.fileno())
    except OSError:
        return False
    return True
