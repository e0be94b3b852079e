"""Private files to the browser, with HTTP Range so that players can seek."""

import os
import re
from collections.abc import Iterator
from pathlib import Path
from typing import BinaryIO

from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from config.errors import Gone

RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)")
CHUNK_BYTES = 64 * 1024


class FileSlice:
    """`size` bytes of an open file from `start` on."""

    def __init__(self, file: BinaryIO, start: int, size: int) -> None:
        file.seek(start)
        self.file, self.left = file, size
        self.close = file.close

    def __iter__(self) -> Iterator[bytes]:
        while self.left > 0 and (chunk := self.file.read(min(CHUNK_BYTES, self.left))):
            self.left -= len(chunk)
            yield chunk


def file_response(request: HttpRequest, path: Path, *, content_type: str, filename: str) -> HttpResponseBase:
    """A private file, with HTTP Range so that players can seek; `?download=1` saves it under `filename`."""
    file = opened(path)
    size = os.fstat(file.fileno()).st_size
    header = "" if "If-Range" in request.headers else request.headers.get("Range", "")  # we give no validators
    span = asked_range(header, size)
    response = empty_range(file, size) if span is None else slice_of(file, span, size)
    response["Content-Type"] = content_type
    response["Accept-Ranges"] = "bytes"
    response["Cache-Control"] = "private, no-cache"
    response["Content-Disposition"] = content_disposition_header("download" in request.GET, filename)
    return response


def asked_range(header: str, size: int) -> range | None:
    """The bytes that a Range header asks for, None when the file has none of them; all if it isn't a single range."""
    match = RANGE.fullmatch(header.strip())
    if not match or match.groups() == ("", ""):
        return range(size)
    first, last = (position(digits) for digits in match.groups())
    if first is None:
        return range(max(0, size - last), size) if last else None
    if last is not None and last < first:
        return range(size)
    end = size if last is None else min(size, last + 1)
    return range(first, end) if first < end else None


def position(digits: str) -> int | None:
    """Python refuses to read thousands of digits; no file has a byte with a number of nineteen."""
    return int(digits[:19]) if digits else None


def opened(path: Path) -> BinaryIO:
    try:
        return path.open("rb")
    except FileNotFoundError as error:
        raise Gone("The file has just been deleted.") from error


def slice_of(file: BinaryIO, span: range, size: int) -> FileResponse:
    response = FileResponse(FileSlice(file, span.start, len(span)))
    response["Content-Length"] = str(len(span))
    if len(span) < size:
        response.status_code = 206
        response["Content-Range"] = f"bytes {span.start}-{span.stop - 1}/{size}"
    return response


def empty_range(file: BinaryIO, size: int) -> HttpResponse:
    file.close()
    response = HttpResponse(status=416)
    response["Content-Range"] = f"bytes */{size}"
    return response
