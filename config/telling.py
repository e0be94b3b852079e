"""What came of a button, as a message on the page that comes next."""

from collections.abc import Iterator
from contextlib import contextmanager

from django.contrib import messages
from django.http import HttpRequest

from config.errors import DomainError, Forbidden


@contextmanager
def told(request: HttpRequest, words: str = "") -> Iterator[None]:
    """A refusal within it is told by its sentence; else `words`, if there are any. Forbidden stays an answer."""
    try:
        yield
    except Forbidden:
        raise
    except DomainError as error:
        messages.error(request, error.message)
    else:
        if words:
            messages.success(request, words)
