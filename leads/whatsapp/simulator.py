"""A small WhatsApp on this machine, to try a channel without an account at Meta: it takes what the channel sends, and
has the webhooks that a customer's messages bring. The faithful one, with all that can go wrong, is in tests/.
"""

import json
import queue
import re
import secrets
import threading
import time
from dataclasses import dataclass
from email import message_from_bytes
from email.policy import HTTP
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from types import TracebackType
from typing import Any, Self

from leads.whatsapp import signatures

HOST = "127.0.0.1"
START = f"http://{HOST}:"  # of the address of its API
DISPLAYED = "+1 555 010 0000"
PATH = re.compile(r"(?:/v[0-9.]+)?/(?P<node>[0-9]+)(?:/(?P<edge>messages|media))?(?:\?.*)?")
BODY_MAX_BYTES = 32 * 1024 * 1024
Json = dict[str, Any]


@dataclass(frozen=True)
class Sent:
    """What the channel has sent: a text, or a sound."""

    id: str
    to: str
    text: str = ""
    sound: bytes = b""
    callback_data: str = ""


@dataclass(frozen=True)
class Typing:
    """The channel has read a message, and is writing an answer."""


class Simulator:
    """The API of one number, while it is entered; what comes in is put into `heard`."""

    def __init__(self, *, number_id: str, token: str, port: int = 0) -> None:
        self.number_id, self.token = number_id, token
        self.heard: queue.Queue[Sent | Typing] = queue.Queue()
        self.files: dict[str, bytes] = {}
        self._server = ThreadingHTTPServer((HOST, port), Handler)  # OSError when the port is taken
        self._server.daemon_threads = True
        self._server.simulator = self

    @property
    def url(self) -> str:
        return f"{START}{self._server.server_port}/v23.0"

    def __enter__(self) -> Self:
        threading.Thread(target=self._server.serve_forever, args=(0.05,), daemon=True).start()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._server.shutdown()
        self._server.server_close()

    def answer(self, method: str, path: str, kind: str, body: bytes) -> tuple[int, Json]:
        """To one request that has the token."""
        found = PATH.fullmatch(path)
        if not found or found["node"] != self.number_id:
            return refusal(400, 100, "Object does not exist")
        if method == "GET" and not found["edge"]:
            return 200, {"id": self.number_id, "display_phone_number": DISPLAYED, "verified_name": "Simulator"}
        if method == "POST" and found["edge"] == "media":
            return self.keep(kind, body)
        if method == "POST" and found["edge"] == "messages":
            return self.take(json.loads(body))
        return refusal(400, 100, "Unsupported request")

    def keep(self, kind: str, body: bytes) -> tuple[int, Json]:
        """A file that is sent later by its id."""
        form = message_from_bytes(f"Content-Type: {kind}\r\n\r\n".encode() + body, policy=HTTP)
        files = [part.get_payload(decode=True) for part in form.iter_parts() if part.get_filename()]
        if not files:
            return refusal(400, 100, "The parameter file is required")
        file_id = str(secrets.randbelow(10**15))
        self.files[file_id] = files[0]
        return 200, {"id": file_id}

    def take(self, told: Json) -> tuple[int, Json]:
        if told.get("status") == "read":
            if told.get("typing_indicator"):
                self.heard.put(Typing())
            return 200, {"success": True}
        to = str(told.get("to") or told.get("recipient") or "")
        text, file_id = told.get("text", {}).get("body", ""), told.get("audio", {}).get("id", "")
        sent = Sent(new_id(), to, text, self.files.get(file_id, b""), told.get("biz_opaque_callback_data", ""))
        if not (sent.text or sent.sound):
            return refusal(400, 100, "Only texts and sounds are taken here")
        self.heard.put(sent)
        return 200, {"messaging_product": "whatsapp", "contacts": [{"wa_id": to}], "messages": [{"id": sent.id}]}


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server: Any

    def handle_any(self) -> None:
        simulator: Simulator = self.server.simulator
        body = self.rfile.read(min(int(self.headers.get("Content-Length") or 0), BODY_MAX_BYTES))
        if self.headers.get("Authorization") != f"Bearer {simulator.token}":
            status, answer = refusal(401, 190, "Invalid OAuth access token")
        else:
            try:
                kind = self.headers.get("Content-Type", "")
                status, answer = simulator.answer(self.command, self.path, kind, body)
            except (AttributeError, TypeError, ValueError):
                status, answer = refusal(400, 100, "The request can't be read")
        self.send(status, json.dumps(answer).encode())

    do_GET = do_POST = handle_any

    def send(self, status: int, body: bytes) -> None:
        self.send_response(status)
        self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the standard library
        pass


def refusal(status: int, code: int, words: str) -> tuple[int, Json]:
    return status, {"error": {"message": f"(#{code}) {words}", "type": "OAuthException", "code": code}}


def new_id() -> str:
    return f"wamid.simulated.{secrets.token_urlsafe(18)}"


def message_of(text: str, *, phone: str, name: str) -> Json:
    """What a webhook says of a customer's text."""
    message = {"from": phone, "id": new_id(), "timestamp": now(), "type": "text", "text": {"body": text}}
    return {"contacts": [{"profile": {"name": name}, "wa_id": phone}], "messages": [message]}


def status_of(sent: Sent, word: str) -> Json:
    """What a webhook says of a message that the channel has sent."""
    status = {"id": sent.id, "status": word, "timestamp": now(), "recipient_id": sent.to}
    return {"statuses": [status | {"biz_opaque_callback_data": sent.callback_data}]}


def now() -> str:
    return str(int(time.time()))


def signed(value: Json, *, number_id: str, secret: str) -> tuple[bytes, dict[str, str]]:
    """The body of a webhook and its headers."""
    metadata = {"display_phone_number": DISPLAYED, "phone_number_id": number_id}
    change = {"field": "messages", "value": {"messaging_product": "whatsapp", "metadata": metadata} | value}
    body = json.dumps({"object": "whatsapp_business_account", "entry": [{"id": "0", "changes": [change]}]}).encode()
    return body, {"Content-Type": "application/json", "X-Hub-Signature-256": signatures.sign(body, secret)}
