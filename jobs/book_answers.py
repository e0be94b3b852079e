"""The chapters of an audiobook as an answer to a request."""

import threading

from django.http import StreamingHttpResponse

from config.errors import Unavailable
from config.streaming import Place, download, holding
from jobs import book_sounds
from jobs.models import Audiobook

ZIP = "application/zip"
ZIPS_AT_ONCE = 8  # of a web process: each holds a thread for as long as its client is slow
zips = threading.BoundedSemaphore(ZIPS_AT_ONCE)


def zip_response(book: Audiobook) -> StreamingHttpResponse:
    """A zip, sent as it is made. Conflict before all chapters are spoken, Gone when a sound has gone."""
    book_sounds.check_spoken(book)
    found = book_sounds.of_chapters(book)
    with holding(zip_place()) as place:
        return download(book_sounds.zipped(found), book_sounds.file_name(book, "zip"), ZIP, place)


def zip_place() -> Place:
    if not zips.acquire(blocking=False):
        raise Unavailable("Many zip files are being made. Try again in a minute.")
    return Place(on_end=zips.release)
