"""Piper's server on loopback: a list with one voice, its files, and every way in which a server can fail."""

import hashlib
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from voices.engines.piper_files import DEMO_DIR

VOICE = "en_GB-stub-low"
FOLDER = "en/en_GB/stub/low"
MODEL, CONFIG = f"{FOLDER}/{VOICE}.onnx", f"{FOLDER}/{VOICE}.onnx.json"
CARD = f"{FOLDER}/MODEL_CARD"
LIST = "main/voices.json"


class Stub:
    """What the server has, what it was asked for, and how it answers: a fault for each path."""

    def __init__(self) -> None:
        self.address = ""
        self.files = {
            MODEL: (DEMO_DIR / "en_US-demo-low.onnx").read_bytes(),
            CONFIG: (DEMO_DIR / "en_US-demo-low.onnx.json").read_bytes(),
            CARD: b"# Model card for stub (low)\n\n* Speakers: 3\n\n## Dataset\n\n* License: CC0\n",
        }
        self.catalogue: dict[str, Any] = {VOICE: self.facts()}
        self.faults: dict[str, Callable[[Handler, bytes], None]] = {}
        self.asked: list[tuple[str, str]] = []  # path, Range
        self.released = threading.Event()  # ends the slow answers

    @property
    def list(self) -> str:
        return f"{self.address}/{LIST}"

    def facts(self, voice_id: str = VOICE, **changes: Any) -> dict[str, Any]:
        """A voice as the list describes it."""
        language = {"code": "en_GB", "family": "en", "region": "GB", "name_native": "English"}
        language |= {"name_english": "English", "country_english": "Great Britain"}
        files = {
            path.replace(VOICE, voice_id): {"size_bytes": len(data), "md5_digest": md5(data)}
            for path, data in self.files.items()
        }
        facts = {"key": voice_id, "name": "stub", "language": language, "quality": "low", "num_speakers": 3}
        facts |= {"speaker_id_map": {"low": 0, "mid": 1, "high": 2}, "files": files, "aliases": []}
        return facts | changes

    def body(self, path: str) -> bytes | None:
        if path == LIST:
            return json.dumps(self.catalogue).encode()
        return self.files.get(path.removeprefix("main/"))

    def fail(self, path: str, fault: "Callable[[Handler, bytes], None]", times: int = 1_000) -> None:
        """Answer the next requests for this path by `fault`."""
        left = iter(range(times))

        def answer(handler: Handler, body: bytes) -> None:
            (fault if next(left, None) is not None else whole)(handler, body)

        self.faults[path] = answer

    def write(self, folder: Path) -> Path:
        """The list and its files in a folder; the list's path."""
        for path in (LIST, *(f"main/{path}" for path in self.files)):
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            (folder / path).write_bytes(self.body(path))
        return folder / LIST


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    stub: Stub

    def do_GET(self) -> None:
        path = self.path.lstrip("/")
        self.stub.asked.append((path.removeprefix("main/"), self.headers.get("Range", "")))
        body = self.stub.body(path)
        fault = self.stub.faults.get(path.removeprefix("main/"), whole)
        if body is None and fault is whole:
            self.send_error(404)
            return
        fault(self, body or b"")

    def head(self, status: int, length: int, **headers: str) -> None:
        self.send_response(status)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        self.send_header("Content-Length", str(length))
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


def whole(handler: Handler, body: bytes) -> None:
    start = int(handler.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
    if start:
        handler.head(206, len(body) - start, Content_Range=f"bytes {start}-{len(body) - 1}/{len(body)}")
    else:
        handler.head(200, len(body))
    handler.wfile.write(body[start:])


def without_range(handler: Handler, body: bytes) -> None:
    handler.head(200, len(body))
    handler.wfile.write(body)


def truncated(handler: Handler, body: bytes) -> None:
    """Half of what is asked for, then the connection breaks."""
    start = int(handler.headers.get("Range", "bytes=0-").removeprefix("bytes=").rstrip("-"))
    handler.head(206 if start else 200, len(body) - start, Content_Range=f"bytes {start}-{len(body) - 1}/{len(body)}")
    handler.wfile.write(body[start : start + (len(body) - start) // 2])
    handler.close_connection = True


def damaged(handler: Handler, body: bytes) -> None:
    whole(handler, bytes(byte ^ 1 for byte in body[:10]) + body[10:])


def too_long(handler: Handler, body: bytes) -> None:
    whole(handler, body + b"more")


def slow(handler: Handler, body: bytes) -> None:
    handler.stub.released.wait(30)
    handler.close_connection = True


def status(number: int) -> Callable[[Handler, bytes], None]:
    return lambda handler, body: handler.head(number, 0)


def redirect(target: str) -> Callable[[Handler, bytes], None]:
    return lambda handler, body: handler.head(302, 0, Location=target)


def md5(data: bytes) -> str:
    return hashlib.md5(data, usedforsecurity=False).hexdigest()


@contextmanager
def serving() -> Iterator[Stub]:
    stub = Stub()
    handler = type("StubHandler", (Handler,), {"stub": stub})
    server = ThreadingHTTPServer(("127.0.0.1", 0), handler)
    server.handle_error = lambda request, address: None  # clients that go away
    server.daemon_threads = True
    stub.address = f"http://127.0.0.1:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True)
    thread.start()
    try:
        yield stub
    finally:
        stub.released.set()
        server.shutdown()
        server.server_close()
        thread.join()
