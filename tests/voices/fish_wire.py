"""How the Fish Audio of the tests answers: a request as it came, what may go wrong with it, and the HTTP in between."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

from django.test import RequestFactory

if TYPE_CHECKING:
    from tests.voices.fish_stub import FishStub

DRIP_SECONDS = 0.02  # between two bytes of an answer that drips


@dataclass(frozen=True)
class Fault:
    """What the next request gets instead of its answer. `done`: what it asked for has happened all the same."""

    status: int = 500
    body: bytes | str | list[Any] | dict[str, Any] = b""
    headers: dict[str, str] = field(default_factory=dict)
    how: str = "answer"  # or "silent": never answers; "drip": a byte now and then; "cut": breaks off in the middle
    done: bool = False

    @property
    def hangs(self) -> bool:
        return self.how in ("silent", "drip")

    def content(self) -> tuple[str, bytes]:
        if isinstance(self.body, bytes):
            return "application/octet-stream", self.body
        if isinstance(self.body, str):
            return "text/html", self.body.encode()
        return "application/json", json.dumps(self.body).encode()


@dataclass(frozen=True)
class Seen:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]
    content: bytes

    @property
    def door(self) -> str:
        return f"{self.method} {self.path}"

    def form(self) -> tuple[dict[str, list[str]], list[bytes]]:
        """The fields and the files of a multipart body."""
        request = RequestFactory().generic("POST", self.path, self.content, content_type=self.headers["content-type"])
        fields = dict(request.POST.lists())
        files = [file for name, files in request.FILES.lists() if name == "voices" for file in files]
        contents = [file.read() for file in files]
        for file in files:
            file.close()
        return fields, contents


@dataclass(frozen=True)
class Answer:
    status: int
    kind: str
    body: bytes


class Refused(Exception):
    def __init__(self, status: int, body: Any) -> None:
        self.status, self.body = status, body


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Any

    def handle_any(self) -> None:
        stub: FishStub = self.server.stub
        parts = urlsplit(self.path)
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        seen = Seen(self.command, parts.path, parse_qs(parts.query), headers, content)
        fault, answer = stub.take(seen)
        with contextlib.suppress(OSError):  # the client may go before the end
            if fault:
                self.send_fault(stub, fault)
            else:
                self.send(answer)

    do_GET = do_POST = do_PATCH = do_DELETE = handle_any

    def send(self, answer: Answer) -> None:
        """In chunks, as the API sends sound."""
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in (*parts_of(answer.body), b""):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))

    def send_fault(self, stub: "FishStub", fault: Fault) -> None:
        kind, body = fault.content()
        self.close_connection = fault.how != "answer"
        if fault.how == "silent":
            stub.released.wait()
            return
        self.send_response(fault.status)
        for name, value in ({"Content-Type": kind, "Content-Length": str(len(body))} | fault.headers).items():
            self.send_header(name, value)
        self.end_headers()
        if fault.how == "drip":
            self.drip(stub, body)
        else:
            self.wfile.write(body[: len(body) // 2] if fault.how == "cut" else body)

    def drip(self, stub: "FishStub", body: bytes) -> None:
        for number in range(len(body)):
            if stub.released.wait(DRIP_SECONDS):
                return
            self.wfile.write(body[number : number + 1])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the standard library
        pass


def parts_of(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 4_096):
        yield body[start : start + 4_096]
