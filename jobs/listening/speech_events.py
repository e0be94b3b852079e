"""Sound as events, as clients of OpenAI's API read them: Server-Sent Events without names, each with its `type`."""

import json
from base64 import b64encode
from typing import Any

from config.errors import DomainError
from jobs.listening.ears import Sound
from jobs.models import Job

CONTENT_TYPE = "text/event-stream"
KEEP_ALIVE = b":\n\n"  # a comment, which clients pass over


def events(job: Job, parts: Sound) -> Sound:
    """A `speech.audio.delta` for each part and a last `speech.audio.done`; or an `error`, after which nothing comes."""
    try:
        for part in parts:
            yield event("speech.audio.delta", audio=b64encode(part).decode()) if part else KEEP_ALIVE
    except DomainError as error:
        what = {"message": error.message, "type": "server_error", "param": None, "code": error.code}
        yield event("error", error=what)
    else:
        yield event("speech.audio.done", usage=usage(job))


def usage(job: Job) -> dict[str, int]:
    """Nothing here is counted in tokens: what goes in are the text's characters, and sound costs none."""
    return {"input_tokens": job.characters, "output_tokens": 0, "total_tokens": job.characters}


def event(kind: str, **fields: Any) -> bytes:
    return f"data: {json.dumps({'type': kind} | fields)}\n\n".encode()
