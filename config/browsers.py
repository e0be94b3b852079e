"""In which browser somebody does by hand what is being done: "" for programs, workers and time."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from contextvars import ContextVar

from django.conf import settings
from django.http import HttpRequest

CREDENTIALS = ("Authorization", "X-API-Key")  # a header decides alone, whatever cookie is beside it
_current: ContextVar[str] = ContextVar("browser", default="")


def name_of(request: HttpRequest) -> str:
    """What the browser is called here: it can't be told from it what its cookie says."""
    key = request.COOKIES.get(settings.SESSION_COOKIE_NAME, "")
    if not key or any(header in request.headers for header in CREDENTIALS):
        return ""
    return hashlib.sha256(f"browser:{key}".encode()).hexdigest()[:24]


def current() -> str:
    return _current.get()


@contextmanager
def acting(name: str) -> Iterator[None]:
    """Whatever is done inside is done by hand, in the browser of this name."""
    token = _current.set(name)
    try:
        yield
    finally:
        _current.reset(token)
