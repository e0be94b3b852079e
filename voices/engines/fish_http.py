"""Calls to Fish Audio by its own client: each ends in time, failures have names, what may pass is tried again."""

import functools
import logging
import time
from collections.abc import Callable
from threading import Lock
from typing import TypeVar

import httpcore
import httpx
from django.conf import settings
from fishaudio import FishAudio
from fishaudio.exceptions import FishAudioError

from config import queue
from config.transport import Call, Transport, current
from voices.engines.fish_errors import EngineAway, EngineFailure, EngineGarbled, EngineOff, refusal

logger = logging.getLogger(__name__)
Result = TypeVar("Result")

TOTAL_SECONDS = 60.0  # for all tries and the pauses between them
CALL_SECONDS = 20.0  # for one call
PAUSES = (1.0, 3.0)  # seconds before the second and the third, last try, unless the engine names its own
LOOK_SECONDS = 0.5  # between two looks, in a pause, whether to stop
BROKEN = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError)
# By the SDK, of an answer it does not expect; httpx asserts when what is called a charset is none.
MISREAD = (AssertionError, AttributeError, TypeError, ValueError, RecursionError)


making = Lock()  # functools.cache would let two threads make one each


def client() -> FishAudio:
    """The SDK's client, one for the process: threads may share it, and connections are kept for the next call."""
    with making:
        return made_client(settings.FISH_API_KEY, settings.FISH_BASE_URL)


@functools.cache
def made_client(api_key: str, base_url: str) -> FishAudio:
    http = httpx.Client(base_url=base_url, transport=Transport(base_url))
    return FishAudio(api_key=api_key, base_url=base_url, timeout=CALL_SECONDS, httpx_client=http)


def ask(work: Callable[[FishAudio], Result], *, between: Callable[[], object]) -> Result:
    """What the call gives, tried again while that may help. An EngineFailure says what went wrong."""
    return tried(functools.partial(call, work), between=between)


def tried(attempt: Callable[[float], Result], *, between: Callable[[], object]) -> Result:
    """At most three attempts within 60 seconds; each is told when all must be over.

    `between` is called in the pauses, and may raise to stop. A failure is raised when trying again can't help, no
    longer fits into the time, or this worker has been asked to stop.
    """
    ends_at = time.monotonic() + TOTAL_SECONDS
    for usual_pause in PAUSES:
        try:
            return attempt(ends_at)
        except EngineFailure as failure:
            pause = usual_pause if failure.pause is None else failure.pause
            if not failure.may_pass or time.monotonic() + pause >= ends_at:
                raise
            logger.info("Fish Audio will be asked again in %s s: %s.", pause, failure.code)
            wait(pause, between)
            if queue.stopping.is_set():
                raise
    return attempt(ends_at)


def wait(seconds: float, between: Callable[[], object]) -> None:
    """Until the time is over or this worker has been asked to stop; raises what `between` raises."""
    until = time.monotonic() + seconds
    between()
    while (left := until - time.monotonic()) > 0 and not queue.stopping.is_set():
        queue.stopping.wait(min(left, LOOK_SECONDS))
        between()


def call(work: Callable[[FishAudio], Result], ends_at: float) -> Result:
    """One try, at most 20 seconds long and over by `ends_at`."""
    if not settings.FISH_API_KEY:
        raise EngineOff
    under_way = Call(min(ends_at, time.monotonic() + CALL_SECONDS))
    token = current.set(under_way)
    try:
        return work(client())
    except BROKEN as error:
        raise EngineAway from error
    except (httpx.HTTPError, FishAudioError, *MISREAD):
        if under_way.answer is None:
            raise  # nothing was asked: a mistake of ours
        raise named(under_way.answer) from None  # the SDK's error repeats the answer, whatever it holds
    finally:
        current.reset(token)


def named(answer: httpx.Response) -> EngineFailure:
    """What went wrong: the status says it, whatever the SDK made of the body."""
    failure = EngineGarbled() if answer.is_success else refusal(answer)
    request = answer.request
    logger.warning("Fish Audio: %s %s, %d: %s.", request.method, request.url.path, answer.status_code, failure.code)
    return failure
