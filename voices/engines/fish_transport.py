"""How calls to Fish Audio travel: as httpx does it, but every wait ends with the call."""

import ssl
import time
from collections.abc import Iterable, Iterator
from contextvars import ContextVar
from typing import Any
from urllib.parse import urlsplit
from urllib.request import getproxies, proxy_bypass

import httpcore
import httpx

CONNECT_SECONDS = 5.0  # for each of the engine's addresses
IDLE_SECONDS = 30.0  # that a connection is kept for the next call
MAX_ANSWER_BYTES = 64 * 1024 * 1024  # twelve minutes of sound; the SDK keeps an answer in memory


class Call:
    """One request under way: when it must be over, and the head of its answer."""

    def __init__(self, ends_at: float) -> None:
        self.ends_at = ends_at
        self.answer: httpx.Response | None = None

    def seconds_left(self) -> float:
        left = self.ends_at - time.monotonic()
        if left <= 0:
            raise httpcore.TimeoutException
        return left


current: ContextVar[Call] = ContextVar("current")


class Stream(httpcore.NetworkStream):
    """A connection. httpx limits each wait, but not their number: a server that drips would never time out."""

    def __init__(self, stream: httpcore.NetworkStream) -> None:
        self._stream = stream

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        return self._stream.read(max_bytes, current.get().seconds_left())

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        self._stream.write(buffer, current.get().seconds_left())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> "Stream":
        return Stream(self._stream.start_tls(ssl_context, server_hostname, current.get().seconds_left()))

    def get_extra_info(self, info: str) -> Any:
        return self._stream.get_extra_info(info)


class Backend(httpcore.SyncBackend):
    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> Stream:
        seconds = min(CONNECT_SECONDS, current.get().seconds_left())
        return Stream(super().connect_tcp(host, port, seconds, local_address, socket_options))


class Body(httpx.SyncByteStream):
    def __init__(self, answer: httpcore.Response) -> None:
        self._answer = answer

    def __iter__(self) -> Iterator[bytes]:
        size = 0
        for part in self._answer.iter_stream():
            size += len(part)
            if size > MAX_ANSWER_BYTES:
                raise ValueError("The answer is too long.")
            yield part

    def close(self) -> None:
        self._answer.close()


class Transport(httpx.BaseTransport):
    """As httpx's own, with the streams above."""

    def __init__(self, base_url: str) -> None:
        self._pool = httpcore.ConnectionPool(
            httpx.create_ssl_context(),
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
        answer = httpx.Response(got.status, headers=got.headers, stream=Body(got), extensions=got.extensions)
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
