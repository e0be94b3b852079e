"""How calls to other services travel that a client makes with httpx: as it does it, but every wait ends with the call.

Imported when one is made: httpx takes a while to load.
"""

import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

from config.calls import Deadline, Stream, tls

CONNECT_SECONDS = 5.0  # for each of a host's addresses
IDLE_SECONDS = 30.0  # that a connection is kept for the next call
MAX_ANSWER_BYTES = 64 * 1024 * 1024  # twelve minutes of sound; answers are kept in memory


class Call(Deadline):
    """One request under way: when it must be over, and the head of its answer."""

    def __init__(self, ends_at: float) -> None:
        super().__init__(ends_at)
        self.answer: httpx.Response | None = None


current: ContextVar[Call] = ContextVar("current")


@contextmanager
def within(seconds: float) -> Iterator[Call]:
    """All that a client with this transport asks inside it ends in time; httpcore.TimeoutException when it has not."""
    token = current.set(Call(time.monotonic() + seconds))
    try:
        yield current.get()
    finally:
        current.reset(token)


def seconds_left() -> float:
    """Connections outlive a call; what ends their waits is the call that uses them now."""
    return current.get().seconds_left()


class Backend(httpcore.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> Stream:
        seconds = min(CONNECT_SECONDS, seconds_left())
        return Stream(super().connect_tcp(host, port, seconds, local_address, socket_options), seconds_left)


class Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response, most_bytes: int) -> None:
        self._answer, self._most_bytes = answer, most_bytes

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for part in self._answer.iter_stream():
            size += len(part)
            if size > self._most_bytes:
                raise ValueError("The answer is too long.")
            yield part

    def close(self) -> None:
        self._answer.close()


class Transport(httpx.BaseTransport):
    """As httpx's own, with the streams above. A longer answer than `most_bytes` breaks off with a ValueError."""

    def __init__(self, base_url: str, *, most_bytes: int | None = None) -> None:
        self._most_bytes = most_bytes
        self._pool = httpcore.ConnectionPool(
            tls(),
            proxy_of(base_url),
            max_connections=None,
            keepalive_expiry=IDLE_SECONDS,
            network_backend=Backend(),
        )

    def handle_request(self, request: httpx.Request) -> httpx.Response:
        asked = httpcore.Request(
            request.method, core_url(request.url), headers=request.headers.raw, content=request.stream
        )
        got = self._pool.handle_request(asked)
        body = Body(got, self._most_bytes or MAX_ANSWER_BYTES)
        answer = httpx.Response(got.status, headers=got.headers, stream=body, extensions=got.extensions)
        current.get().answer = answer
        return answer

    def close(self) -> None:
        self._pool.close()


def core_url(url: httpx.URL) -> httpcore.URL:
    return httpcore.URL(scheme=url.raw_scheme, host=url.raw_host, port=url.port, target=url.raw_path)


def proxy_of(base_url: str) -> httpcore.Proxy | None:
    """The operator's HTTP_PROXY, HTTPS_PROXY and NO_PROXY; httpx reads them for its own transport only."""
    parts = urlsplit(base_url)
    address = getproxies().get(parts.scheme)
    if not address or proxy_bypass(parts.hostname):
        return None
    proxy = httpx.Proxy(address)
    return httpcore.Proxy(core_url(proxy.url), auth=proxy.raw_auth)
