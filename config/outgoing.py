"""Posting to an address that somebody has given us: never into a private network, never beyond a time, and signed."""

import contextlib
import hashlib
import hmac
import ssl
import time
from collections.abc import Iterable, Mapping

import httpcore

from config import VERSION, addresses, calls
from config.addresses import Address
from config.errors import Unavailable

SECONDS = 20.0  # for one call, look-up and answer included
LOOKUP_SECONDS = 5.0
CONNECT_SECONDS = 5.0  # for each of a host's IP addresses
ANSWER_BYTES, ANSWER_SECONDS = 4_096, 1.0  # of the body of an answer, which is taken out of politeness only
TIMESTAMP, SIGNATURE = "t", "v1"


class CallFailed(Unavailable):
    code = "call_failed"


def sign(secret: str, body: bytes, at: int) -> str:
    """The value of a signature header: `t=<unix>,v1=<HMAC-SHA256 of "t.body", in hex>`."""
    digest = hmac.new(secret.encode(), b"%d." % at + body, hashlib.sha256).hexdigest()
    return f"{TIMESTAMP}={at},{SIGNATURE}={digest}"


def post(url: str, body: bytes, headers: Mapping[str, str], *, seconds: float = SECONDS) -> int:
    """Post once and give the status of the answer, a redirect's too: none is followed.

    The name is looked up here, and the call goes to an IP address that was checked. DomainError with a sentence when
    the address is refused or no answer comes in time. No proxy is asked: it would look the name up anew, unchecked.
    """
    deadline = calls.Deadline(time.monotonic() + seconds)
    address = addresses.parse(url)
    ips = addresses.public_ips(address, seconds=min(LOOKUP_SECONDS, seconds))
    sent = {"Host": address.authority, "User-Agent": f"Echodesk/{VERSION}", "Connection": "close"} | dict(headers)
    try:
        with (
            connection(address, ips, deadline) as connected,
            connected.stream("POST", core_url(address), headers=sent, content=body) as answer,
        ):
            read_a_little(answer, deadline)
            return answer.status
    except (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError) as error:
        raise CallFailed(sentence(address.host, error)) from error


class Backend(httpcore.SyncBackend):
    """Connects to the IP addresses that were checked, one after the other, whatever name it is asked for."""

    def __init__(self, ips: list[str], deadline: calls.Deadline) -> None:
        self._ips, self._deadline = ips, deadline

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore.SOCKET_OPTION] | None = None,
    ) -> calls.Stream:
        *others, last = self._ips
        for ip in others:
            with contextlib.suppress(httpcore.ConnectError, httpcore.ConnectTimeout):
                return self._connect(ip, port)
        return self._connect(last, port)

    def _connect(self, ip: str, port: int) -> calls.Stream:
        seconds = min(CONNECT_SECONDS, self._deadline.seconds_left())
        return calls.Stream(super().connect_tcp(ip, port, seconds), self._deadline.seconds_left)


def connection(address: Address, ips: list[str], deadline: calls.Deadline) -> httpcore.HTTPConnection:
    """TLS asks for the certificate of the name, not of the IP address."""
    return httpcore.HTTPConnection(
        core_url(address).origin,
        ssl_context=calls.tls() if address.scheme == "https" else None,
        network_backend=Backend(ips, deadline),
    )


def core_url(address: Address) -> httpcore.URL:
    target = address.target.encode()
    return httpcore.URL(scheme=address.scheme.encode(), host=address.host.encode(), port=address.port, target=target)


def read_a_little(answer: httpcore.Response, deadline: calls.Deadline) -> None:
    """The status is known; to hang up on a server that still writes would put errors into its log."""
    deadline.ends_at = min(deadline.ends_at, time.monotonic() + ANSWER_SECONDS)
    size = 0
    with contextlib.suppress(httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError):
        for part in answer.iter_stream():
            size += len(part)
            if size > ANSWER_BYTES:
                return


def sentence(host: str, error: Exception) -> str:
    """What went wrong, in words for whoever gave the address."""
    cause = error.__cause__
    if isinstance(cause, ssl.SSLCertVerificationError):
        return f"The certificate of {host} is not trusted ({cause.verify_message})."
    if isinstance(cause, ssl.SSLError):
        return f"{host} does not speak TLS as it should."
    if isinstance(error, httpcore.TimeoutException):
        return f"{host} did not answer in time."
    if isinstance(error, httpcore.ProtocolError):
        return f"{host} did not answer in HTTP."
    return f"{host} can't be reached, or the connection broke."
