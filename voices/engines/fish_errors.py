"""What can go wrong at Fish Audio: for each failure a sentence a person can act on, and whether it may pass."""

import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, ClassVar

from django.conf import settings

from config.errors import DomainError, Unprocessable
from config.retry_after import LONGEST_PAUSE, asked_pause
from voices.engines import VoiceBroken

if TYPE_CHECKING:
    import httpx

MAX_WORDS_CHARACTERS = 200  # of the engine's own words in a sentence of ours


class EngineFailure(DomainError):
    """The engine did not do what it was asked to. `may_pass`: the same call may work in a moment."""

    status = 503
    code = "engine_failed"
    may_pass: ClassVar[bool] = False
    sentence: ClassVar[str]

    def __init__(self, message: str = "", *, pause: int | None = None) -> None:
        super().__init__(message or self.sentence)
        self.pause = pause  # seconds that the engine asked us to wait
        self.retry_after = pause or type(self).retry_after


class EngineOff(EngineFailure):
    code = "engine_off"
    retry_after = LONGEST_PAUSE
    sentence = "Voice cloning is off here. To switch it on, whoever runs this installation sets FISH_API_KEY."


class KeyRefused(EngineOff):
    sentence = "Fish Audio does not accept this installation's key. Ask whoever runs it to check FISH_API_KEY."


class EngineAway(EngineFailure):
    code = "engine_away"
    retry_after = 60
    may_pass = True
    sentence = "Fish Audio can't be reached just now. Try again in a minute; the voices on this machine work meanwhile."


class NoCredit(EngineFailure):
    code = "engine_no_credit"
    retry_after = LONGEST_PAUSE
    sentence = "The Fish Audio account has no credit left. Ask whoever runs this installation to top it up."


class TooManyAtOnce(EngineFailure):
    code = "engine_busy"
    retry_after = 30
    may_pass = True
    sentence = "Fish Audio is busy with other requests of this installation. Try again in a minute."


class EngineGarbled(EngineFailure):
    code = "engine_garbled"
    retry_after = 60
    sentence = (
        "Fish Audio gave an answer that can't be used. Try again later; "
        "if it stays so, ask whoever runs this installation to check FISH_BASE_URL."
    )


class ModelUnknown(EngineFailure, VoiceBroken):
    status = 422
    code = "model_unknown"
    sentence = "Fish Audio does not know this voice model any more. Choose another voice, or make the model again."


class EngineRefused(EngineFailure, Unprocessable):
    status = 422
    code = "engine_refused"
    sentence = "Fish Audio refused this without saying why. Try another recording or another text."


STATUSES: Mapping[int, type[EngineFailure]] = {
    400: EngineRefused,
    401: KeyRefused,
    402: NoCredit,
    403: KeyRefused,
    408: EngineAway,
    413: EngineRefused,
    415: EngineRefused,
    422: EngineRefused,
    425: EngineAway,
    429: TooManyAtOnce,
}


def refusal(answer: "httpx.Response") -> EngineFailure:
    """What an answer other than success stands for."""
    said = words(answer)
    if is_unknown_model(answer, said):
        return ModelUnknown()
    kind = STATUSES.get(answer.status_code, EngineAway if answer.status_code >= 500 else EngineGarbled)
    if kind is not EngineRefused:
        return kind(pause=asked_pause(answer.headers.get("Retry-After", "")))
    return EngineRefused(f"Fish Audio refused this: {said.rstrip('.')}." if said else "")


def is_unknown_model(answer: "httpx.Response", said: str) -> bool:
    """By the engine's own word: a 404 without one comes from another server, at a wrong FISH_BASE_URL."""
    status, path = answer.status_code, answer.request.url.path
    if path.endswith("/v1/tts"):
        return bool(said) and (status == 404 or (status == 400 and "reference" in said.lower()))
    return bool(said) and status == 404 and "/model/" in path


def words(answer: "httpx.Response") -> str:
    """What the engine says of a refusal, on one short line; '' for what is no JSON. The key never gets out with it."""
    try:
        said = said_in(json.loads(answer.content))
    except (ValueError, RuntimeError):  # no JSON, too deep, or never read: its head or its packing is broken already
        return ""
    line = " ".join(said.replace(settings.FISH_API_KEY, "…").split())
    shown = "".join(character for character in line if character.isprintable())
    return shown if len(shown) <= MAX_WORDS_CHARACTERS else shown[: MAX_WORDS_CHARACTERS - 1] + "…"


def said_in(body: Any) -> str:
    """The messages of an error's JSON: text, `message`, `detail` or `msg` of an object, or a list of any of these."""
    if isinstance(body, str):
        return body
    if isinstance(body, list):
        return "; ".join(filter(None, map(said_in, body[:5])))
    if isinstance(body, dict):
        return next(filter(None, (said_in(body.get(name)) for name in ("message", "detail", "msg"))), "")
    return ""
