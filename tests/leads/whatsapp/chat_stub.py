"""A language model on loopback that speaks OpenAI's chat completions, with failures in the order a test asks for."""

import json
import threading
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import ThreadingHTTPServer
from typing import Any

from tests.voices.fish_wire import Answer, Fault, Handler, Seen

KEY = "llm-key-7c2e9b41"
MODEL = "harbour-small"
PATH = "/v1/chat/completions"
HTML = "<html><head><title>502 Bad Gateway</title></head><body>nginx</body></html>"
Messages = list[dict[str, str]]


def completion(content: Any, **message: Any) -> dict[str, Any]:
    """An answer as the endpoint gives it."""
    choice = {"index": 0, "message": {"role": "assistant", "content": content, **message}, "finish_reason": "stop"}
    usage = {"prompt_tokens": 9, "completion_tokens": 3, "total_tokens": 12}
    head = {"id": "chatcmpl-1", "object": "chat.completion", "created": 1_790_000_000, "model": MODEL}
    return head | {"choices": [choice], "usage": usage}


TOOL_CALL = {"id": "call_1", "type": "function", "function": {"name": "book_berth", "arguments": "{}"}}
NO_CHOICES = Fault(200, completion("") | {"choices": []})
EMPTY, BLANK, NULL = (Fault(200, completion(content)) for content in ("", " \n\t", None))
TOOLS = Fault(200, completion(None, tool_calls=[TOOL_CALL]))
GARBAGE = Fault(200, b'{"choices": [{"mess', {"Content-Type": "application/json"})
PAGE = Fault(200, HTML)
BAD_GATEWAY, BROKEN = Fault(502, HTML), Fault(500, {"error": {"message": "oops"}})
KEY_REFUSED = Fault(401, {"error": {"message": f"Incorrect API key provided: {KEY}", "code": "invalid_api_key"}})
NO_MODEL = Fault(404, {"error": {"message": "The model does not exist", "code": "model_not_found"}})
NO_CREDIT = Fault(429, {"error": {"message": "You exceeded your quota", "code": "insufficient_quota"}})
TOO_LONG = Fault(400, {"error": {"message": "too long", "code": "context_length_exceeded"}})
SILENT, DRIP = Fault(how="silent"), Fault(200, b" " * 100_000, how="drip")
CUT = Fault(200, json.dumps(completion("Never whole.")).encode(), how="cut")


def busy(seconds: int) -> Fault:
    return Fault(429, {"error": {"message": "Rate limit reached"}}, {"Retry-After": str(seconds)})


class ChatStub:
    """Answers with what it was asked last, unless a test gives it words of its own; `seen` has what it was asked."""

    def __init__(self) -> None:
        self.seen: list[Seen] = []
        self.faults: deque[Fault] = deque()
        self.say: Callable[[Messages], Any] = lambda messages: f"You said: {messages[-1]['content']}"
        self.slow_seconds = 0.0
        self.released = threading.Event()  # ends the answers that never come
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.stub = self
        self.url = f"http://127.0.0.1:{self._server.server_port}/v1"
        threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True).start()

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()

    def fail(self, *faults: Fault) -> None:
        """Let the next questions fail, one fault each."""
        self.faults.extend(faults)

    @property
    def asked(self) -> list[Messages]:
        """The messages of each question, in order."""
        return [json.loads(seen.content)["messages"] for seen in self.seen]

    def take(self, seen: Seen) -> tuple[Fault | None, Answer | None]:
        self.seen.append(seen)
        if self.faults:
            return self.faults.popleft(), None
        self.released.wait(self.slow_seconds)
        return None, self._answer(seen)

    def _answer(self, seen: Seen) -> Answer:
        if seen.door != f"POST {PATH}":
            return as_json(404, {"error": {"message": f"Unknown request URL: {seen.door}."}})
        if seen.headers.get("authorization") != f"Bearer {KEY}":
            return as_json(401, KEY_REFUSED.body)
        asked = json.loads(seen.content)
        if asked["model"] != MODEL:
            return as_json(404, NO_MODEL.body)
        return as_json(200, completion(self.say(asked["messages"])))


def as_json(status: int, body: Any) -> Answer:
    return Answer(status, "application/json", json.dumps(body).encode())


@contextmanager
def serving() -> Iterator[ChatStub]:
    stub = ChatStub()
    try:
        yield stub
    finally:
        stub.close()
