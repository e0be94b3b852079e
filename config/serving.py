"""Private files to the browser, with HTTP Range so that players can seek."""

import os
import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import BinaryIO
from urllib.parse import quote

from django.conf import settings
from django.core.files.storage import default_storage
from django.http import FileResponse, HttpRequest, HttpResponse, HttpResponseBase
from django.utils.http import content_disposition_header

from config.errors import Gone
from config.files import NO_FILE, is_on_disk

RANGE = re.compile(r"bytes=([0-9]*)-([0-9]*)")
CHUNK_BYTES = 64 * 1024
GONE = "The file is gone from the storage."


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


def file_response(
    request: HttpRequest,
    name: str,
    *,
    content_type: str,
    filename: str,
    headers: Mapping[str, str] | None = None,
    is_shown: bool = True,
) -> HttpResponseBase:
    """A private file of the storage, by its name there; `?download=1` saves it under `filename`.

    What is not `is_shown` is always saved. From the disk with HTTP Range so that players can seek, or by the proxy;
    from S3 by a link that expires.
    """
    disposition = content_disposition_header("download" in request.GET or not is_shown, filename)
    if not is_on_disk():
        return signed_redirect(name, content_type, disposition, headers or {})
    response = from_proxy(name) if settings.ACCEL_REDIRECT else from_disk(request, name)
    response["Content-Type"] = content_type
    response["Cache-Control"] = "private, no-cache"
    response["Content-Disposition"] = disposition
    for header, value in (headers or {}).items():
        response[header] = value
    return response


def signed_redirect(name: str, content_type: str, disposition: str, headers: Mapping[str, str]) -> HttpResponse:
    parameters = {"ResponseContentType": content_type, "ResponseContentDisposition": disposition}
    response = HttpResponse(status=302, headers=headers)
    response["Location"] = default_storage.url(name, parameters=parameters)
    response["Cache-Control"] = "private, no-store"
    return response


def from_proxy(name: str) -> HttpResponse:
    """Nothing but the place where nginx finds the file; it does the rest, ranges too."""
    if not Path(default_storage.path(name)).is_file():
        raise Gone(GONE)
    response = HttpResponse()
    response["X-Accel-Redirect"] = f"{settings.ACCEL_REDIRECT.rstrip('/')}/{quote(name)}"
    return response


def from_disk(request: HttpRequest, name: str) -> HttpResponseBase:
    file = opened(Path(default_storage.path(name)))
    size = os.fstat(file.fileno()).st_size
    header = "" if "If-Range" in request.headers else request.headers.get("Range", "")  # we give no validators
    span = asked_range(header, size)
    response = empty_range(file, size) if span is None else slice_of(file, span, size)
    response["Accept-Ranges"] = "bytes"
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
    except NO_FILE as error:
        raise Gone(GONE) from error


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
