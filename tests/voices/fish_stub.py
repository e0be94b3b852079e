"""A Fish Audio on loopback: its documented doors, and failures in the order that a test asks for."""

import itertools
import json
import threading
from collections import deque
from http.server import ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs

import ormsgpack

from tests.installation import soon
from tests.voices.fish_sound import CONTENT_TYPES, sound
from tests.voices.fish_wire import Answer, Fault, Handler, Refused, Seen

KEY = "fish-key-3f9a1c77"
TTS_MODELS = ("s1", "s2-pro", "s2.1-pro", "s2.1-pro-free")


class FishStub:
    """The account behind the key: its models, what was asked, and what goes wrong next."""

    def __init__(self) -> None:
        self.limits: list[float] = []  # seconds that the client gave each of its calls
        self._seen: list[Seen] = []
        self.faults: deque[Fault] = deque()
        self.models: dict[str, dict[str, Any]] = {}
        self.states: list[str] = ["trained"]  # that a model answers with, one after the other; the last one stays
        self.released = threading.Event()  # ends the answers that never come
        self._hung = self._hung_here = 0  # calls that get no answer: as the client began them, as they came
        self._polls: dict[str, int] = {}
        self._numbers = itertools.count(1)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.stub = self
        self.url = f"http://127.0.0.1:{self._server.server_port}"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def fail(self, *faults: Fault) -> None:
        """Let the next requests fail, one fault each."""
        self.faults.extend(faults)

    def next_hangs(self) -> bool:
        """Whether the call that begins now will hang."""
        self._settle()
        hangs = bool(self.faults) and self.faults[0].hangs
        self._hung += hangs
        return hangs

    def _settle(self) -> None:
        """A call that was given up may still be on its way."""
        soon(lambda: self._hung_here >= self._hung)

    @property
    def seen(self) -> list[Seen]:
        """The requests, in order."""
        self._settle()
        return self._seen

    def take(self, seen: Seen) -> tuple[Fault | None, Answer | None]:
        """What goes wrong with a request, and its answer if it has one."""
        self._seen.append(seen)
        fault = self.faults.popleft() if self.faults else None
        answer = self._answer(seen) if fault is None or fault.done else None
        self._hung_here += fault is not None and fault.hangs
        return fault, answer

    def doors(self) -> list[str]:
        """What was asked, in order."""
        return [seen.door for seen in self.seen]

    def add_model(self, **fields: Any) -> dict[str, Any]:
        number = next(self._numbers)
        model = {
            "_id": f"{number:032x}",
            "type": "tts",
            "title": "A voice",
            "description": "",
            "cover_image": "",
            "train_mode": "fast",
            "state": self.states[0],
            "tags": [],
            "samples": [],
            "created_at": f"2026-01-01T00:00:{number % 60:02}.000000Z",
            "updated_at": "2026-01-01T00:00:00.000000Z",
            "languages": ["en"],
            "visibility": "private",
            "lock_visibility": False,
            **{f"{name}_count": 0 for name in ("like", "mark", "shared", "task")},
            "author": {"_id": "a" * 32, "nickname": "Desk", "avatar": ""},
        } | fields
        self.models[model["_id"]] = model
        return model

    def _answer(self, seen: Seen) -> Answer:
        try:
            if seen.headers.get("authorization") != f"Bearer {KEY}":
                raise Refused(401, {"message": "Invalid Token", "status": 401})
            if seen.door == "POST /v1/tts":
                return self._speak(seen)
            status, body = self._answer_json(seen)
        except Refused as refused:
            status, body = refused.status, refused.body
        return Answer(status, "application/json", json.dumps(body).encode())

    def _answer_json(self, seen: Seen) -> tuple[int, Any]:
        if seen.door == "GET /wallet/self/api-credit":
            return 200, {"_id": "c" * 32, "user_id": "a" * 32, "credit": "4.2", "created_at": "", "updated_at": ""}
        if seen.door == "POST /model":
            return 201, self._create(*seen.form())
        if seen.door == "GET /model":
            return 200, self._list(seen.query)
        model = self.models.get(seen.path.removeprefix("/model/"))
        if model is None:
            raise Refused(404, {"message": "Model not found", "status": 404})
        if seen.method == "DELETE":
            del self.models[model["_id"]]
        if seen.method == "PATCH":
            fields = {name: values for name, values in parse_qs(seen.content.decode()).items() if name in model}
            model.update({name: values if name == "tags" else values[0] for name, values in fields.items()})
        return 200, self._polled(model) if seen.method == "GET" else {}

    def _polled(self, model: dict[str, Any]) -> dict[str, Any]:
        polls = self._polls[model["_id"]] = self._polls.get(model["_id"], 0) + 1
        model["state"] = self.states[min(polls, len(self.states) - 1)]
        return model

    def _create(self, fields: dict[str, list[str]], voices: list[bytes]) -> dict[str, Any]:
        missing = [name for name in ("title", "type", "train_mode") if not fields.get(name, [""])[0]]
        if missing or not voices or not all(voices):
            name = missing[0] if missing else "voices"
            raise Refused(422, [{"loc": [name], "type": "missing", "msg": "Field required", "ctx": {}, "in": "body"}])
        if fields.get("visibility", ["public"]) == ["public"]:
            raise Refused(400, {"message": "A public model needs a cover image", "status": 400})
        return self.add_model(
            title=fields["title"][0],
            description=fields.get("description", [""])[0],
            tags=fields.get("tags", []),
            visibility=fields["visibility"][0],
        )

    def _list(self, query: dict[str, list[str]]) -> dict[str, Any]:
        tags = set(query.get("tag", []))
        found = [model for model in reversed(self.models.values()) if tags <= set(model["tags"])]
        size, number = int(query.get("page_size", ["10"])[0]), int(query.get("page_number", ["1"])[0])
        items = found[size * (number - 1) : size * number] if query.get("self") == ["true"] else []
        return {"total": len(found), "total_is_exact": True, "items": items}

    def _speak(self, seen: Seen) -> Answer:
        wanted = ormsgpack.unpackb(seen.content)
        if seen.headers.get("content-type") != "application/msgpack" or seen.headers.get("model") not in TTS_MODELS:
            raise Refused(400, {"message": "Unknown content type or model", "status": 400})
        if wanted.get("reference_id") not in self.models:
            raise Refused(400, {"message": "Reference not found", "status": 400})
        prosody = wanted.get("prosody") or {"speed": 1, "volume": 0}
        if not 0.5 <= prosody["speed"] <= 2:
            where = ["prosody", "speed"]
            raise Refused(422, [{"loc": where, "type": "range", "msg": "Out of range", "ctx": {}, "in": "body"}])
        kind = wanted["format"]
        rate = wanted.get("sample_rate") or (48_000 if kind == "opus" else 44_100)
        made = sound(wanted["text"], kind=kind, rate=rate, speed=prosody["speed"], volume=prosody["volume"])
        return Answer(200, CONTENT_TYPES[kind], made)
