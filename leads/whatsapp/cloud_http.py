"""Calls to the Cloud API over HTTP: each ends in time, follows no redirect, and what goes wrong has a name.

Imported with the first call: httpx takes a while to load.
"""

import functools
import json
import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.cookiejar import CookieJar, DefaultCookiePolicy
from typing import Any
from urllib.parse import urlsplit

import httpcore
import httpx

from config.retry_after import asked_pause
from config.transport import Transport, within
from leads.whatsapp.failures import (
    STATUSES,
    Away,
    CloudApiFailure,
    Garbled,
    Lost,
    MediaGone,
    MediaRefused,
    MediaTooLarge,
    Refused,
    TakenGarbled,
    kind_of,
)

logger = logging.getLogger(__name__)
NOT_SENT = (httpcore.ConnectError, httpcore.ConnectTimeout, httpcore.PoolTimeout, httpcore.ProxyError)
BROKEN = (httpcore.TimeoutException, httpcore.NetworkError, httpcore.ProtocolError)
MAX_ANSWER_BYTES = 1024 * 1024  # of JSON
MAX_FILE_BYTES = 128 * 1024 * 1024  # that are read at all; callers have limits of their own
PART_BYTES = 64 * 1024
MAX_WORDS_CHARACTERS = 200  # of Meta's own words in a sentence of ours


@functools.lru_cache(maxsize=16)
def client(origin: str) -> httpx.Client:
    """One for each host: threads may share it, and connections are kept for the next call. Cookies are not."""
    return httpx.Client(
        transport=Transport(origin, most_bytes=MAX_FILE_BYTES),
        cookies=CookieJar(DefaultCookiePolicy(allowed_domains=[])),
    )


def client_for(url: str) -> httpx.Client:
    parts = urlsplit(url)
    return client(f"{parts.scheme}://{parts.netloc}")


def ask(method: str, url: str, *, headers: dict[str, str], seconds: float, **content: Any) -> dict[str, Any]:
    """The JSON object of an answer that says it worked."""
    with calling(method, url, seconds), client_for(url).stream(method, url, headers=headers, **content) as answer:
        body = read(answer, MAX_ANSWER_BYTES)
    if not answer.is_success:
        raise named(answer, body)
    told = parsed(body)
    if told is None:
        raise TakenGarbled if method == "POST" else Garbled
    return told


def fetch(
    url: str, headers: dict[str, str], write: Callable[[bytes], object], *, most_bytes: int, seconds: float
) -> None:
    """Hand a file on part by part, never more than so many bytes of it; what `write` raises ends it."""
    left = most_bytes
    with calling("GET", url, seconds), client_for(url).stream("GET", url, headers=headers) as answer:
        check_file(answer, most_bytes)
        for part in answer.iter_bytes(PART_BYTES):
            left -= len(part)
            if left < 0:
                raise MediaTooLarge
            write(part)


def check_file(answer: httpx.Response, most_bytes: int) -> None:
    if answer.status_code in (404, 410):
        raise MediaGone
    if not answer.is_success:
        raise named(answer, read(answer, MAX_ANSWER_BYTES))
    length = answer.headers.get("Content-Length", "")
    if length.isdecimal() and int(length[:19]) > most_bytes:
        raise MediaTooLarge


def read(answer: httpx.Response, most_bytes: int) -> bytes:
    """The body, or its beginning: a little more than was asked for."""
    body = bytearray()
    for part in answer.iter_bytes():
        body += part
        if len(body) > most_bytes:
            break
    return bytes(body)


@contextmanager
def calling(method: str, url: str, seconds: float) -> Iterator[None]:
    """What breaks on the way gets a name. What was asked for by GET can simply be asked for again."""
    try:
        with within(seconds):
            yield
    except NOT_SENT as error:
        raise told_of(Away(), method, url, error) from None
    except (*BROKEN, httpx.HTTPError) as error:
        raise told_of(Away() if method == "GET" else Lost(), method, url, error) from None
    except (ValueError, httpx.InvalidURL) as error:  # too long a body, or an address that is none
        raise told_of(Garbled() if method == "GET" else TakenGarbled(), method, url, error) from None


def told_of(failure: CloudApiFailure, method: str, url: str, error: Exception) -> CloudApiFailure:
    """With its path alone: the query of a file's address is as good as a key to it."""
    logger.warning("WhatsApp: %s %s: %s (%s).", method, urlsplit(url).path, failure.code, type(error).__name__)
    return failure


def named(answer: httpx.Response, body: bytes) -> CloudApiFailure:
    """What went wrong: Meta's code says it, else the status."""
    told = (parsed(body) or {}).get("error")
    failure = (of_meta(told, answer) if isinstance(told, dict) else None) or of_status(answer)
    path = answer.request.url.path
    logger.warning("WhatsApp: %s %s, %d: %s.", answer.request.method, path, answer.status_code, failure.error_code)
    return failure


def of_meta(told: dict[str, Any], answer: httpx.Response) -> CloudApiFailure | None:
    code, subcode = told.get("code"), told.get("error_subcode")
    if not isinstance(code, int):
        return None
    kind = kind_of(code, subcode) or (Away if told.get("is_transient") is True else None)
    if kind is None or kind is MediaRefused:
        said = words(told, token=answer.request.headers.get("Authorization", "").removeprefix("Bearer "))
        return (kind or Refused)(f"WhatsApp refused this: {said}." if said else "", meta_code=code)
    return kind(pause=asked_pause(answer.headers.get("Retry-After", "")), meta_code=code)


def of_status(answer: httpx.Response) -> CloudApiFailure:
    """Of an answer that is not Meta's JSON. A gateway on the way may have lost what Meta itself said."""
    pause = asked_pause(answer.headers.get("Retry-After", ""))
    if answer.status_code >= 500:
        return Away(pause=pause) if answer.request.method == "GET" else Lost(pause=pause)
    return STATUSES.get(answer.status_code, Garbled)(pause=pause)


def words(told: dict[str, Any], token: str) -> str:
    """What Meta says of a refusal, on one short line: without the token, which some errors repeat."""
    data = told.get("error_data")
    said = (data.get("details") if isinstance(data, dict) else "") or told.get("message")
    line = " ".join(said.split()).rstrip(".") if isinstance(said, str) else ""
    line = line.replace(token, "…") if token else line
    shown = "".join(character for character in line if character.isprintable())
    return shown if len(shown) <= MAX_WORDS_CHARACTERS else shown[: MAX_WORDS_CHARACTERS - 1] + "…"


def parsed(body: bytes) -> dict[str, Any] | None:
    """The object; None for what is none."""
    try:
        told = json.loads(body)
    except (ValueError, RecursionError):
        return None
    return told if isinstance(told, dict) else None
