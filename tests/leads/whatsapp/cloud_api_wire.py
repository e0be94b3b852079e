"""How the Cloud API of the tests answers: a request as it came, Meta's errors, and the HTTP in between."""

import contextlib
import json
from collections.abc import Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler
from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from tests.leads.whatsapp.cloud_api_stub import CloudApiStub

DRIP_SECONDS = 0.02  # between two bytes of an answer that drips
ERRORS = {  # by Meta's code: the HTTP status, the title, the details
    1: (400, "API Unknown", "Invalid request or possible server error."),
    2: (503, "API Service", "Temporary due to downtime or due to being overloaded."),
    4: (400, "Application request limit reached", "The app has reached its API call rate limit."),
    10: (403, "Application does not have permission for this action", "Permission is not granted or was removed."),
    100: (400, "Invalid parameter", "The request included one or more unsupported or misspelled parameters."),
    190: (401, "Invalid OAuth access token - Cannot parse access token", ""),
    200: (403, "You do not have the necessary permissions", ""),
    368: (403, "Temporarily blocked for policies violations", "The account has been restricted or disabled."),
    80007: (400, "Rate limit issues", "The WhatsApp Business Account has reached its rate limit."),
    130429: (429, "Rate limit hit", "Cloud API message throughput has been reached."),
    131000: (500, "Something went wrong", "Message failed to send due to an unknown error."),
    131005: (403, "Access denied", "Permission is either not granted or has been removed."),
    131016: (503, "Service unavailable", "A service is temporarily unavailable."),
    131021: (400, "Recipient cannot be sender", "Sender and recipient phone number is the same."),
    131026: (400, "Message undeliverable", "Message Undeliverable."),
    131030: (400, "Recipient phone number not in allowed list", "Add it to the recipient list and try again."),
    131031: (403, "Account has been locked", "The account has been restricted or disabled."),
    131042: (400, "Business eligibility payment issue", "There was an error related to your payment method."),
    131045: (500, "Incorrect certificate", "Message failed to send due to a phone number registration error."),
    131047: (400, "Re-engagement message", "More than 24 hours have passed since the customer last replied."),
    131048: (400, "Spam rate limit hit", "There are restrictions on how many messages can be sent."),
    131053: (400, "Media upload error", "Unable to upload the media used in the message."),
    131056: (400, "(Business Account, Consumer Account) pair rate limit hit", "Too many messages to the same number."),
    131057: (500, "Account in maintenance mode", "Business Account is in maintenance mode."),
    132001: (404, "Template name does not exist in the translation", "The template does not exist."),
    133010: (400, "Account not registered", "Phone number not registered on the WhatsApp Business Platform."),
}
GRAPH_CODES = {1, 2, 4, 10, 100, 190, 200}  # whose message has no number in front when it is the token's


@dataclass(frozen=True)
class Fault:
    """What a request gets instead of its answer. `done`: what it asked for has happened all the same."""

    status: int = 500
    body: bytes | str | list[Any] | dict[str, Any] = b""
    headers: dict[str, str] = field(default_factory=dict)
    how: str = "answer"  # "silent": never answers; "drip": a byte now and then; "cut": breaks off; "gone": not a word
    done: bool = False

    def content(self) -> tuple[str, bytes]:
        if isinstance(self.body, bytes):
            return "application/octet-stream", self.body
        if isinstance(self.body, str):
            return "text/html", self.body.encode()
        return "application/json; charset=UTF-8", json.dumps(self.body).encode()


def error(
    code: int, details: str = "", *, status: int = 0, subcode: int = 0, headers: dict[str, str] | None = None
) -> Fault:
    """An answer of Meta's that refuses."""
    usual, title, usual_details = ERRORS.get(code, (400, "Unknown", ""))
    number = "" if code == 190 else f"(#{code}) "
    told: dict[str, Any] = {"message": f"{number}{title}", "type": "OAuthException", "code": code}
    if code not in GRAPH_CODES or details:
        told["error_data"] = {"messaging_product": "whatsapp", "details": details or usual_details}
    if subcode:
        told |= {"error_subcode": subcode, "type": "GraphMethodException", "message": details}
    return Fault(status or usual, {"error": told | {"fbtrace_id": "AbCdEfGhIjKlMnOpQrStUv"}}, headers or {})


class Refused(Exception):
    def __init__(self, fault: Fault) -> None:
        self.fault = fault


def refuse(code: int, details: str = "", *, status: int = 0, subcode: int = 0) -> Refused:
    return Refused(error(code, details, status=status, subcode=subcode))


@dataclass
class Seen:
    """A request as it came."""

    method: str
    path: str
    query: dict[str, list[str]]
    headers: dict[str, str]  # names in small letters
    content: bytes
    door: str = ""

    @property
    def json(self) -> Any:
        try:
            return json.loads(self.content)
        except ValueError:
            return None


@dataclass(frozen=True)
class Sent:
    """A message that was taken."""

    id: str  # the wamid
    body: dict[str, Any]
    at: float  # Unix time

    @property
    def to(self) -> str:
        return self.body.get("to") or self.body["recipient"]

    @property
    def text(self) -> str:
        return self.body.get("text", {}).get("body", "")

    @property
    def callback_data(self) -> str:
        return self.body.get("biz_opaque_callback_data", "")


@dataclass(frozen=True)
class Media:
    id: str
    content: bytes
    mime_type: str
    fields: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Answer:
    status: int
    kind: str
    body: bytes


class Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    server: Any

    def handle_any(self) -> None:
        stub: CloudApiStub = self.server.stub
        parts = urlsplit(self.path)
        content = self.rfile.read(int(self.headers.get("Content-Length", 0)))
        headers = {name.lower(): value for name, value in self.headers.items()}
        fault, answer = stub.take(Seen(self.command, parts.path, parse_qs(parts.query), headers, content))
        with contextlib.suppress(OSError):  # the client may go before the end
            if fault:
                self.send_fault(stub, fault)
            else:
                self.send(answer)

    do_GET = do_POST = do_DELETE = handle_any

    def send(self, answer: Answer) -> None:
        """In chunks."""
        self.send_response(answer.status)
        self.send_header("Content-Type", answer.kind)
        self.send_header("Transfer-Encoding", "chunked")
        self.end_headers()
        for part in (*parts_of(answer.body), b""):
            self.wfile.write(b"%x\r\n%s\r\n" % (len(part), part))

    def send_fault(self, stub: "CloudApiStub", fault: Fault) -> None:
        kind, body = fault.content()
        self.close_connection = fault.how != "answer"
        if fault.how == "silent":
            stub.released.wait()
        if fault.how in ("silent", "gone"):
            return
        self.send_response(fault.status)
        for name, value in ({"Content-Type": kind, "Content-Length": str(len(body))} | fault.headers).items():
            self.send_header(name, value)
        self.end_headers()
        if fault.how == "drip":
            self.drip(stub, body)
        else:
            self.wfile.write(body[: len(body) // 2] if fault.how == "cut" else body)

    def drip(self, stub: "CloudApiStub", body: bytes) -> None:
        for number in range(len(body)):
            if stub.released.wait(DRIP_SECONDS):
                return
            self.wfile.write(body[number : number + 1])

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the name in the standard library
        pass


def parts_of(body: bytes) -> Iterator[bytes]:
    for start in range(0, len(body), 65_536):
        yield body[start : start + 65_536]
