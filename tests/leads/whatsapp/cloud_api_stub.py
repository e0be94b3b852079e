"""A WhatsApp Cloud API on loopback: its doors, Meta's errors, and failures in the order that a test asks for.

with serving() as stub:
    channel.api_base_url = stub.url; the channel's token is TOKEN, its phone number id NUMBER_ID
    stub.fail(error(131047))                 # the next request
    stub.fail(error(130429), door="messages")  # the next one of that door: messages, read, media, file, number
    stub.sent[0].text, stub.seen, stub.reads
    stub.post(url, stub.status(stub.sent[0], "delivered"), secret=...)
"""

import hashlib
import itertools
import json
import re
import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.test import RequestFactory

from tests.leads.whatsapp import cloud_api_news
from tests.leads.whatsapp.chats import NUMBER_ID, TOKEN
from tests.leads.whatsapp.cloud_api_wire import Answer, Fault, Handler, Media, Refused, Seen, Sent, error, refuse

__all__ = ["NUMBER_ID", "PHONE_NUMBER", "TOKEN", "CloudApiStub", "Fault", "Sent", "error", "serving"]

PHONE_NUMBER = "+1 555-078-3881"
TEXT_MAX_CHARACTERS = 4_096
CALLBACK_DATA_MAX_CHARACTERS = 512
AUDIO_MAX_BYTES = 16 * 1024 * 1024
AUDIO_TYPES = {"audio/aac", "audio/amr", "audio/mpeg", "audio/mp4", "audio/ogg; codecs=opus"}
USER_ID = re.compile(r"[A-Z]{2}\.[A-Za-z0-9]{1,128}")  # of people who show no number
PATH = re.compile(r"/(?:v\d+\.\d+/)?(?P<node>\d+)(?:/(?P<edge>messages|media))?")
FILES = "/whatsapp_business/attachments/"
NO_NODE = (
    "Unsupported {verb} request. Object with ID '{node}' does not exist, cannot be loaded due to missing "
    "permissions, or does not support this operation."
)


class CloudApiStub:
    """The account behind the token: what was asked of it, what it has taken, and what goes wrong next."""

    def __init__(self) -> None:
        self.token, self.number_id = TOKEN, NUMBER_ID
        self.seen: list[Seen] = []
        self.sent: list[Sent] = []  # the messages that it took, in order
        self.reads: list[dict[str, Any]] = []  # read marks, with or without the typing indicator
        self.media: dict[str, Media] = {}
        self.templates: set[str] = set()  # the names of those that it takes
        self.released = threading.Event()  # ends the answers that never come
        self._faults: deque[tuple[str, Fault]] = deque()
        self._numbers = itertools.count(1_000_000_000_000_001)
        self._lock = threading.Lock()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.stub = self
        self.root = f"http://127.0.0.1:{self._server.server_port}"
        self.url = f"{self.root}/v23.0"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def fail(self, *faults: Fault, door: str = "") -> None:
        """Let the next requests fail, one fault each; of one door only, when it is named."""
        self._faults.extend((door, fault) for fault in faults)

    def doors(self) -> list[str]:
        """What was asked, in order."""
        return [seen.door for seen in self.seen]

    def add_media(self, content: bytes, mime_type: str = "image/jpeg", **fields: Any) -> str:
        """A file that somebody sent; its id. `fields` are what its description says instead of the truth."""
        with self._lock:
            media = Media(str(next(self._numbers)), content, mime_type, fields)
            self.media[media.id] = media
            return media.id

    def file_url(self, media_id: str) -> str:
        return f"{self.root}{FILES}?mid={media_id}&ext=1790000000&hash=ATtoken"

    status = staticmethod(cloud_api_news.status)
    post = staticmethod(cloud_api_news.post)

    def take(self, seen: Seen) -> tuple[Fault | None, Answer | None]:
        """What goes wrong with a request, and its answer if it has one."""
        with self._lock:
            seen.door = self._door(seen)
            self.seen.append(seen)
            fault = self._next_fault(seen.door)
        return fault, self._answer(seen) if fault is None or fault.done else None

    def _next_fault(self, door: str) -> Fault | None:
        for number, (of_door, fault) in enumerate(self._faults):
            if of_door in ("", door):
                del self._faults[number]
                return fault
        return None

    def _door(self, seen: Seen) -> str:
        if seen.path == FILES:
            return "file"
        found = PATH.fullmatch(seen.path)
        if found is None:
            return "unknown"
        if found["edge"] == "messages":
            return "read" if isinstance(seen.json, dict) and seen.json.get("status") == "read" else "messages"
        return found["edge"] and "upload" or ("number" if found["node"] == self.number_id else "media")

    def _answer(self, seen: Seen) -> Answer:
        try:
            if seen.headers.get("authorization") != f"Bearer {self.token}":
                raise refuse(190)
            if seen.door == "file":
                return self._file(seen)
            return Answer(200, "application/json; charset=UTF-8", json.dumps(self._answer_json(seen)).encode())
        except Refused as refused:
            return Answer(refused.fault.status, *refused.fault.content())

    def _answer_json(self, seen: Seen) -> dict[str, Any]:
        found = PATH.fullmatch(seen.path)
        if found is None:
            raise refuse(2500, "Unknown path components: " + seen.path, status=400)
        if seen.door == "media" and found["node"] in self.media and seen.method == "GET":
            return self._describe(self.media[found["node"]])
        if found["node"] != self.number_id:
            raise refuse(100, NO_NODE.format(verb=seen.method.lower(), node=found["node"]), subcode=33)
        if seen.door == "number" and seen.method == "GET":
            return self._number(seen.query.get("fields", ["display_phone_number,verified_name"])[0].split(","))
        if seen.method != "POST":
            raise refuse(100, "Unsupported get request.", subcode=33)
        return {"messages": self._send, "read": self._read, "upload": self._upload}[seen.door](seen)

    def _number(self, fields: list[str]) -> dict[str, Any]:
        known = {"display_phone_number": PHONE_NUMBER, "verified_name": "Sea Breeze", "quality_rating": "GREEN"}
        for name in fields:
            if name not in known and name != "id":
                raise refuse(100, f"Tried accessing nonexisting field ({name})")
        return {name: known[name] for name in fields if name in known} | {"id": self.number_id}

    def _send(self, seen: Seen) -> dict[str, Any]:
        body = checked(seen.json)
        kind = body.get("type", "text")
        checks = {"text": self._check_text, "audio": self._check_audio, "template": self._check_template}
        if kind not in checks:
            raise refuse(100, f"Param type must be one of the known ones - got '{kind}'.")
        checks[kind](body.get(kind))
        with self._lock:
            sent = Sent(f"wamid.HBgN{next(self._numbers)}", body, time.time())
            self.sent.append(sent)
        contacts = [{"input": sent.to, "wa_id": re.sub(r"\D", "", sent.to)} if "to" in body else {"user_id": sent.to}]
        return {"messaging_product": "whatsapp", "contacts": contacts, "messages": [{"id": sent.id}]}

    def _check_text(self, text: Any) -> None:
        body = text.get("body") if isinstance(text, dict) else None
        if not isinstance(body, str) or not body.strip():
            raise refuse(100, "The parameter text['body'] is required.")
        if len(body) > TEXT_MAX_CHARACTERS:
            raise refuse(100, f"Param text['body'] must be at most {TEXT_MAX_CHARACTERS} characters long.")

    def _check_audio(self, audio: Any) -> None:
        media = self.media.get(audio.get("id", "")) if isinstance(audio, dict) else None
        if media is None:
            raise refuse(100, "Param audio['id'] is not a valid whatsapp business account media attachment ID")
        if not isinstance(audio.get("voice", False), bool):
            raise refuse(100, "Param audio['voice'] must be a boolean.")

    def _check_template(self, template: Any) -> None:
        if not isinstance(template, dict) or template.get("name") not in self.templates:
            raise refuse(132001)

    def _read(self, seen: Seen) -> dict[str, Any]:
        body = seen.json
        typing = body.get("typing_indicator", {"type": "text"})
        if body.get("messaging_product") != "whatsapp" or not body.get("message_id") or typing != {"type": "text"}:
            raise refuse(100)
        self.reads.append(body)
        return {"success": True}

    def _upload(self, seen: Seen) -> dict[str, Any]:
        form = RequestFactory().generic("POST", seen.path, seen.content, content_type=seen.headers["content-type"])
        file = form.FILES.get("file")
        if form.POST.get("messaging_product") != "whatsapp" or file is None:
            raise refuse(100, "(#100) The parameter messaging_product or file is required.")
        with file:
            content, kind = file.read(), mime_type(file)
        if kind not in AUDIO_TYPES or form.POST.get("type") != kind:
            raise refuse(131053, f"Unsupported Audio mime type {kind}. Please use one of {', '.join(AUDIO_TYPES)}.")
        if not content or len(content) > AUDIO_MAX_BYTES:
            raise refuse(131053)
        return {"id": self.add_media(content, kind.partition(";")[0])}

    def _describe(self, media: Media) -> dict[str, Any]:
        told = {
            "url": self.file_url(media.id),
            "mime_type": media.mime_type,
            "sha256": hashlib.sha256(media.content).hexdigest(),
            "file_size": len(media.content),
            "id": media.id,
            "messaging_product": "whatsapp",
        }
        return told | media.fields

    def _file(self, seen: Seen) -> Answer:
        media = self.media.get(seen.query.get("mid", [""])[0])
        if media is None:
            return Answer(404, "text/html", b"<html><body>Not found</body></html>")
        return Answer(200, media.mime_type, media.content)


def checked(body: Any) -> dict[str, Any]:
    """A message's frame."""
    if not isinstance(body, dict) or body.get("messaging_product") != "whatsapp":
        raise refuse(100, "The parameter messaging_product is required.")
    number, user_id = body.get("to"), body.get("recipient")
    if isinstance(number, str) and re.fullmatch(r"\+?[\d ()-]{5,}", number):
        pass
    elif number is not None or not isinstance(user_id, str) or not USER_ID.fullmatch(user_id):
        raise refuse(100, "The parameter to is required.")
    data = body.get("biz_opaque_callback_data", "")
    if not isinstance(data, str) or len(data) > CALLBACK_DATA_MAX_CHARACTERS:
        raise refuse(100, "Param biz_opaque_callback_data must be a string of at most 512 characters.")
    return body


def mime_type(file: UploadedFile) -> str:
    """With its parameters."""
    more = "".join(f"; {name}={value.decode()}" for name, value in (file.content_type_extra or {}).items())
    return f"{file.content_type}{more}"


@contextmanager
def serving() -> Iterator[CloudApiStub]:
    stub = CloudApiStub()
    yield stub
    stub.close()
