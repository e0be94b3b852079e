"""The chapters of an audiobook as an answer to a request."""

import threading

from django.http import StreamingHttpResponse
from django.utils.http import content_disposition_header

from config.errors import Unavailable
from config.streaming import Place, Stream, holding
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
        response = StreamingHttpResponse(Stream(book_sounds.zipped(found), place), content_type=ZIP)
    response["Content-Disposition"] = content_disposition_header(True, book_sounds.file_name(book, "zip"))
    response["Cache-Control"] = "private, no-store"
    response["X-Accel-Buffering"] = "no"  # nginx would gather all of it
    return response


def zip_place() -> Place:
    if not zips.acquire(blocking=False):
        raise Unavailable("Many zip files are being made. Try again in a minute.")
    try:
        return Place(on_end=zips.release)
    except Unavailable:
        zips.release()
        raise
