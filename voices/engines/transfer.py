"""Bytes from an address or a path into a file: bounded in size and time, checked, going on where they stopped."""

import hashlib
import os
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote, unquote, urlsplit

from config import VERSION
from config.errors import DISK_FULL, FULL, Unavailable, Unprocessable

if TYPE_CHECKING:
    import httpx

CONNECT_SECONDS, READ_SECONDS = 10.0, 20.0  # for a connection, and between two parts of what comes
FILE_SECONDS, LIST_SECONDS = 7_200.0, 60.0  # for all of it
MAX_REDIRECTS = 5
TRIES = 3
RETRY_SECONDS = 2.0  # after a broken connection
CHUNK_BYTES = 65_536
WEB = ("http://", "https://")


class TransferFailed(Unavailable):
    code = "download_failed"
    retry_after = 60


class TransferBroken(TransferFailed):
    """What may go well when it is tried again."""


class PastTheEnd(TransferBroken):
    """The server's file is shorter than what is held of it."""


@dataclass(frozen=True)
class Source:
    start: int  # of the first byte that comes
    chunks: Iterator[bytes]


@dataclass(frozen=True)
class Expected:
    """What has to arrive."""

    size_bytes: int
    md5: str


def beside(location: str, path: str) -> str:
    """The address of a file whose path is given from the folder in which `location` lies."""
    if location.startswith(WEB):
        parts = urlsplit(location)
        return f"{parts.scheme}://{parts.netloc}{parts.path.rpartition('/')[0]}/{quote(path)}"
    return str(local_path(location).parent / path)


def read(location: str, *, limit: int) -> bytes:
    """All of it. TransferFailed when it can't be had, is longer than `limit` bytes, or takes longer than a minute."""
    parts, length, until = [], 0, time.monotonic() + LIST_SECONDS
    with opened(location, 0) as source:
        for chunk in source.chunks:
            length += len(chunk)
            if length > limit:
                raise TransferFailed(f"{place(location)} sends more than {limit:,} bytes. That is no list of voices.")
            check_time(until, location)
            parts.append(chunk)
    return b"".join(parts)


def fetch(location: str, part: Path, expected: Expected, report: Callable[[int], object]) -> None:
    """Make `part` hold what is expected, going on after what it holds. `report` takes bytes held, and may raise.

    TransferFailed says what went wrong; what has arrived is kept for the next time, unless it is wrong.
    """
    for attempt in range(1, TRIES + 1):
        try:
            return fetch_once(location, part, expected, report)
        except TransferBroken as error:
            if isinstance(error, PastTheEnd):
                part.unlink(missing_ok=True)
            if attempt == TRIES:
                raise
            time.sleep(RETRY_SECONDS)
        except OSError as error:
            raise TransferFailed(disk_sentence(error, part)) from error
    return None


def fetch_once(location: str, part: Path, expected: Expected, report: Callable[[int], object]) -> None:
    held = part.stat().st_size if part.exists() else 0
    if held < expected.size_bytes:
        with opened(location, held) as source:
            write(source, location, part, expected, report)
    check(location, part, expected, has_resumed=held > 0)


def write(source: Source, location: str, part: Path, expected: Expected, report: Callable[[int], object]) -> None:
    held, until = source.start, time.monotonic() + FILE_SECONDS
    with part.open("ab" if source.start else "wb") as file:
        for chunk in source.chunks:
            held += len(chunk)
            if held > expected.size_bytes:
                break
            file.write(chunk)
            report(held)
            check_time(until, location)
        file.flush()
        os.fsync(file.fileno())
    if held > expected.size_bytes:
        part.unlink()
        raise TransferFailed(f"{place(location)} sends more than its list says. Refresh the list, then try again.")
    if held < expected.size_bytes:
        raise TransferBroken(f"The connection to {place(location)} broke off. Try again: it goes on where it stopped.")


def check(location: str, part: Path, expected: Expected, *, has_resumed: bool) -> None:
    """A wrong file goes; after an earlier part its beginning may have been another version's, so it is worth a try."""
    if part.stat().st_size == expected.size_bytes and md5_of(part) == expected.md5:
        return
    part.unlink()
    kind = TransferBroken if has_resumed else TransferFailed
    raise kind(f"What {place(location)} sent is damaged: its checksum is wrong. Try again.")


def md5_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, lambda: hashlib.md5(usedforsecurity=False)).hexdigest()


def check_time(until: float, location: str) -> None:
    if time.monotonic() > until:
        raise TransferFailed(f"{place(location)} is too slow. Try again when the network is better.")


def disk_sentence(error: OSError, path: Path) -> str:
    if error.errno in FULL:
        return DISK_FULL
    return f"{path.parent} can't be written: {error.strerror}. Ask whoever runs this installation to look at it."


def place(location: str) -> str:
    """The host or the path, for a sentence."""
    return urlsplit(location).hostname or "The server" if location.startswith(WEB) else location


def whole(location: str) -> str:
    """The address, or the path as every process can read it."""
    return location if "://" in location else str(Path(location).absolute())


def local_path(location: str) -> Path:
    """A path or a file:// address; every other kind of address is refused."""
    if location.startswith("file://"):
        return Path(unquote(urlsplit(location).path))
    if "://" in location or "\0" in location:
        raise Unprocessable("Name a file, or an address that begins with https://, http:// or file://.")
    return Path(location).absolute()


def opened(location: str, start: int) -> AbstractContextManager[Source]:
    """The bytes from `start` on; from 0 on where the server can't do that. TransferFailed, while it is read too."""
    return from_web(location, start) if location.startswith(WEB) else from_disk(location, start)


@contextmanager
def from_disk(location: str, start: int) -> Iterator[Source]:
    path = local_path(location)
    try:
        file = path.open("rb")
    except (OSError, ValueError) as error:
        raise TransferFailed(f"{location} can't be read. Is it there?") from error
    with file:
        file.seek(start)
        yield Source(start, iter(lambda: file.read(CHUNK_BYTES), b""))


@contextmanager
def from_web(location: str, start: int) -> Iterator[Source]:
    import httpx  # a tenth of a second that only a download should take

    headers = {"Accept-Encoding": "identity", "User-Agent": f"Echodesk/{VERSION}"}
    headers |= {"Range": f"bytes={start}-"} if start else {}
    try:
        with client(location) as web, web.stream("GET", location, headers=headers) as answer:
            yield Source(first_byte(answer, location, start), answer.iter_raw())
    except httpx.TimeoutException as error:
        raise TransferBroken(f"{place(location)} did not answer in time. Check the network, then try again.") from error
    except (httpx.TooManyRedirects, httpx.UnsupportedProtocol, httpx.InvalidURL) as error:
        raise TransferFailed(f"{place(location)} leads on to an address that can't be followed.") from error
    except httpx.HTTPError as error:
        sentence = f"{place(location)} can't be reached, or the connection broke. Check the network, then try again."
        raise TransferBroken(sentence) from error


def client(location: str) -> "httpx.Client":
    import httpx

    from config.calls import tls

    def stays_safe(request: httpx.Request) -> None:
        if location.startswith("https://") and request.url.scheme != "https":
            raise httpx.UnsupportedProtocol("from https to something less safe", request=request)

    return httpx.Client(
        verify=tls(),
        timeout=httpx.Timeout(READ_SECONDS, connect=CONNECT_SECONDS),
        follow_redirects=True,
        max_redirects=MAX_REDIRECTS,
        event_hooks={"request": [stays_safe]},
    )


def first_byte(answer: "httpx.Response", location: str, start: int) -> int:
    """Where the answer begins; a server that ignores the range sends everything."""
    if answer.status_code == 200:
        return 0
    if answer.status_code == 206 and answer.headers.get("Content-Range", "").startswith(f"bytes {start}-"):
        return start
    sentence = f"{place(location)} answered with the status {answer.status_code} instead of the file. Try again later."
    if answer.status_code == 416:
        raise PastTheEnd(sentence)
    raise (TransferBroken if answer.status_code >= 500 else TransferFailed)(sentence)
