"""Calls to other services that end in time, whatever the other side does.

Imported when one is made: httpcore takes a while to load.
"""

import functools
import ssl
import time
from collections.abc import Callable
from typing import Any

import httpcore

WRITE_BYTES = 16_384  # at once: between two writes it is seen how much time is left


class Deadline:
    """When a call must be over, on the monotonic clock."""

    def __init__(self, ends_at: float) -> None:
        self.ends_at = ends_at

    def seconds_left(self) -> float:
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise httpcore.TimeoutException
        return left


class Stream(httpcore.NetworkStream):
    """A connection whose waits end with the call. httpcore limits each wait, not their number: a drip never ends."""

    def __init__(self, stream: httpcore.NetworkStream, seconds_left: Callable[[], float]) -> None:
        self._stream, self._seconds_left = stream, seconds_left

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, self._seconds_left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        for start in range(0, len(buffer), WRITE_BYTES):
            self._stream.write(buffer[start : start + WRITE_BYTES], self._seconds_left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "Stream":
        secured = self._stream.start_tls(ssl_context, server_hostname, self._seconds_left())
        return Stream(secured, self._seconds_left)

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


@functools.cache
def tls() -> ssl.SSLContext:
    """Reading the certificates takes longer than a small file, so that is done once."""
    import httpx

    return httpx.create_ssl_context()
