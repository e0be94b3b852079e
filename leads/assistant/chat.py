"""Asks the language model: any endpoint that speaks OpenAI's chat completions, by their own client.

Each try ends in time, whatever the other side does; failures have names, and none of them repeats the key.
"""

import functools
import json
import logging
import re
import time
from threading import Lock
from typing import TYPE_CHECKING, Any

from django.conf import settings

from config import queue
from config.hooks import Write
from config.retry_after import asked_pause
from leads.assistant.failures import (
    STATUSES,
    ChatAway,
    ChatFailure,
    ChatGarbled,
    ChatNoCredit,
    ChatOff,
    ChatRefused,
    ChatResting,
    ChatSilent,
)

if TYPE_CHECKING:
    import httpx
    from openai import OpenAI

logger = logging.getLogger(__name__)
Messages = list[dict[str, str]]  # role and content, oldest first

TRY_SECONDS = 20.0  # for one try
PAUSE_SECONDS = 1.0  # before the second and last one, unless the endpoint names its own
PAUSE_MAX_SECONDS = 5.0  # that somebody who waits for a reply is let wait for the second try
REST_SECONDS = 30.0  # after the endpoint was away, in which it is not asked
REST_MAX_SECONDS = 300.0  # when it names its own
THOUGHTS = re.compile(r"\A\s*<(think|thinking)>.*?(</\1>|\Z)", re.DOTALL)  # that some models say aloud
MAX_ANSWER_BYTES = 8 * 1024 * 1024
NO_KEY = "none"  # endpoints on one's own machine want no key, but the client does
NO_MODEL = "LLM_BASE_URL is set without LLM_MODEL: the assistant answers with each channel's own sentence."
NO_ADDRESS = "LLM_MODEL is set without LLM_BASE_URL: the assistant answers with each channel's own sentence."


class Rest:
    """Until when this process does not ask: it has just waited in vain, and whoever writes now need not."""

    until = 0.0


def ask(messages: Messages) -> str:
    """What the model answers, without white space around it; never ''. A ChatFailure says why there is no answer.

    Takes at most 45 seconds: two tries and the pause between them.
    """
    if not (settings.LLM_BASE_URL and settings.LLM_MODEL):
        raise ChatOff
    if time.monotonic() < Rest.until:
        raise ChatResting
    try:
        return tried(messages)
    except ChatFailure as failure:
        if failure.is_away:
            Rest.until = time.monotonic() + min(failure.pause or REST_SECONDS, REST_MAX_SECONDS)
        raise


def tried(messages: Messages) -> str:
    try:
        return call(messages)
    except ChatFailure as failure:
        pause = PAUSE_SECONDS if failure.pause is None else failure.pause
        if not failure.may_pass or pause > PAUSE_MAX_SECONDS or queue.stopping.wait(pause):
            raise
        logger.info("The language model is asked again: %s.", failure.code)
    return call(messages)


def call(messages: Messages) -> str:
    """One try."""
    import openai

    from config.transport import within

    with within(TRY_SECONDS) as under_way:
        try:
            answer = client().chat.completions.create(model=settings.LLM_MODEL, messages=messages)
        except passing() as error:
            raise ChatAway from error
        except (openai.OpenAIError, *misread()):
            if under_way.answer is None:
                raise  # nothing was asked: a mistake of ours
            raise named(under_way.answer) from None  # the client's error repeats the answer, whatever it holds
    return text_of(answer)


def passing() -> tuple[type[Exception], ...]:
    """What breaks off a call, as the connection says it."""
    import httpcore

    return (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError, httpcore.ProxyError)


def misread() -> tuple[type[Exception], ...]:
    """What the client makes of an answer that it does not expect."""
    import httpx

    return (httpx.HTTPError, AssertionError, AttributeError, LookupError, TypeError, ValueError, RecursionError)


making = Lock()  # functools.cache would let two threads make one each


def client() -> "OpenAI":
    """One for the process: threads may share it, and connections are kept for the next call."""
    with making:
        return made_client(settings.LLM_API_KEY, settings.LLM_BASE_URL)


@functools.cache
def made_client(api_key: str, base_url: str) -> "OpenAI":
    import httpx
    from openai import OpenAI

    from config.transport import Transport

    http = httpx.Client(transport=Transport(base_url, most_bytes=MAX_ANSWER_BYTES))
    return OpenAI(
        api_key=api_key or NO_KEY,
        base_url=base_url,
        max_retries=0,
        timeout=TRY_SECONDS,
        http_client=http,
    )


def named(answer: "httpx.Response") -> ChatFailure:
    """What went wrong: the status says it, whatever the client made of the body."""
    kind = kind_of(answer)
    logger.warning("The language model's endpoint answered %d: %s.", answer.status_code, kind.code)
    return kind(pause=asked_pause(answer.headers.get("Retry-After", "")))


def kind_of(answer: "httpx.Response") -> type[ChatFailure]:
    status = answer.status_code
    if answer.is_success or answer.is_redirect:
        return ChatGarbled
    if status == 429 and is_out_of_credit(answer):
        return ChatNoCredit
    return STATUSES.get(status, ChatAway if status >= 500 else ChatRefused)


def is_out_of_credit(answer: "httpx.Response") -> bool:
    """OpenAI has one status for too many questions and for an account that is empty: only the first passes."""
    try:
        error = json.loads(answer.content)["error"]
        return "insufficient_quota" in (error.get("code"), error.get("type"))
    except (ValueError, LookupError, TypeError, AttributeError, RuntimeError, RecursionError):
        return False


def text_of(answer: Any) -> str:
    """The client checks no types: whatever the endpoint sent stands where a text should be."""
    try:
        content = answer.choices[0].message.content
    except (AttributeError, LookupError, TypeError):
        raise ChatGarbled from None
    if content is not None and not isinstance(content, str):
        raise ChatGarbled
    if not (text := THOUGHTS.sub("", content or "").strip()):
        raise ChatSilent
    return text


def warn_at_start(write: Write) -> None:
    """Half a setting is a mistake that nothing else would show."""
    if bool(settings.LLM_BASE_URL) != bool(settings.LLM_MODEL):
        write(NO_MODEL if settings.LLM_BASE_URL else NO_ADDRESS)
