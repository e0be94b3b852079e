"""The folder of the journal. It is made before the web server starts and never again: where it is gone, a disk is."""

from collections.abc import Callable
from pathlib import Path

from django.conf import settings

from config.errors import Unavailable


def make(write: Callable[[str], object]) -> None:
    folder = Path(settings.JOURNAL_DIR)
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
    except OSError as error:
        raise Unavailable(f"The folder of the journal can't be made: {error}. Set JOURNAL_DIR to another.") from error
