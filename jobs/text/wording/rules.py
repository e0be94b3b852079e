"""A wording: what is found, and what is said instead."""

import re
from collections.abc import Callable, Iterable

Say = str | Callable[[re.Match[str]], str]
Rule = tuple[re.Pattern[str], Say]  # what is not recognised surely is said as it was found: `found[0]`


def apply(rules: Iterable[Rule], text: str) -> str:
    for pattern, say in rules:
        text = pattern.sub(say, text)
    return text


def any_of(words: Iterable[str]) -> str:
    """A pattern for one of these words, the longest first."""
    return "|".join(map(re.escape, sorted(words, key=len, reverse=True)))
