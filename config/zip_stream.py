"""Zip files that are made while they are sent: only what has not been sent yet is in memory."""

import io
from collections.abc import Iterator
from contextlib import closing
from typing import Any
from zipfile import ZIP_STORED, ZipFile, ZipInfo

from django.core.files.storage import default_storage

from config import times

CHUNK_BYTES = 256 * 1024
PART_BYTES = 64 * 1024  # that are sent together


class Outlet(io.RawIOBase):
    """Takes what the zip writes, until it is fetched."""

    def __init__(self) -> None:
        self.chunks: list[bytes] = []
        self.size = 0

    def writable(self) -> bool:
        return True

    def write(self, data: Any) -> int:
        self.chunks.append(bytes(data))
        self.size += len(data)
        return len(data)

    def fetch(self, least: int = PART_BYTES) -> Iterator[bytes]:
        """What has gathered, when it is so much."""
        if self.size >= least and self.chunks:
            content, self.chunks, self.size = b"".join(self.chunks), [], 0
            yield content


def entry(name: str, compression: int) -> ZipInfo:
    made = ZipInfo(name, times.now().timetuple()[:6])
    made.compress_type, made.external_attr = compression, 0o600 << 16
    return made


def copy(zipped: ZipFile, name: str, stored: str) -> Iterator[None]:
    """Put a file of the storage into it as it is; gives way after each part. NO_FILE when there is none."""
    source = default_storage.open(stored)
    with closing(source), zipped.open(entry(name, ZIP_STORED), "w", force_zip64=True) as target:
        while chunk := source.read(CHUNK_BYTES):
            target.write(chunk)
            yield
