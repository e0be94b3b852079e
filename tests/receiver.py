"""Who gets callbacks: a server on loopback that answers well, badly, slowly or not at all."""

import contextlib
import datetime as dt
import ssl
import threading
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from ipaddress import ip_address
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

DRIP_SECONDS = 0.05
HEAD = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n"


@dataclass(frozen=True)
class Seen:
    """A request as it came."""

    path: str
    headers: dict[str, str]  # names in small letters
    body: bytes


class Receiver:
    """Answers 204, or what `next` says: a status, a redirect's address, or how it misbehaves."""

    def __init__(self, context: ssl.SSLContext | None = None) -> None:
        self.seen: list[Seen] = []
        self.next: deque[int | str] = deque()
        self.released = threading.Event()  # ends the answers that never come
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.handle_error = lambda *_: None
        if context:
            self._server.socket = context.wrap_socket(self._server.socket, server_side=True)
        self._server.receiver = self
        self.port = self._server.server_port
        self.url = f"http{'s' if context else ''}://127.0.0.1:{self.port}/done?key=a%20b"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def do_POST(self) -> None:
        receiver: Receiver = self.server.receiver
        body = self.rfile.read(int(self.headers["Content-Length"]))
        receiver.seen.append(Seen(self.path, {name.lower(): value for name, value in self.headers.items()}, body))
        self.close_connection = True
        with contextlib.suppress(OSError):  # the client may go before the end
            self.answer(receiver, receiver.next.popleft() if receiver.next else 204)

    do_GET = do_POST

    def answer(self, receiver: Receiver, what: int | str) -> None:
        if isinstance(what, int):
            self.wfile.write(b"HTTP/1.1 %d X\r\nContent-Length: 0\r\nSet-Cookie: a=b\r\n\r\n" % what)
        elif what.startswith("http"):
            self.wfile.write(b"HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: %s\r\n\r\n" % what.encode())
        elif what == "hang":
            receiver.released.wait()
        elif what.startswith("drip"):
            self.drip(receiver, HEAD % 1_000, at_once=0 if what == "drip" else len(HEAD % 1_000))
        elif what == "huge":
            self.wfile.write(HEAD % 10**9)
            while not receiver.released.is_set():
                self.wfile.write(b"a" * 65_536)
        else:
            self.wfile.write(b"\x00\x01\x02 garbage\r\n\r\n")

    def drip(self, receiver: Receiver, head: bytes, at_once: int) -> None:
        self.wfile.write(head[:at_once])
        for byte in head[at_once:] + b"a" * 1_000:
            if receiver.released.wait(DRIP_SECONDS):
                return
            self.wfile.write(bytes([byte]))

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the standard library
        pass


@contextmanager
def receiving(context: ssl.SSLContext | None = None) -> Iterator[Receiver]:
    receiver = Receiver(context)
    yield receiver
    receiver.close()


def self_signed(folder: Path) -> tuple[ssl.SSLContext, Path]:
    """What a server needs for TLS with a certificate that nobody has signed, and that certificate's file."""
    key, name = ec.generate_private_key(ec.SECP256R1()), x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "here")])
    now = dt.datetime.now(dt.UTC)
    names = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1")), x509.DNSName("here.example")])
    made = x509.CertificateBuilder().subject_name(name).issuer_name(name).public_key(key.public_key())
    made = (
        made.serial_number(1).not_valid_before(now - dt.timedelta(days=1)).not_valid_after(now + dt.timedelta(days=1))
    )
    certificate = made.add_extension(names, critical=False).sign(key, hashes.SHA256())
    private = key.private_bytes(
        serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8, serialization.NoEncryption()
    )
    (folder / "key.pem").write_bytes(private)
    (folder / "cert.pem").write_bytes(certificate.public_bytes(serialization.Encoding.PEM))
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context, folder / "cert.pem"
