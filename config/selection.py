"""Several rows of a list, ticked to do one thing with all of them."""

from collections.abc import Iterable
from typing import TypeVar

from config.errors import Unprocessable

R = TypeVar("R")
SELECTED_MAX = 100


def selected(rows: Iterable[R], words: str) -> list[R]:
    """Read before any of them is changed. Unprocessable for more than SELECTED_MAX; `words` says what they are."""
    found = list(rows)
    if len(found) > SELECTED_MAX:
        raise Unprocessable(f"Choose at most {SELECTED_MAX} {words} at once.", field=words)
    return found
